# SPDX-License-Identifier: GPL-2.0
# a type that a vGPU has stays
# file: kmod/type.c
# test: netlink_bad_type
s/if (!err \&\& type->live)/if (0)/
