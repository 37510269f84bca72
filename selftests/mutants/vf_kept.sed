# SPDX-License-Identifier: GPL-2.0
# the driver that was set for a VF is known as long as others are kept from it
# file: kmod/sriov.c
# test: fail_nth_vf
# kernel: 6.1-cover
s/if (vf->parked && override && .*/if (false) {/
