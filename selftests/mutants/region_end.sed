# SPDX-License-Identifier: GPL-2.0
# an access ends where the region does
# file: kmod/vgpu_region.c
# test: model
/count = min_t(u64, count, size - pos);/d
