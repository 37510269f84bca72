# SPDX-License-Identifier: GPL-2.0
# a slice is put into a gap that is as long as it
# file: kmod/vram.c
# test: model
s/gv_vram_gap(vram, pos, \&start) >= size/gv_vram_gap(vram, pos, \&start)/
