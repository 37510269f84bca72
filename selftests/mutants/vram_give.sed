# SPDX-License-Identifier: GPL-2.0
# VRAM that is given back is free
# file: kmod/vram.c
# test: model
/vram->free += slice->size;/d
