/* SPDX-License-Identifier: GPL-2.0 */
/* VFs of a simulated GPU: enabled through sysfs, driven through their mailbox. */
#ifndef GV_VF_H
#define GV_VF_H

#include <stdbool.h>
#include <stdint.h>

#include "host.h"
#include "vfio.h"

/* Capabilities, and registers of the mailbox. */
#define GV_VF_EXP 0x48
#define GV_VF_MSI 0x84
#define GV_VF_MAILBOX 0x98

#define GV_MBOX_ID 0x04
#define GV_MBOX_COMMAND 0x08
#define GV_MBOX_STATUS 0x0c
#define GV_MBOX_IOVA_LO 0x10
#define GV_MBOX_IOVA_HI 0x14
#define GV_MBOX_LENGTH 0x18
#define GV_MBOX_OFFSET 0x1c
#define GV_MBOX_PATTERN 0x20
#define GV_MBOX_FENCE 0x24
#define GV_MBOX_FENCE_DONE 0x28
#define GV_MBOX_CAUSE 0x2c
#define GV_MBOX_FAULT_LO 0x30
#define GV_MBOX_FAULT_HI 0x34
#define GV_MBOX_FAULT 0x38
#define GV_MBOX_FAULTS 0x3c
#define GV_MBOX_WINDOW 0x40
#define GV_MBOX_SCRATCH 0x44

enum { GV_OP_NOP, GV_OP_READ, GV_OP_WRITE, GV_OP_FILL };
#define GV_OP_IRQ 0x100

/* Errors, as the status register has them. */
enum {
	GV_MBOX_OK,
	GV_MBOX_BAD_COMMAND,
	GV_MBOX_BAD_RANGE,
	GV_MBOX_FAULTED,
	GV_MBOX_NO_VRAM,
};

/* Why there was a fault. */
enum {
	GV_FAULT_NO_MASTER = 1,
	GV_FAULT_NO_DOMAIN,
	GV_FAULT_UNMAPPED,
	GV_FAULT_DENIED,
};

/* Let vfio-pci have that many VFs of a GPU. What fails ends the test. */
void gv_vfs_enable(const char *gpu, unsigned int count);
/* Write to sriov_numvfs: 0 or a negative errno. */
int gv_vfs_set(const char *gpu, unsigned int count);
/* PCI address of VF number index, of a GPU that is not below a root port. */
void gv_vf_name(char name[GV_GPU_MAX], const char *gpu, unsigned int index);

uint32_t gv_mbox_get(const struct gv_vfio *v, unsigned int reg);
void gv_mbox_put(const struct gv_vfio *v, unsigned int reg, uint32_t val);
void gv_vf_master(const struct gv_vfio *v, bool on);

/* Carry a command out; gives the error back. Registers keep what they had. */
unsigned int gv_mbox_run(const struct gv_vfio *v, uint32_t command);
/* Between an address and the window, length bytes. */
unsigned int gv_mbox_dma(const struct gv_vfio *v, uint32_t command,
			 uint64_t iova, uint32_t offset, uint32_t length);
unsigned int gv_mbox_fill(const struct gv_vfio *v, uint32_t offset,
			  uint32_t length, uint32_t pattern);

#endif
