# SPDX-License-Identifier: GPL-2.0
# nothing is told of what has gone after its deletion
# file: kmod/netlink_event.c
# test: operation_race
s/late = \*gone && !deletion;/late = false;/
