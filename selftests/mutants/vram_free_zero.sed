# SPDX-License-Identifier: GPL-2.0
# a page that is given back while somebody holds it is zeroed
# file: kmod/sim/vram.c
# test: vfio_zero
/gv_sim_vram_free(/,/^}/s/clear_highpage(page);/;/
