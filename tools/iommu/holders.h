/* SPDX-License-Identifier: GPL-2.0 */
/* Which processes have a VFIO group open. */
#ifndef GV_HOLDERS_H
#define GV_HOLDERS_H

#include "tree.h"

#define GV_HOLDERS_MAX	16

struct gv_holder {
	int pid;
	char comm[32];
};

/*
 * Looks through /proc; returns how many were found. What other users' processes
 * have open, only root can see: then *hidden is set.
 */
unsigned int gv_holders(const struct gv_tree *tree, int group,
			struct gv_holder *holders, bool *hidden);

#endif
