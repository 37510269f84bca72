// SPDX-License-Identifier: GPL-2.0
/*
 * VRAM: the model knows of each MiB whose it is, and finds gaps by looking at
 * every one.
 */
#include "fixture.h"
#include "vram.h"

#define MIB 200
#define SLICES 64

static u8 owner[MIB];

static unsigned int gap_at(unsigned int at)
{
	unsigned int n = 0;

	while (at + n < MIB && !owner[at + n])
		n++;
	return n;
}

static int first_fit(unsigned int size)
{
	unsigned int at;

	for (at = 0; at < MIB; at++)
		if (gap_at(at) >= size)
			return at;
	return -1;
}

static void compare(const struct gv_vram *vram, unsigned int size)
{
	unsigned int at, gap, free = 0, largest = 0, fit = 0;

	for (at = 0; at < MIB; at++) {
		gap = gap_at(at);
		free += !!gap;
		if (gap > largest)
			largest = gap;
		/* only where a gap begins */
		if (gap && (!at || owner[at - 1]))
			fit += gap / size;
	}
	gv_expect(vram->free == (u64)free << 20, "%llu, not %u MiB",
		  vram->free, free);
	gv_expect(gv_vram_largest(vram) == (u64)largest << 20, "%u", largest);
	gv_expect(gv_vram_fit(vram, (u64)size << 20) == fit, "%u of %u MiB",
		  fit, size);
}

static void take(struct gv_vram *vram, struct gv_slice *slice, u8 me)
{
	unsigned int size = 1 + gv_below(gv_below(4) ? 12 : MIB);
	int at = first_fit(size), err;

	err = gv_vram_take(vram, slice, (u64)size << 20);
	gv_expect(err == (at < 0 ? -ENOSPC : 0), "%d for %u", err, size);
	if (err)
		return;
	gv_expect(slice->offset == (u64)at << 20 &&
		  slice->size == (u64)size << 20, "%llu", slice->offset);
	memset(owner + (slice->offset >> 20), me, slice->size >> 20);
}

static void give(struct gv_vram *vram, struct gv_slice *slice)
{
	memset(owner + (slice->offset >> 20), 0, slice->size >> 20);
	gv_vram_give(vram, slice);
	slice->size = 0;
}

void gv_model_vram(uint64_t n)
{
	static struct gv_slice slices[SLICES];
	struct gv_vram vram;
	unsigned int i;

	memset(owner, 0, sizeof(owner));
	memset(slices, 0, sizeof(slices));
	gv_vram_init(&vram, (u64)MIB << 20);
	while (n--) {
		gv_case();
		i = gv_below(SLICES);
		if (slices[i].size)
			give(&vram, &slices[i]);
		else
			take(&vram, &slices[i], i + 1);
		compare(&vram, 1 + gv_below(20));
	}
}
