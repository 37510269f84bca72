# SPDX-License-Identifier: GPL-2.0
# VRAM reads as zeros after a reset
# file: kmod/sim/vram.c
# test: vfio_zero
/gv_sim_vram_zero/,/^}/s/clear_highpage(page);/;/
