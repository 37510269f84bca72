# SPDX-License-Identifier: GPL-2.0
# a walk of the VFs does not end where one has gone
# file: kmod/vf.c
# test: vf_race
s/vf = gv_vf_after(prev->serial);/vf = (0 ? gv_vf_after(prev->serial) : NULL);/
