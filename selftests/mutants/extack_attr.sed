# SPDX-License-Identifier: GPL-2.0
# a refusal names the attribute to blame
# file: kmod/netlink_attr.c
# test: netlink_bad
/NL_SET_BAD_ATTR/s/.*/\t\t;/
