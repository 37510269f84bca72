/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GV_CLAIM_H
#define GV_CLAIM_H

#include <linux/list.h>
#include <linux/types.h>

#include <gpuvirt/why.h>

struct gv_gpu;
struct gv_vf;
struct iommu_group;

/**
 * struct gv_claim - IOMMU groups that nobody can open meanwhile
 * @node: entry in the list of claims, while there is a group in it
 *	(gv_claims_lock)
 * @groups: the groups, with a reference each (gv_claims_lock to write)
 * @nr: how many (gv_claims_lock to write)
 * @max: how many there is room for
 */
struct gv_claim {
	struct list_head node;
	struct iommu_group **groups;
	u32 nr;
	u32 max;
};

bool gv_claim_ours(const struct iommu_group *group);
bool gv_claim_needless(struct gv_vf *vf);
int gv_claim_vf(struct gv_claim *claim, struct gv_vf *vf, struct gv_why *why);
int gv_claim_vfs(struct gv_claim *claim, struct gv_gpu *gpu,
		 struct gv_why *why);
void gv_claim_release(struct gv_claim *claim);

#endif
