// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>

#include "read.h"
#include "verdict.h"

const char *gv_verdict_name(enum gv_verdict verdict)
{
	static const char *const names[] = {
		[GV_ISOLATED] = "isolated",
		[GV_COMPANIONS] = "companions",
		[GV_SHARED] = "shared",
		[GV_NO_IOMMU] = "no-iommu",
		[GV_NOT_TRANSLATED] = "not-translated",
		[GV_NO_INTERRUPT_REMAPPING] = "no-interrupt-remapping",
		[GV_RMRR] = "rmrr",
	};

	return names[verdict];
}

bool gv_companion(const struct gv_fn *fn, const struct gv_fn *other)
{
	return gv_same_slot(fn, other) && !fn->virtfn && !other->virtfn;
}

static void gv_count_members(const struct gv_tree *tree,
			     const struct gv_fn *fn, struct gv_report *report)
{
	const struct gv_fn *other;

	gv_for_each_fn(other, tree) {
		if (other->group != fn->group)
			continue;
		report->members++;
		if (other == fn)
			continue;
		if (gv_is_bridge(other)) {
			report->bridges++;
		} else if (gv_companion(fn, other)) {
			report->companions++;
		} else {
			report->strangers++;
			if (!report->stranger)
				report->stranger = other;
		}
	}
}

/*
 * "direct" ranges are those that firmware reserves for good; what it needs for
 * USB and graphics before a driver comes is "direct-relaxable".
 */
static const struct gv_region *gv_rmrr(const struct gv_group *group)
{
	unsigned int i;

	for (i = 0; i < group->n_regions; i++) {
		if (!strcmp(group->regions[i].type, "direct"))
			return &group->regions[i];
	}
	return NULL;
}

/* The names of interrupt controllers only tell of the IOMMUs of x86. */
static enum gv_maybe gv_remapped(const struct gv_tree *tree,
				 const struct gv_fn *fn,
				 const struct gv_group *group)
{
	if (group->isolated_msi != GV_UNKNOWN)
		return group->isolated_msi;
	if (!strncmp(fn->iommu, "dmar", 4) || !strncmp(fn->iommu, "ivhd", 4))
		return tree->ir;
	return GV_UNKNOWN;
}

static bool gv_hidden(const struct gv_fn *fn)
{
	const struct gv_fn *up;

	for (up = fn; up; up = up->up) {
		if (!up->bits.known && !up->virtfn)
			return true;
	}
	return false;
}

static enum gv_maybe gv_agrees(const struct gv_tree *tree,
			       const struct gv_fn *fn)
{
	enum gv_maybe agrees = GV_YES;
	const struct gv_fn *other;
	bool ours, theirs;

	gv_for_each_fn(other, tree) {
		theirs = other->group == fn->group;
		ours = other->set == fn->set && other->group != GV_NO_GROUP;
		if ((ours || theirs) && gv_hidden(other))
			return GV_UNKNOWN;
		if (ours != theirs)
			agrees = GV_NO;
	}
	return agrees;
}

static bool gv_by_quirk(const struct gv_tree *tree, const struct gv_fn *fn)
{
	const struct gv_fn *other;

	gv_for_each_fn(other, tree) {
		if ((other->raw == fn->raw) != (other->set == fn->set))
			return true;
	}
	return false;
}

void gv_report(const struct gv_tree *tree, const struct gv_fn *fn,
	       struct gv_report *report)
{
	memset(report, 0, sizeof(*report));
	report->group = gv_tree_group(tree, fn->group);
	if (!report->group) {
		report->verdict = GV_NO_IOMMU;
		return;
	}
	gv_group_read(tree, report->group);
	gv_count_members(tree, fn, report);
	report->rmrr = gv_rmrr(report->group);
	report->remapped = gv_remapped(tree, fn, report->group);
	report->agrees = gv_agrees(tree, fn);
	report->by_quirk = report->agrees == GV_YES && gv_by_quirk(tree, fn);
	report->viable = !report->rmrr &&
		(report->remapped != GV_NO || tree->unsafe);

	if (report->rmrr)
		report->verdict = GV_RMRR;
	else if (report->strangers || report->group->others)
		report->verdict = GV_SHARED;
	else if (report->remapped == GV_NO)
		report->verdict = GV_NO_INTERRUPT_REMAPPING;
	else if (report->companions)
		report->verdict = GV_COMPANIONS;
	else if (report->group->domain == GV_DOMAIN_IDENTITY &&
		 !gv_driver_is_vfio(fn->driver))
		report->verdict = GV_NOT_TRANSLATED;
	else
		report->verdict = GV_ISOLATED;
}

bool gv_driver_is_vfio(const char *driver)
{
	size_t len = strlen(driver);

	return len >= 8 && (!strcmp(driver + len - 8, "vfio-pci") ||
			    !strcmp(driver + len - 8, "vfio_pci"));
}

bool gv_driver_yields(const char *driver)
{
	/* those that let others manage DMA (driver_managed_dma) */
	return !*driver || !strcmp(driver, "pcieport") ||
		!strcmp(driver, "pci-stub") || gv_driver_is_vfio(driver);
}

bool gv_group_yields(const struct gv_tree *tree, const struct gv_fn *fn)
{
	const struct gv_fn *other;

	gv_for_each_fn(other, tree) {
		if (other->group == fn->group &&
		    !gv_driver_yields(other->driver))
			return false;
	}
	return true;
}

static bool gv_is_bound(const struct gv_fn *fn,
			const struct gv_fn *const *bound, unsigned int n)
{
	while (n--) {
		if (bound[n] == fn)
			return true;
	}
	return false;
}

/* A member that nobody means to bind, and whose driver does not yield. */
static const struct gv_fn *gv_blocker(const struct gv_tree *tree,
				      const struct gv_fn *fn,
				      const struct gv_fn *const *bound,
				      unsigned int n)
{
	const struct gv_fn *other;

	gv_for_each_fn(other, tree) {
		if (other != fn && other->group == fn->group &&
		    !gv_is_bound(other, bound, n) &&
		    !gv_driver_yields(other->driver))
			return other;
	}
	return NULL;
}

static int gv_not_viable(struct gv_err *err, int num, const char *address)
{
	gv_err_hint(err, "`gpuvirt iommu explain %s` tells why, and what can be done",
		    address);
	return -num;
}

int gv_viable(const struct gv_tree *tree, const struct gv_fn *fn,
	      const struct gv_fn *const *bound, unsigned int n,
	      struct gv_err *err)
{
	const struct gv_fn *blocker;
	struct gv_report report;

	gv_report(tree, fn, &report);
	if (!report.group) {
		gv_err_set(err, ENODEV,
			   "%s is in no IOMMU group: nothing translates its DMA",
			   fn->address);
		return gv_not_viable(err, ENODEV, fn->address);
	}
	if (report.rmrr) {
		gv_err_set(err, EPERM,
			   "firmware wants %s to reach host memory at 0x%llx at all times",
			   fn->address,
			   (unsigned long long)report.rmrr->start);
		return gv_not_viable(err, EPERM, fn->address);
	}
	if (report.remapped == GV_NO && !tree->unsafe) {
		gv_err_set(err, EPERM,
			   "interrupts of %s are not remapped: VFIO refuses it",
			   fn->address);
		return gv_not_viable(err, EPERM, fn->address);
	}
	blocker = gv_blocker(tree, fn, bound, n);
	if (blocker) {
		gv_err_set(err, EBUSY,
			   "%s is in IOMMU group %d with %s, which %s drives",
			   fn->address, fn->group, blocker->address,
			   blocker->driver);
		return gv_not_viable(err, EBUSY, fn->address);
	}
	return 0;
}
