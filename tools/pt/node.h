/* SPDX-License-Identifier: GPL-2.0 */
/* The device nodes and interfaces that drivers made for a PCI function. */
#ifndef GV_PT_NODE_H
#define GV_PT_NODE_H

#include <stdbool.h>

#include "func.h"

#define GV_PT_NODES	512

struct gv_pt_node {
	unsigned int func;	/* its place in the list */
	unsigned int major;
	unsigned int minor;
	bool block;
	bool vfio;
	char name[48];		/* below /dev */
};

struct gv_pt_nodes {
	struct gv_pt_node node[GV_PT_NODES];
	unsigned int count;
	/* by function */
	unsigned int vgpus[GV_PT_MAX];
	char up[GV_PT_MAX][32];	/* a network interface that is up */
};

void gv_pt_nodes(const struct gv_pt_list *list, struct gv_pt_nodes *nodes);
const struct gv_pt_node *gv_pt_node_find(const struct gv_pt_nodes *nodes,
					 bool block, unsigned int major,
					 unsigned int minor);

#endif
