# SPDX-License-Identifier: GPL-2.0
# VFs of a PF that VFIO has stay with VFIO
# file: kmod/vf.c
# test: vf_sim
s/if (!err && other) {/if (!err \&\& other \&\& false) {/
