# SPDX-License-Identifier: GPL-2.0
# no more memory backs VRAM than the limit
# file: kmod/sim/vram.c
# test: vfio_backing
/} else if (atomic_long_read(&sim->backed) >=/,/atomic_long_read(&sim->limit)) {/c\	} else if (sim->leaving) {
