// SPDX-License-Identifier: GPL-2.0
/* The verdict's reason, short enough for a line of `iommu show`. */
#include <stdio.h>
#include <string.h>
#include <linux/pci_regs.h>

#include "reason.h"

const char *gv_acs_text(const struct gv_tree *tree, const struct gv_fn *fn,
			char *buf, size_t size)
{
	struct gv_acs acs;
	char names[32];

	gv_acs(tree, fn, true, &acs);
	switch (acs.why) {
	case GV_ACS_SINGLE:
		snprintf(buf, size, "needs no ACS");
		break;
	case GV_ACS_ON:
		snprintf(buf, size, "has ACS %s on",
			 gv_acs_names(fn->bits.acs_ctrl, names));
		break;
	case GV_ACS_QUIRK:
		snprintf(buf, size, "counts as having ACS (%s)", acs.quirk);
		break;
	case GV_ACS_UNKNOWN:
		snprintf(buf, size, "can't be read without root");
		break;
	case GV_ACS_CONVENTIONAL:
		snprintf(buf, size, "is not PCI Express and can't have ACS");
		break;
	case GV_ACS_BRIDGE:
		snprintf(buf, size,
			 "is a bridge between PCI Express and PCI and can't have ACS");
		break;
	case GV_ACS_ABSENT:
		snprintf(buf, size, "has no ACS (%s missing)",
			 gv_acs_names(acs.missing, names));
		break;
	case GV_ACS_OFF:
		snprintf(buf, size, "has ACS with %s off",
			 gv_acs_names(acs.missing, names));
		break;
	}
	return buf;
}

/* Why it shares: its own rule, or that of the first that came to it. */
static const struct gv_fn *gv_joined(const struct gv_tree *tree,
				     const struct gv_fn *fn)
{
	const struct gv_fn *other;

	if (fn->rule != GV_RULE_ALONE)
		return fn;
	gv_for_each_fn(other, tree) {
		if (other->set == fn->set && other->rule != GV_RULE_ALONE)
			return other;
	}
	return NULL;
}

static void gv_rule_text(const struct gv_tree *tree, const struct gv_fn *fn,
			 char *buf, size_t size)
{
	char text[128];

	switch (fn->rule) {
	case GV_RULE_ALONE:
		snprintf(buf, size, "no rule known");
		break;
	case GV_RULE_PATH:
		snprintf(buf, size, "%s %s", fn->culprit->address,
			 gv_acs_text(tree, fn->culprit, text, sizeof(text)));
		break;
	case GV_RULE_FUNCTION:
		snprintf(buf, size, "%s %s", fn->address,
			 gv_acs_text(tree, fn, text, sizeof(text)));
		break;
	case GV_RULE_BRIDGE_ALIAS:
		snprintf(buf, size, "DMA carries the id of the PCI bridge %s",
			 fn->with->address);
		break;
	case GV_RULE_REAL_DMA:
	case GV_RULE_ALIAS:
		snprintf(buf, size, "DMA carries the id of %s",
			 fn->with->address);
		break;
	}
}

static void gv_shared_text(const struct gv_tree *tree, const struct gv_fn *fn,
			   const struct gv_report *report, char *buf,
			   size_t size)
{
	const struct gv_fn *joined = gv_joined(tree, fn);
	unsigned int more = report->strangers + report->group->others - 1;
	char why[200] = "the group is not what configuration space says";
	char count[32] = "";

	if (report->agrees == GV_UNKNOWN)
		snprintf(why, sizeof(why), "only root can read why");
	else if (report->agrees == GV_YES && joined)
		gv_rule_text(tree, joined, why, sizeof(why));
	if (more)
		snprintf(count, sizeof(count), " and %u more", more);
	snprintf(buf, size, "with %s%s: %s", report->stranger ?
		 report->stranger->address : "a device that is not on PCI",
		 count, why);
}

static void gv_isolated_text(const struct gv_report *report, char *buf,
			     size_t size)
{
	snprintf(buf, size, "%s%s%s%s",
		 report->companions ? "with other functions of its device" :
		 "alone in its group",
		 report->bridges ? report->companions ? " and bridges" :
		 " but for bridges" : "",
		 report->by_quirk ? ", by a kernel quirk" : "",
		 report->agrees == GV_NO ?
		 ", which is not what configuration space says" : "");
}

const char *gv_no_iommu_text(const struct gv_tree *tree,
			     const struct gv_fn *fn)
{
	if (tree->iommus)
		return gv_is_left_out(tree, fn) ?
			"this kernel leaves integrated graphics out" :
			"the IOMMU driver left it out";
	if (tree->dmar || tree->ivrs)
		return "firmware describes an IOMMU, the kernel does not use it";
	return "neither firmware nor the kernel knows of an IOMMU";
}

bool gv_is_left_out(const struct gv_tree *tree, const struct gv_fn *fn)
{
	return tree->dmar && fn->vendor == 0x8086 && fn->class >> 16 == 3 &&
		!fn->up && !fn->virtfn && fn->group == GV_NO_GROUP &&
		!gv_tree_told(tree, "intel_iommu=on");
}

void gv_reason(const struct gv_tree *tree, const struct gv_fn *fn,
	       const struct gv_report *report, char *buf, size_t size)
{
	switch (report->verdict) {
	case GV_ISOLATED:
	case GV_COMPANIONS:
		gv_isolated_text(report, buf, size);
		break;
	case GV_SHARED:
		gv_shared_text(tree, fn, report, buf, size);
		break;
	case GV_NO_IOMMU:
		snprintf(buf, size, "%s", gv_no_iommu_text(tree, fn));
		break;
	case GV_NOT_TRANSLATED:
		snprintf(buf, size,
			 "its DMA is not translated while the host uses it");
		break;
	case GV_NO_INTERRUPT_REMAPPING:
		snprintf(buf, size,
			 "a guest could make it send any interrupt to the host");
		break;
	case GV_RMRR:
		snprintf(buf, size,
			 "firmware wants it to reach host memory at 0x%llx",
			 (unsigned long long)report->rmrr->start);
		break;
	}
}
