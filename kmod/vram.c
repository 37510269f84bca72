// SPDX-License-Identifier: GPL-2.0
/*
 * Which vGPU has which range of the VRAM.
 *
 * The kernel's own range allocators do not fit: genalloc and struct resource
 * can't tell how many pieces of a size would still fit, struct resource is 32
 * bits wide on some machines, and drm_mm would make us depend on DRM, which
 * cloud kernels lack. Slices are few and long-lived, so a sorted list is enough.
 */
#include <linux/errno.h>
#include <linux/math64.h>

#include "vram.h"

/**
 * gv_vram_init() - start with all VRAM free
 * @vram: books to set up
 * @size: VRAM of the GPU, in bytes
 */
void gv_vram_init(struct gv_vram *vram, u64 size)
{
	vram->size = size;
	vram->free = size;
	INIT_LIST_HEAD(&vram->slices);
}

/*
 * The gap in front of the entry @next, which may be the list's head: then the
 * gap runs to the end of the VRAM.
 */
static u64 gv_vram_gap(const struct gv_vram *vram,
		       const struct list_head *next, u64 *start)
{
	const struct gv_slice *slice;
	u64 end = vram->size;

	*start = 0;
	if (next->prev != &vram->slices) {
		slice = list_entry(next->prev, struct gv_slice, node);
		*start = slice->offset + slice->size;
	}
	if (next != &vram->slices)
		end = list_entry(next, struct gv_slice, node)->offset;

	return end - *start;
}

#define gv_vram_for_each_gap(vram, pos)					\
	for ((pos) = (vram)->slices.next; ; (pos) = (pos)->next)

/**
 * gv_vram_take() - give a slice the first range that it fits in
 * @vram: books of the GPU
 * @slice: gets the range
 * @size: length, in bytes, not 0
 *
 * Return: 0, or -ENOSPC if no gap is as long as @size.
 */
int gv_vram_take(struct gv_vram *vram, struct gv_slice *slice, u64 size)
{
	struct list_head *pos;
	u64 start;

	gv_vram_for_each_gap(vram, pos) {
		if (gv_vram_gap(vram, pos, &start) >= size)
			break;
		if (pos == &vram->slices)
			return -ENOSPC;
	}

	slice->offset = start;
	slice->size = size;
	list_add_tail(&slice->node, pos);
	vram->free -= size;

	return 0;
}

/**
 * gv_vram_give() - take a slice off the books
 * @vram: books of the GPU
 * @slice: a slice that gv_vram_take() has put there
 */
void gv_vram_give(struct gv_vram *vram, struct gv_slice *slice)
{
	list_del(&slice->node);
	vram->free += slice->size;
}

/**
 * gv_vram_largest() - length of the longest gap, in bytes
 * @vram: books of the GPU
 *
 * Return: the length.
 */
u64 gv_vram_largest(const struct gv_vram *vram)
{
	const struct list_head *pos;
	u64 start, gap, largest = 0;

	gv_vram_for_each_gap(vram, pos) {
		gap = gv_vram_gap(vram, pos, &start);
		if (gap > largest)
			largest = gap;
		if (pos == &vram->slices)
			return largest;
	}
}

/**
 * gv_vram_fit() - how many slices of one size can be taken now
 * @vram: books of the GPU
 * @size: length of each, in bytes, not 0
 *
 * Return: the number.
 */
u32 gv_vram_fit(const struct gv_vram *vram, u64 size)
{
	const struct list_head *pos;
	u64 start, fit = 0;

	gv_vram_for_each_gap(vram, pos) {
		fit += div64_u64(gv_vram_gap(vram, pos, &start), size);
		if (pos == &vram->slices)
			return fit;
	}
}
