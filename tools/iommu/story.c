// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include <linux/pci_regs.h>

#include "reason.h"
#include "story.h"

/* Sentences on members; the rest are the same again. */
#define GV_MEMBERS_TOLD	8

static const char *gv_kind(const struct gv_fn *fn)
{
	if (!fn->bits.pcie)
		return gv_is_bridge(fn) ? "a conventional PCI bridge" :
			"a conventional PCI device";
	switch (fn->bits.type) {
	case PCI_EXP_TYPE_ROOT_PORT:
		return "a root port";
	case PCI_EXP_TYPE_UPSTREAM:
		return "the upstream port of a switch";
	case PCI_EXP_TYPE_DOWNSTREAM:
		return "a downstream port of a switch";
	case PCI_EXP_TYPE_PCI_BRIDGE:
		return "a bridge from PCI Express to PCI";
	case PCI_EXP_TYPE_PCIE_BRIDGE:
		return "a bridge from PCI to PCI Express";
	}
	return "a device";
}

static void gv_tell_path(const struct gv_tree *tree, const struct gv_fn *fn,
			 struct gv_lines *lines)
{
	const struct gv_fn *culprit = fn->culprit;
	char text[128];

	gv_lines_add(lines,
		     "%s is in the group of %s, the bridge above it: %s%s, %s, %s, so its DMA may be sent on to a neighbour before it has met the IOMMU",
		     fn->address, fn->with->address,
		     culprit == fn->with ? "" : "further up, ",
		     culprit->address, gv_kind(culprit),
		     gv_acs_text(tree, culprit, text, sizeof(text)));
}

static void gv_tell_function(const struct gv_tree *tree,
			     const struct gv_fn *fn, struct gv_lines *lines)
{
	const struct gv_fn *with = fn->with;
	char text[128], other[128];

	gv_lines_add(lines,
		     "%s and %s are functions of one device that may reach each other inside of it: %s %s, and %s %s",
		     fn->address, with->address, fn->address,
		     gv_acs_text(tree, fn, text, sizeof(text)), with->address,
		     gv_acs_text(tree, with, other, sizeof(other)));
}

static void gv_tell_rule(const struct gv_tree *tree, const struct gv_fn *fn,
			 struct gv_lines *lines)
{
	switch (fn->rule) {
	case GV_RULE_ALONE:
		break;
	case GV_RULE_PATH:
		gv_tell_path(tree, fn, lines);
		break;
	case GV_RULE_FUNCTION:
		/* told once for both */
		if (fn < fn->with || fn->with->with != fn)
			gv_tell_function(tree, fn, lines);
		break;
	case GV_RULE_BRIDGE_ALIAS:
		gv_lines_add(lines,
			     "DMA of %s carries the requester id of %s, %s, so the IOMMU can't tell apart what is behind that",
			     fn->address, fn->with->address,
			     gv_kind(fn->with));
		break;
	case GV_RULE_REAL_DMA:
		gv_lines_add(lines,
			     "DMA of %s carries the requester id of %s, which owns its bus (Intel VMD)",
			     fn->address, fn->with->address);
		break;
	case GV_RULE_ALIAS:
		gv_lines_add(lines,
			     "DMA of %s and %s carries the same requester id, which is a known fault of one of them",
			     fn->address, fn->with->address);
		break;
	}
}

/* First its own rule, then that of each bridge above, then of the others. */
static void gv_tell_rules(const struct gv_tree *tree, const struct gv_fn *fn,
			  struct gv_lines *lines)
{
	const struct gv_fn *other;
	unsigned int told;

	for (other = fn; other && other->set == fn->set; other = other->up)
		gv_tell_rule(tree, other, lines);
	told = lines->n;
	gv_for_each_fn(other, tree) {
		const struct gv_fn *up = fn;

		while (up && up != other)
			up = up->up;
		if (up || other->set != fn->set)
			continue;
		if (lines->n - told < GV_MEMBERS_TOLD)
			gv_tell_rule(tree, other, lines);
	}
}

/* What keeps an isolated function isolated. */
static void gv_tell_way(const struct gv_tree *tree, const struct gv_fn *fn,
			struct gv_lines *lines)
{
	const struct gv_fn *up;
	char text[128];

	if (!fn->up)
		gv_lines_add(lines, "it is on a root bus, with no bridge on its way to the IOMMU");
	for (up = fn->up; up && up->set != fn->set; up = up->up)
		gv_lines_add(lines, "on its way to the IOMMU, %s, %s, %s",
			     up->address, gv_kind(up),
			     gv_acs_text(tree, up, text, sizeof(text)));
	if (fn->multifunction && fn->rule == GV_RULE_ALONE)
		gv_lines_add(lines,
			     "it is a function of a device with several, and %s",
			     gv_acs_text(tree, fn, text, sizeof(text)));
}

static void gv_tell_disagreement(const struct gv_tree *tree,
				 const struct gv_fn *fn,
				 struct gv_lines *lines)
{
	const struct gv_fn *other;
	unsigned int n = 0;

	gv_lines_add(lines, "the kernel's group is not the one that configuration space makes:");
	gv_for_each_fn(other, tree) {
		bool ours = other->set == fn->set && other->group >= 0;
		bool theirs = other->group == fn->group;

		if (ours == theirs || n++ >= GV_MEMBERS_TOLD)
			continue;
		gv_lines_more(lines, " %s is %s,", other->address,
			      theirs ? "in it" : "not in it");
	}
	if (gv_tree_told(tree, "pcie_acs_override="))
		gv_lines_more(lines, " because of pcie_acs_override= on the command line, which isolates nothing");
	else
		gv_lines_more(lines, " by a quirk or by firmware that this tool does not know; please send what `gpuvirt iommu capture` writes");
}

static void gv_tell_group(const struct gv_tree *tree, const struct gv_fn *fn,
			  const struct gv_report *report,
			  struct gv_lines *lines)
{
	switch (report->agrees) {
	case GV_UNKNOWN:
		gv_lines_add(lines, "why its group is what it is can't be told: only root can read the ACS bits, unless the module gpuvirt is loaded");
		return;
	case GV_NO:
		gv_tell_disagreement(tree, fn, lines);
		return;
	case GV_YES:
		break;
	}
	if (fn->rule == GV_RULE_ALONE)
		gv_tell_way(tree, fn, lines);
	gv_tell_rules(tree, fn, lines);
	if (report->by_quirk)
		gv_lines_add(lines, "by configuration space alone it would be in another group: the kernel knows these devices better than they say");
}

static void gv_tell_verdict(const struct gv_tree *tree,
			    const struct gv_fn *fn,
			    const struct gv_report *report,
			    struct gv_lines *lines)
{
	switch (report->verdict) {
	case GV_ISOLATED:
		gv_lines_add(lines, "it can be given to a virtual machine by itself");
		break;
	case GV_COMPANIONS:
		gv_lines_add(lines, "it can be given to a virtual machine together with the other functions of its device");
		break;
	case GV_SHARED:
		gv_lines_add(lines, "it can't be given to a virtual machine by itself: what is in its group may reach it, and be reached, past the IOMMU");
		if (!gv_tree_told(tree, "pcie_acs_override="))
			gv_lines_add(lines, "the pcie_acs_override patch would not change that: it makes other groups, and the devices reach each other as before");
		break;
	case GV_NO_IOMMU:
		gv_lines_add(lines, "it can't be given to a virtual machine: %s",
			     gv_no_iommu_text(tree, fn));
		break;
	case GV_NOT_TRANSLATED:
		gv_lines_add(lines, "it can be given to a virtual machine by itself, and its DMA is translated then; while a driver of the host has it, it can reach all memory (its domain is identity)");
		break;
	case GV_NO_INTERRUPT_REMAPPING:
		gv_lines_add(lines, "interrupts are not remapped: whoever controls the device can make it send any interrupt to the host, so VFIO refuses it%s",
			     tree->unsafe ? ", were it not told otherwise by allow_unsafe_interrupts" : "");
		break;
	case GV_RMRR:
		gv_lines_add(lines, "it can't be given to a virtual machine: firmware wants it to reach host memory from 0x%llx to 0x%llx at all times",
			     (unsigned long long)report->rmrr->start,
			     (unsigned long long)report->rmrr->end);
		break;
	}
}

void gv_story(const struct gv_tree *tree, const struct gv_fn *fn,
	      const struct gv_report *report, struct gv_lines *lines)
{
	gv_tell_verdict(tree, fn, report, lines);
	if (report->group)
		gv_tell_group(tree, fn, report, lines);
	if (fn->bits.ats_on)
		gv_lines_add(lines, "it may translate addresses itself (ATS is on): the IOMMU trusts what it says is translated");
}
