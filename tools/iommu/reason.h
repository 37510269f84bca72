/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GV_REASON_H
#define GV_REASON_H

#include "verdict.h"

/* The verdict's reason in a few words. */
void gv_reason(const struct gv_tree *tree, const struct gv_fn *fn,
	       const struct gv_report *report, char *buf, size_t size);
/* "has no ACS (SV RR CR UF missing)" */
const char *gv_acs_text(const struct gv_tree *tree, const struct gv_fn *fn,
			char *buf, size_t size);
const char *gv_no_iommu_text(const struct gv_tree *tree,
			     const struct gv_fn *fn);
/* An Intel GPU that a kernel whose IOMMU is on by default left out. */
bool gv_is_left_out(const struct gv_tree *tree, const struct gv_fn *fn);

#endif
