# SPDX-License-Identifier: GPL-2.0
# each event has a number of its own
# file: kmod/netlink_event.c
# test: netlink_events
s/gv_event_seq\[group\] + 1;/gv_event_seq[group];/
