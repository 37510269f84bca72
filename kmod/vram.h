/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GV_VRAM_H
#define GV_VRAM_H

#include <linux/list.h>
#include <linux/types.h>

#include <gpuvirt/ops.h>

/**
 * struct gv_vram - books of a GPU's VRAM
 * @size: all of it, in bytes
 * @free: what no slice has, in bytes
 * @slices: slices that are taken, sorted by offset
 *
 * Not locked here: the caller holds one lock around all calls
 * (gv_state_lock in the module).
 */
struct gv_vram {
	u64 size;
	u64 free;
	struct list_head slices;
};

void gv_vram_init(struct gv_vram *vram, u64 size);
int gv_vram_take(struct gv_vram *vram, struct gv_slice *slice, u64 size);
void gv_vram_give(struct gv_vram *vram, struct gv_slice *slice);
u64 gv_vram_largest(const struct gv_vram *vram);
u32 gv_vram_fit(const struct gv_vram *vram, u64 size);

#endif
