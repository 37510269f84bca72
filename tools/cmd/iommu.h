/* SPDX-License-Identifier: GPL-2.0 */
/* What the commands of `gpuvirt iommu` share. */
#ifndef GV_CMD_IOMMU_H
#define GV_CMD_IOMMU_H

#include "../cmd.h"
#include "../iommu/verdict.h"

/* The machine, or the copy in root, with its groups reckoned. */
int gv_iommu_read(struct gv_ctx *ctx, const struct gv_value *root,
		  struct gv_tree *tree);
int gv_iommu_find(struct gv_ctx *ctx, const struct gv_tree *tree,
		  const char *address, struct gv_fn **fn);
bool gv_iommu_wanted(const struct gv_tree *tree, const struct gv_fn *fn);
void gv_iommu_json(const struct gv_tree *tree, const struct gv_fn *fn,
		   const struct gv_report *report, const char *reason);

/* cmd/iommu_explain.c */
void gv_iommu_explain_fn(const struct gv_tree *tree, const struct gv_fn *fn);

/* cmd/iommu_capture.c */
extern const struct gv_param gv_iommu_capture_params[];
int gv_iommu_capture(struct gv_ctx *ctx, const struct gv_args *args);

#endif
