# SPDX-License-Identifier: GPL-2.0
# a refusal's sentence stays until it is sent, where it has no place of its own
# file: kmod/compat.c
# test: netlink_race
s/if (slot->until && time_before(jiffies, slot->until)) {/if (false) {/
