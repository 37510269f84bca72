// SPDX-License-Identifier: GPL-2.0
/*
 * The mailbox: registers in a vendor-specific capability, through which a guest
 * reaches a function that has no BAR. Writes to configuration space are trapped,
 * so a write can start something; they come with interrupts off, so that is
 * done elsewhere.
 */
#include <linux/pci.h>
#include <linux/unaligned.h>

#include "sim.h"

static u8 *gv_mbox(struct gv_sim_function *fn, unsigned int reg)
{
	return fn->config + GV_SIM_CAP_MAILBOX + reg;
}

static u32 gv_mbox_get(struct gv_sim_function *fn, unsigned int reg)
{
	return get_unaligned_le32(gv_mbox(fn, reg));
}

static void gv_mbox_set(struct gv_sim_function *fn, unsigned int reg, u32 val)
{
	put_unaligned_le32(val, gv_mbox(fn, reg));
}

/**
 * gv_sim_mailbox_fill() - put the mailbox into its state after power-on
 * @fn: function whose configuration space is zeros so far
 */
void gv_sim_mailbox_fill(struct gv_sim_function *fn)
{
	u8 *header = gv_mbox(fn, GV_MBOX_HEADER);

	header[0] = PCI_CAP_ID_VNDR;
	header[PCI_CAP_FLAGS] = GV_MBOX_SIZE;
	header[PCI_CAP_FLAGS + 1] = GV_MBOX_VERSION;
	gv_mbox_set(fn, GV_MBOX_ID, GV_MBOX_ID_VALUE);
	gv_mbox_set(fn, GV_MBOX_WINDOW, GV_SIM_WINDOW_SIZE);
}

/**
 * gv_sim_mailbox_init_rw() - say which registers simply keep what is written
 * @rw: mask of the capability
 */
void gv_sim_mailbox_init_rw(u8 *rw)
{
	static const u8 regs[] = {
		GV_MBOX_IOVA_LO, GV_MBOX_IOVA_HI, GV_MBOX_LENGTH,
		GV_MBOX_OFFSET, GV_MBOX_PATTERN, GV_MBOX_FENCE, GV_MBOX_SCRATCH,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(regs); i++)
		put_unaligned_le32(~0U, rw + regs[i]);
}

/* What the registers say now is what is done, whatever is written meanwhile. */
static void gv_mbox_start(struct gv_sim_function *fn, u32 val)
{
	struct gv_sim_command *cmd = &fn->command;

	if (gv_mbox_get(fn, GV_MBOX_STATUS) & GV_MBOX_BUSY)
		return;

	*cmd = (struct gv_sim_command){
		.op = val & GV_MBOX_OP,
		.irq = val & GV_MBOX_IRQ,
		.iova = gv_mbox_get(fn, GV_MBOX_IOVA_LO) |
			(u64)gv_mbox_get(fn, GV_MBOX_IOVA_HI) << 32,
		.length = gv_mbox_get(fn, GV_MBOX_LENGTH),
		.offset = gv_mbox_get(fn, GV_MBOX_OFFSET),
		.pattern = gv_mbox_get(fn, GV_MBOX_PATTERN),
		.fence = gv_mbox_get(fn, GV_MBOX_FENCE),
	};
	gv_mbox_set(fn, GV_MBOX_COMMAND, val);
	gv_mbox_set(fn, GV_MBOX_STATUS, GV_MBOX_BUSY);
	gv_sim_function_kick(fn);
}

/**
 * gv_sim_mailbox_written() - a write to configuration space, for the mailbox
 * @fn: the function
 * @pos: offset in configuration space
 * @size: number of bytes
 * @val: what was written
 *
 * Registers that do more than keep a value must be written whole.
 *
 * Context: under @fn->sim->config_lock.
 */
void gv_sim_mailbox_written(struct gv_sim_function *fn, unsigned int pos,
			    int size, u32 val)
{
	lockdep_assert_held(&fn->sim->config_lock);

	if (size != 4 || pos < GV_SIM_CAP_MAILBOX)
		return;

	switch (pos - GV_SIM_CAP_MAILBOX) {
	case GV_MBOX_COMMAND:
		gv_mbox_start(fn, val);
		break;
	case GV_MBOX_CAUSE:
		gv_mbox_set(fn, GV_MBOX_CAUSE,
			    gv_mbox_get(fn, GV_MBOX_CAUSE) & ~val);
		break;
	case GV_MBOX_FAULT:
		if (val & GV_MBOX_FAULT_VALID)
			gv_mbox_set(fn, GV_MBOX_FAULT, 0);
		break;
	}
}

/**
 * gv_sim_mailbox_next() - is there a command to carry out
 * @fn: the function
 * @cmd: gets it
 *
 * Context: under @fn->sim->config_lock.
 * Return: true if there is.
 */
bool gv_sim_mailbox_next(struct gv_sim_function *fn, struct gv_sim_command *cmd)
{
	lockdep_assert_held(&fn->sim->config_lock);

	if (!(gv_mbox_get(fn, GV_MBOX_STATUS) & GV_MBOX_BUSY))
		return false;
	*cmd = fn->command;
	return true;
}

/* The first fault stays until it is acknowledged; all are counted. */
static void gv_mbox_fault(struct gv_sim_function *fn,
			  const struct gv_sim_command *cmd)
{
	u32 info = GV_MBOX_FAULT_VALID | cmd->dma << GV_MBOX_FAULT_SHIFT;

	gv_mbox_set(fn, GV_MBOX_FAULTS, gv_mbox_get(fn, GV_MBOX_FAULTS) + 1);
	if (gv_mbox_get(fn, GV_MBOX_FAULT) & GV_MBOX_FAULT_VALID)
		return;
	if (cmd->op == GV_MBOX_OP_WRITE)
		info |= GV_MBOX_FAULT_WRITE;
	gv_mbox_set(fn, GV_MBOX_FAULT_LO, lower_32_bits(cmd->fault));
	gv_mbox_set(fn, GV_MBOX_FAULT_HI, upper_32_bits(cmd->fault));
	gv_mbox_set(fn, GV_MBOX_FAULT, info);
}

/**
 * gv_sim_mailbox_done() - tell how a command went
 * @fn: the function
 * @cmd: the command
 *
 * If the function was reset meanwhile, nobody is told.
 *
 * Context: process.
 */
void gv_sim_mailbox_done(struct gv_sim_function *fn,
			 const struct gv_sim_command *cmd)
{
	u32 cause = GV_MBOX_CAUSE_DONE;
	unsigned long flags;

	raw_spin_lock_irqsave(&fn->sim->config_lock, flags);
	if (fn->reset) {
		raw_spin_unlock_irqrestore(&fn->sim->config_lock, flags);
		return;
	}
	if (cmd->error == GV_MBOX_ERROR_NONE)
		gv_mbox_set(fn, GV_MBOX_FENCE_DONE, cmd->fence);
	if (cmd->error == GV_MBOX_ERROR_FAULT) {
		gv_mbox_fault(fn, cmd);
		cause |= GV_MBOX_CAUSE_FAULT;
	}
	gv_mbox_set(fn, GV_MBOX_CAUSE, gv_mbox_get(fn, GV_MBOX_CAUSE) | cause);
	gv_mbox_set(fn, GV_MBOX_STATUS, cmd->error << GV_MBOX_ERROR_SHIFT);
	raw_spin_unlock_irqrestore(&fn->sim->config_lock, flags);

	if (cmd->irq)
		gv_sim_msi_send(fn);
}
