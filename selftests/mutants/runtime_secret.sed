# SPDX-License-Identifier: GPL-2.0
# how many runtime events there were is told to administrators only
# file: kmod/netlink.c
# test: netlink_rights
s/(gv_nl_is_admin(skb) \&\&$/(skb \&\&/
