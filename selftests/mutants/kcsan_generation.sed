# SPDX-License-Identifier: GPL-2.0
# what is read without a lock is read as such: KCSAN sees two processors at it
# file: kmod/state.c
# test: drill_storm
# kernel: 6.1-kcsan
s/return READ_ONCE(gv_generation_nr);/return gv_generation_nr;/
