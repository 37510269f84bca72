# SPDX-License-Identifier: GPL-2.0
# how much memory backs a GPU's VRAM is told to administrators only
# file: kmod/netlink_gpu.c
# test: netlink_rights
s/(msg->admin \&\&$/(be \&\&/
