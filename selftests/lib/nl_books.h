/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All that the kernel tells about the configuration, to compare before and
 * after a request that must change nothing.
 */
#ifndef GV_NL_BOOKS_H
#define GV_NL_BOOKS_H

#include "nl.h"

struct gv_books {
	size_t len;
	size_t size;
	bool uncounted;
	char *data;
};

void gv_books_take(struct gv_nl *nl, struct gv_books *books);
/*
 * The same without the counts of changes, for what the kernel takes back itself
 * after it was there for a moment.
 */
void gv_books_take_uncounted(struct gv_nl *nl, struct gv_books *books);
/* Are the books as they were? A difference is told in a note. */
bool gv_books_same(struct gv_nl *nl, const struct gv_books *before);
void gv_books_free(struct gv_books *books);

#endif
