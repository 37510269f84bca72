# SPDX-License-Identifier: GPL-2.0
# a command that runs is not replaced by another
# file: kmod/sim/mailbox.c
# test: model
s/if (gv_mbox_get(fn, GV_MBOX_STATUS) \& GV_MBOX_BUSY)/if (0)/
