/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Faults that the kernel injects: the n-th allocation or copy from here on
 * fails, once. In what the calling thread asks for, or in what the kernel's
 * workers do for it.
 */
#ifndef GV_FAULT_H
#define GV_FAULT_H

#include <stdbool.h>

/* NULL, or why this kernel can't. */
const char *gv_fault_init(void);

/* None fails if n is 0. Ends the test if it can't be asked for. */
void gv_fault_on(unsigned int n);
/* Back to normal. Was there such a fault? errno is as it was. */
bool gv_fault_off(void);
/* How many chances to fail there were in between. */
unsigned int gv_fault_used(void);

/* The same for each worker that runs work of unbound queues, as operations. */
void gv_fault_workers_on(unsigned int n);
bool gv_fault_workers_off(void);

/* Does this kernel know below which function an allocation is made? */
bool gv_fault_has_filter(void);

/*
 * The first allocation below one part of a function of our modules fails, whoever
 * calls that: part number @part of @parts of its code. What it calls is meant too,
 * but not what is far below. False if there is no such function.
 */
bool gv_fault_in_on(const char *function, unsigned int part,
		    unsigned int parts);
bool gv_fault_in_off(void);
/* All of them, not only the first. */
bool gv_fault_in_keep_on(const char *function);

/* Faults that were met. */
struct gv_faults {
	unsigned long slab;	/* objects that were not allocated */
	unsigned long pages;
	unsigned long copies;	/* from or to a process */
};

/*
 * So many of a hundred allocations below our modules fail, whoever calls them; and of
 * copies, where this process or one that it starts from now on is what asks.
 */
void gv_fault_random_on(unsigned int percent);
/* Adds those that were met since. */
void gv_fault_random_off(struct gv_faults *faults);

#endif
