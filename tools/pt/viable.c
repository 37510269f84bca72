// SPDX-License-Identifier: GPL-2.0
/* Before it happens: what the kernel would say of the groups of a plan. */
#include <errno.h>

#include "../iommu/read.h"
#include "../iommu/verdict.h"
#include "../port.h"
#include "plan.h"

int gv_pt_viable_in(const struct gv_pt_plan *plan, const struct gv_tree *tree,
		    struct gv_err *err)
{
	const struct gv_fn *bound[GV_PT_MAX];
	unsigned int i, n = 0;
	int ret = 0;

	for (i = 0; i < plan->count; i++) {
		bound[n] = gv_tree_find(tree, plan->item[i].func.address);
		if (bound[n])
			n++;
	}
	for (i = 0; !ret && i < n; i++)
		ret = gv_viable(tree, bound[i], bound, n, err);
	if (ret == -EBUSY)
		gv_err_hint(err, "`gpuvirt iommu explain` tells why; if the virtual machine may have both, name the other one after the GPU");
	return ret;
}

int gv_pt_viable(const struct gv_pt_plan *plan, struct gv_err *err)
{
	struct gv_tree tree;
	int ret;

	ret = gv_tree_read(gv_port_root(), &tree, err);
	if (ret)
		return ret;
	ret = gv_pt_viable_in(plan, &tree, err);
	gv_tree_free(&tree);
	return ret;
}
