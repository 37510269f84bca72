// SPDX-License-Identifier: GPL-2.0
/* Before it happens: what the kernel would say of the groups of a plan. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "plan.h"

static int gv_pt_no_group(const struct gv_pt_func *func, struct gv_err *err)
{
	gv_err_set(err, ENODEV,
		   "%s is in no IOMMU group: no IOMMU of the host translates for it",
		   func->address);
	gv_err_hint(err, "switch VT-d or AMD-Vi on in the firmware and boot with intel_iommu=on (Intel), without iommu=off");
	return -ENODEV;
}

static int gv_pt_not_viable(const struct gv_pt_func *gpu,
			    const struct gv_pt_func *other, struct gv_err *err)
{
	char what[64];

	gv_err_set(err, EBUSY,
		   "IOMMU group %d of %s is not viable: %s (%s) in it is bound to %s",
		   gpu->group, gpu->address, other->address,
		   gv_pt_what(other, what, sizeof(what)), other->driver);
	if (gv_pt_is_bridge(other))
		gv_err_hint(err, "unbind %s from the bridge: its group can't be given to a VM while that driver has it",
			    other->driver);
	else
		gv_err_hint(err, "put one of them in another slot, switch ACS on in the firmware; or, if the VM may have both, name both: `gpuvirt passthrough bind %s %s`",
			    gpu->address, other->address);
	return -EBUSY;
}

int gv_pt_viable(const struct gv_pt_plan *plan, struct gv_err *err)
{
	const struct gv_pt_func *func;
	struct gv_pt_list members;
	unsigned int i, j;

	for (i = 0; i < plan->count; i++) {
		func = &plan->item[i].func;
		if (func->group < 0)
			return gv_pt_no_group(func, err);
		gv_pt_members(func->group, &members);
		for (j = 0; j < members.count; j++) {
			if (!gv_pt_is_harmless(&members.func[j]) &&
			    !gv_pt_plan_find(plan, members.func[j].address))
				return gv_pt_not_viable(func,
							&members.func[j],
							err);
		}
	}
	return 0;
}
