// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "../iommu/holders.h"
#include "../iommu/reason.h"
#include "../iommu/reset.h"
#include "../iommu/story.h"
#include "../out.h"
#include "../pciname.h"
#include "iommu.h"

#define GV_DEEP	4

static void gv_explain_lines(const char *key, const char *title,
			     const struct gv_lines *lines)
{
	unsigned int i;

	if (!lines->n)
		return;
	gv_out_array(key);
	for (i = 0; i < lines->n; i++) {
		gv_out_str(NULL, lines->line[i]);
		gv_out_text(GV_DEEP, "%s%s", title, lines->line[i]);
	}
	gv_out_array_end();
}

/* Members with their drivers; bridges are those that pcieport has. */
static void gv_explain_members(const struct gv_tree *tree,
			       const struct gv_fn *fn,
			       const struct gv_report *report)
{
	const struct gv_fn *other;

	if (!report->group)
		return;
	gv_out_text(GV_DEEP, "group %d:", fn->group);
	gv_out_array("functions");
	gv_for_each_fn(other, tree) {
		if (other->group != fn->group)
			continue;
		gv_out_object(NULL);
		gv_out_str("address", other->address);
		gv_out_num("vendor", other->vendor);
		gv_out_num("device", other->device);
		gv_out_num("class", other->class);
		if (*other->driver)
			gv_out_str("driver", other->driver);
		gv_out_object_end();
		gv_out_text(2 * GV_DEEP, "%s  class 0x%06x  id %04x:%04x%s%s",
			    other->address, other->class, other->vendor,
			    other->device, *other->driver ? "  driver " : "",
			    other->driver);
	}
	gv_out_array_end();
	if (!report->group->others)
		return;
	gv_out_num("other-devices", report->group->others);
	gv_out_text(2 * GV_DEEP, "and %u that are not on PCI",
		    report->group->others);
}

static void gv_explain_group(const struct gv_report *report)
{
	const struct gv_group *group = report->group;
	unsigned int i;

	if (!group)
		return;
	if (*group->domain_name) {
		gv_out_str("domain", group->domain_name);
		gv_out_text(GV_DEEP, "domain %s", group->domain_name);
	}
	if (report->remapped != GV_UNKNOWN) {
		gv_out_bool("interrupt-remapping", report->remapped == GV_YES);
		gv_out_text(GV_DEEP, "interrupts %s", report->remapped ==
			    GV_YES ? "remapped" : "not remapped");
	}
	gv_out_array("reserved-regions");
	for (i = 0; i < group->n_regions; i++) {
		const struct gv_region *region = &group->regions[i];

		gv_out_object(NULL);
		gv_out_num("start", region->start);
		gv_out_num("end", region->end);
		gv_out_str("type", region->type);
		gv_out_object_end();
		gv_out_text(GV_DEEP, "reserved 0x%llx-0x%llx  %s",
			    (unsigned long long)region->start,
			    (unsigned long long)region->end, region->type);
	}
	gv_out_array_end();
}

static void gv_explain_reset(const struct gv_tree *tree,
			     const struct gv_fn *fn)
{
	char methods[128], *word, *save;

	if (gv_reset_methods(tree, fn, methods, sizeof(methods)))
		return;
	gv_out_text(GV_DEEP, "reset %s", *methods ? methods :
		    "none: a guest gets it as the one before left it");
	gv_out_array("reset-methods");
	for (word = strtok_r(methods, " ", &save); word;
	     word = strtok_r(NULL, " ", &save))
		gv_out_str(NULL, word);
	gv_out_array_end();
}

static void gv_explain_holders(const struct gv_tree *tree,
			       const struct gv_fn *fn,
			       const struct gv_group *group)
{
	struct gv_holder holders[GV_HOLDERS_MAX];
	unsigned int i, n;
	bool hidden, used;

	if (!group)
		return;
	n = gv_holders(tree, fn->group, holders, &hidden);
	gv_out_array("holders");
	for (i = 0; i < n; i++) {
		gv_out_object(NULL);
		gv_out_num("pid", holders[i].pid);
		gv_out_str("comm", holders[i].comm);
		gv_out_object_end();
		gv_out_text(GV_DEEP, "open in process %d (%s)",
			    holders[i].pid, holders[i].comm);
	}
	gv_out_array_end();
	/* a group of such drivers has an owner only while it is in use */
	used = group->owned == GV_YES && gv_group_yields(tree, fn);
	if (n || group->owned != GV_UNKNOWN)
		gv_out_bool("in-use", n || used);
	if (!n && used)
		gv_out_text(GV_DEEP, "in use through VFIO by %s", hidden ?
			    "a process that root can see" :
			    "a process that can't be named");
}

void gv_iommu_explain_fn(const struct gv_tree *tree, const struct gv_fn *fn)
{
	struct gv_lines lines = { 0 }, fixes = { 0 };
	struct gv_report report;
	char reason[320], name[256];

	gv_report(tree, fn, &report);
	gv_reason(tree, fn, &report, reason, sizeof(reason));
	gv_story(tree, fn, &report, &lines);
	gv_fixes(tree, fn, &report, &fixes);
	gv_out_object(NULL);
	gv_iommu_json(tree, fn, &report, reason);
	if (!gv_out_json())
		gv_out_text(0, "%s  %s  %s%s%s", fn->address,
			    gv_pciname(fn->vendor, fn->device, name,
				       sizeof(name)) ? name : "unknown device",
			    gv_verdict_name(report.verdict),
			    *fn->driver ? "  driver " : "", fn->driver);
	gv_explain_lines("story", "", &lines);
	gv_explain_lines("fixes", "fix: ", &fixes);
	gv_explain_members(tree, fn, &report);
	gv_explain_group(&report);
	gv_explain_reset(tree, fn);
	gv_explain_holders(tree, fn, report.group);
	gv_out_object_end();
}
