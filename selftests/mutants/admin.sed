# SPDX-License-Identifier: GPL-2.0
# changes want CAP_SYS_ADMIN
# file: kmod/netlink_attr.c
# test: netlink_rights
s/return netlink_capable(skb, CAP_SYS_ADMIN);/return true;/
