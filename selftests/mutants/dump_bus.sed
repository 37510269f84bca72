# SPDX-License-Identifier: GPL-2.0
# a dump of PCI functions notices that one has gone that is no GPU
# file: kmod/netlink_attr.c
# test: netlink_dump
s/seq += gv_bus_changes();/seq += 0;/
