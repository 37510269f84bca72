/* SPDX-License-Identifier: GPL-2.0 */
/* What the fuzzers of the modules' sources share. */
#ifndef GV_INPUT_H
#define GV_INPUT_H

#include "fixture.h"

struct input {
	const u8 *data;
	size_t size;
};

static inline u64 get(struct input *in, size_t n)
{
	u64 val = 0;

	for (; n && in->size; n--, in->size--)
		val = val << 8 | *in->data++;
	return val;
}

/* No model, so no chance and no count: what is wrong ends it. */
uint64_t gv_random(void)
{
	return 42;
}

uint64_t gv_awkward(void)
{
	return 0;
}

void gv_case(void)
{
}

void gv_violation(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	abort();
}

#endif
