/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a virtual machine monitor and the guest in it do with a vGPU, at random:
 * for drills that kill it or take the vGPU from it.
 */
#ifndef GV_VMM_H
#define GV_VMM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vfio.h"

#define GV_VMM_RAM (64 << 10)

struct gv_vmm {
	struct gv_vfio v;
	size_t fb;
	uint8_t *vram;		/* NULL if it is not mapped */
	uint8_t *scanout;
	uint8_t *ram;		/* that the device could reach */
	int intx;
	int msi;
	int req;
};

/* 0 or a negative errno of opening it; all else works or ends the process. */
int gv_vmm_open(struct gv_vmm *vmm, const char *uuid, size_t fb);
/* One access, call or mapping; errors are all right, SIGBUS too. */
void gv_vmm_step(struct gv_vmm *vmm, uint64_t *state);
/* Close all of it, in an order that @state decides. */
void gv_vmm_close(struct gv_vmm *vmm, uint64_t *state);

#endif
