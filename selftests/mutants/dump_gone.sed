# SPDX-License-Identifier: GPL-2.0
# a walk of the GPUs goes on behind one that has gone
# file: kmod/gpu.c
# test: mdev_race
s/^	u64 serial = prev ? prev->serial : 0;$/	u64 serial = prev ? (prev->gone ? U64_MAX : prev->serial) : 0;/
