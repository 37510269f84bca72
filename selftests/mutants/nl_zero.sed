# SPDX-License-Identifier: GPL-2.0
# a number of a request that may not be 0 is not
# file: kmod/netlink_attr.c
# test: model
s/^	if (\*val)$/	if (true)/
