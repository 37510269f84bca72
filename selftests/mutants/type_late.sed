# SPDX-License-Identifier: GPL-2.0
# a change on a condition is refused also if it is broken while the type is made
# file: kmod/type.c
# test: mdev_race
/^static int gv_type_go_live/,/^}/s/err = gv_check_generation(.*/err = generation == ~0ULL ? -ESTALE : 0;/
