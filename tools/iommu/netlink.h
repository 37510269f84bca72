/* SPDX-License-Identifier: GPL-2.0 */
/* What the module knows better than sysfs. */
#ifndef GV_IOMMU_NETLINK_H
#define GV_IOMMU_NETLINK_H

#include "../cmd.h"
#include "tree.h"

/*
 * Fills in what could not be read, whether interrupts are remapped, and which
 * functions are GPUs. Without the module, or one that knows groups, nothing.
 */
void gv_tree_ask(struct gv_ctx *ctx, struct gv_tree *tree);

#endif
