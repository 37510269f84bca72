/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where things are in the configuration space of a simulated function, and the
 * registers of its mailbox. Documentation/device.rst has the same for people.
 */
#ifndef GV_SIM_LAYOUT_H
#define GV_SIM_LAYOUT_H

#include <linux/bits.h>
#include <linux/types.h>

#define GV_SIM_CAP_PM 0x40
#define GV_SIM_CAP_EXP 0x48
#define GV_SIM_CAP_MSI 0x84
#define GV_SIM_CAP_MAILBOX 0x98

#define GV_SIM_EXT_ACS 0x100
#define GV_SIM_EXT_SRIOV 0x110
#define GV_SIM_EXT_ARI 0x150

/* Registers of the mailbox, from the start of its capability. */
#define GV_MBOX_HEADER 0x00
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
#define GV_MBOX_SIZE 0x48

#define GV_MBOX_ID_VALUE 0x46565647 /* "GVVF" */
#define GV_MBOX_VERSION 1

/* GV_MBOX_COMMAND */
#define GV_MBOX_OP GENMASK(7, 0)
#define GV_MBOX_OP_NOP 0
#define GV_MBOX_OP_READ 1
#define GV_MBOX_OP_WRITE 2
#define GV_MBOX_OP_FILL 3
#define GV_MBOX_IRQ BIT(8)

/* GV_MBOX_STATUS */
#define GV_MBOX_BUSY BIT(0)
#define GV_MBOX_ERROR_SHIFT 8
#define GV_MBOX_ERROR_NONE 0
#define GV_MBOX_ERROR_COMMAND 1
#define GV_MBOX_ERROR_RANGE 2
#define GV_MBOX_ERROR_FAULT 3
#define GV_MBOX_ERROR_VRAM 4

/* GV_MBOX_CAUSE */
#define GV_MBOX_CAUSE_DONE BIT(0)
#define GV_MBOX_CAUSE_FAULT BIT(1)

/* GV_MBOX_FAULT */
#define GV_MBOX_FAULT_VALID BIT(0)
#define GV_MBOX_FAULT_WRITE BIT(1)
#define GV_MBOX_FAULT_SHIFT 4

/**
 * enum gv_sim_dma - how an access to memory went, as the fault register says it
 * @GV_SIM_DMA_OK: done
 * @GV_SIM_DMA_NO_MASTER: the function is not a bus master
 * @GV_SIM_DMA_NO_DOMAIN: nothing translates its addresses
 * @GV_SIM_DMA_UNMAPPED: the address is not mapped
 * @GV_SIM_DMA_DENIED: it is mapped, but not for this kind of access
 * @GV_SIM_DMA_NOT_RAM: it is mapped to something that is not memory
 */
enum gv_sim_dma {
	GV_SIM_DMA_OK,
	GV_SIM_DMA_NO_MASTER,
	GV_SIM_DMA_NO_DOMAIN,
	GV_SIM_DMA_UNMAPPED,
	GV_SIM_DMA_DENIED,
	GV_SIM_DMA_NOT_RAM,
};

/**
 * struct gv_sim_command - a command of the mailbox, as it was when it began
 * @op: what to do
 * @irq: send an interrupt at the end
 * @iova: address in memory
 * @length: bytes
 * @offset: where in the VRAM behind the mailbox
 * @pattern: what to fill with
 * @fence: number to show when it is done
 * @error: how it ended
 * @dma: if by a fault, which
 * @fault: address of the fault
 */
struct gv_sim_command {
	u32 op;
	bool irq;
	u64 iova;
	u32 length;
	u32 offset;
	u32 pattern;
	u32 fence;
	u32 error;
	enum gv_sim_dma dma;
	u64 fault;
};

#endif
