// SPDX-License-Identifier: GPL-2.0
/*
 * What the mailbox's commands do: move bytes between memory, which is reached
 * through the IOMMU only, and the function's window of VRAM.
 */
#include <linux/highmem.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sched.h>

#include "sim.h"

/* The page behind a page of the window; NULL and an error if there is none. */
static struct page *gv_engine_page(struct gv_sim_function *fn,
				   struct gv_sim_command *cmd,
				   unsigned int index)
{
	struct page *page = fn->window[index];

	if (page)
		return page;
	/* What was never written reads as zeros. */
	if (cmd->op == GV_MBOX_OP_WRITE)
		return ZERO_PAGE(0);

	page = gv_sim_vram_window_page(fn->sim);
	if (!page)
		cmd->error = GV_MBOX_ERROR_VRAM;
	fn->window[index] = page;
	return page;
}

static void gv_engine_fill(u8 *to, const struct gv_sim_command *cmd, size_t len)
{
	size_t i;

	for (i = 0; i < len; i += sizeof(cmd->pattern))
		memcpy(to + i, &cmd->pattern, sizeof(cmd->pattern));
}

/* One piece, which lies in one page on either side. */
static bool gv_engine_piece(struct gv_sim_function *fn,
			    struct gv_sim_command *cmd, u32 at, size_t len)
{
	u32 offset = cmd->offset + at;
	struct page *page;
	u8 *vram;

	page = gv_engine_page(fn, cmd, offset / PAGE_SIZE);
	if (!page)
		return false;

	vram = kmap_local_page(page);
	if (cmd->op == GV_MBOX_OP_FILL)
		gv_engine_fill(vram + offset_in_page(offset), cmd, len);
	else
		cmd->dma = gv_sim_iommu_dma(fn, cmd->iova + at,
					    vram + offset_in_page(offset), len,
					    cmd->op == GV_MBOX_OP_WRITE);
	kunmap_local(vram);
	if (cmd->dma == GV_SIM_DMA_OK)
		return true;

	cmd->error = GV_MBOX_ERROR_FAULT;
	cmd->fault = cmd->iova + at;
	return false;
}

static bool gv_engine_in_range(const struct gv_sim_command *cmd)
{
	if (cmd->offset > GV_SIM_WINDOW_SIZE ||
	    cmd->length > GV_SIM_WINDOW_SIZE - cmd->offset)
		return false;
	if (cmd->op == GV_MBOX_OP_FILL)
		return !((cmd->offset | cmd->length) % sizeof(cmd->pattern));
	return cmd->iova + cmd->length >= cmd->iova;
}

/**
 * gv_sim_engine_run() - carry out a command
 * @fn: the function
 * @cmd: the command; gets how it went
 *
 * Stops early if the function is reset.
 *
 * Context: process, one command of a function at a time.
 */
void gv_sim_engine_run(struct gv_sim_function *fn, struct gv_sim_command *cmd)
{
	u32 at, len;

	if (cmd->op == GV_MBOX_OP_NOP)
		return;
	if (cmd->op > GV_MBOX_OP_FILL) {
		cmd->error = GV_MBOX_ERROR_COMMAND;
		return;
	}
	if (!gv_engine_in_range(cmd)) {
		cmd->error = GV_MBOX_ERROR_RANGE;
		return;
	}

	for (at = 0; at < cmd->length && !READ_ONCE(fn->reset); at += len) {
		len = min_t(u32, cmd->length - at,
			    PAGE_SIZE - offset_in_page(cmd->offset + at));
		if (cmd->op != GV_MBOX_OP_FILL)
			len = min_t(u32, len,
				    PAGE_SIZE - offset_in_page(cmd->iova + at));
		if (!gv_engine_piece(fn, cmd, at, len))
			return;
		cond_resched();
	}
}

/**
 * gv_sim_engine_wipe() - forget what is in a function's window of VRAM
 * @fn: the function
 *
 * Context: process, no command of it is being carried out.
 */
void gv_sim_engine_wipe(struct gv_sim_function *fn)
{
	unsigned int i;

	for (i = 0; i < GV_SIM_WINDOW_PAGES; i++) {
		if (fn->window[i])
			gv_sim_vram_window_free(fn->sim, fn->window[i]);
		fn->window[i] = NULL;
	}
}
