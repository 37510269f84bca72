# SPDX-License-Identifier: GPL-2.0
# two who touch the same page get it, also if it is the last
# file: kmod/sim/vram.c
# test: mdev_race
s/^\tif (old) {/\tif (old \&\&\n\t    atomic_long_read(\&sim->backed) < atomic_long_read(\&sim->limit)) {/
