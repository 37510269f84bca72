/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GV_RESET_H
#define GV_RESET_H

#include "tree.h"

/*
 * How the kernel can reset a function, in the order in which it tries: "flr
 * bus"; empty if it can't. -errno if that is not known.
 */
int gv_reset_methods(const struct gv_tree *tree, const struct gv_fn *fn,
		     char *buf, size_t size);

#endif
