# SPDX-License-Identifier: GPL-2.0
# a change on the condition that nothing has changed is refused if something has
# file: kmod/state.c
# test: netlink_bad_type
s/if (!expected || expected == gv_generation_nr)/if (1)/
