# SPDX-License-Identifier: GPL-2.0
# a guest does not change the size of its display memory
# file: kmod/vgpu_mmio.c
# test: model
s/reg != GV_DISPI_VIDEO_MEMORY_64K;/1;/
