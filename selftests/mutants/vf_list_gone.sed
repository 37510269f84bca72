# SPDX-License-Identifier: GPL-2.0
# a VF of a GPU that is none any more is not listed
# file: kmod/vf.c
# test: vf_igb
/list &= !vf->gpu->gone;/d
