# SPDX-License-Identifier: GPL-2.0
# a framebuffer is a multiple of 1 MiB
# file: kmod/type.c
# test: model
s/if (size % GV_VRAM_GRANULE)/if (0)/
