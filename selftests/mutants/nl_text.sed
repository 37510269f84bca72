# SPDX-License-Identifier: GPL-2.0
# a text of a request that ends before its end is refused
# file: kmod/netlink.c
# test: model
s/strlen(nla_data(attr)) + 1 == nla_len(attr))/true)/
