// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../cmd.h"
#include "../iommu/netlink.h"
#include "../iommu/read.h"
#include "../iommu/reason.h"
#include "../iommu/verdict.h"
#include "../out.h"
#include "../port.h"
#include "iommu.h"

enum {
	SHOW_ADDRESS,
	SHOW_ALL,
	SHOW_ROOT,
};

static const struct gv_param show_params[] = {
	[SHOW_ADDRESS] = { "ADDRESS", GV_KIND_GPU, GV_POS, 0, 0,
			   "only this function" },
	[SHOW_ALL] = { "all", GV_KIND_FLAG, 0, 0, 0,
		       "every PCI function, not GPUs alone" },
	[SHOW_ROOT] = { "root", GV_KIND_DIR, 0, 0, 0,
			"read what `iommu capture` wrote there" },
	{ 0 }
};

int gv_iommu_read(struct gv_ctx *ctx, const struct gv_value *root,
		  struct gv_tree *tree)
{
	int ret;

	ret = gv_tree_read(root->set ? root->str : gv_port_root(), tree,
			   &ctx->err);
	if (ret)
		return ret;
	if (!root->set)
		gv_tree_ask(ctx, tree);
	gv_groups(tree);
	return 0;
}

/* A GPU, a VF of one, or what comes with a GPU: audio, USB, UCSI. */
bool gv_iommu_wanted(const struct gv_tree *tree, const struct gv_fn *fn)
{
	const struct gv_fn *other;

	if (fn->gpu)
		return true;
	gv_for_each_fn(other, tree) {
		if (other->gpu && gv_companion(fn, other))
			return true;
	}
	return false;
}

int gv_iommu_find(struct gv_ctx *ctx, const struct gv_tree *tree,
		  const char *address, struct gv_fn **fn)
{
	*fn = gv_tree_find(tree, address);
	if (*fn)
		return 0;
	gv_err_set(&ctx->err, ENODEV, "no PCI function has the address %s",
		   address);
	gv_err_hint(&ctx->err, "`gpuvirt iommu show all` lists them");
	return -ENODEV;
}

static void gv_iommu_members(const char *key, const struct gv_tree *tree,
			     const struct gv_fn *fn, bool ours)
{
	const struct gv_fn *other;

	gv_out_array(key);
	gv_for_each_fn(other, tree) {
		if (ours ? other->set == fn->set && other->group >= 0 :
		    other->group == fn->group)
			gv_out_str(NULL, other->address);
	}
	gv_out_array_end();
}

/* What show and explain have in common. */
void gv_iommu_json(const struct gv_tree *tree, const struct gv_fn *fn,
		   const struct gv_report *report, const char *reason)
{
	gv_out_str("address", fn->address);
	gv_out_str("verdict", gv_verdict_name(report->verdict));
	gv_out_str("reason", reason);
	gv_out_bool("viable", report->viable);
	if (*fn->driver)
		gv_out_str("driver", fn->driver);
	if (!report->group)
		return;
	gv_out_num("iommu-group", fn->group);
	gv_iommu_members("members", tree, fn, false);
	if (report->agrees == GV_UNKNOWN)
		return;
	gv_iommu_members("reckoned", tree, fn, true);
	gv_out_bool("agrees", report->agrees == GV_YES);
	gv_out_bool("quirk", report->by_quirk);
}

static void gv_iommu_line(const struct gv_fn *fn,
			  const struct gv_report *report, const char *reason)
{
	char group[24] = "";
	char driver[80] = "";

	if (report->group)
		snprintf(group, sizeof(group), "  group %d", fn->group);
	if (*fn->driver)
		snprintf(driver, sizeof(driver), "  driver %s", fn->driver);
	gv_out_text(0, "%s  %s%s%s  %s", fn->address,
		    gv_verdict_name(report->verdict), group, driver, reason);
}

static void gv_iommu_show_fn(const struct gv_tree *tree,
			     const struct gv_fn *fn)
{
	struct gv_report report;
	char reason[320];

	gv_report(tree, fn, &report);
	gv_reason(tree, fn, &report, reason, sizeof(reason));
	gv_out_object(NULL);
	gv_iommu_json(tree, fn, &report, reason);
	gv_iommu_line(fn, &report, reason);
	gv_out_object_end();
}

static int gv_iommu_print(struct gv_ctx *ctx, const struct gv_args *args,
			  void (*print)(const struct gv_tree *tree,
					const struct gv_fn *fn))
{
	const struct gv_value *address = &args->v[SHOW_ADDRESS];
	bool all = args->v[SHOW_ALL].set;
	struct gv_fn *fn, *one = NULL;
	struct gv_tree tree;
	int ret;

	if (address->set && all)
		return gv_err_usage(&ctx->err, "give ADDRESS or all, not both");
	ret = gv_iommu_read(ctx, &args->v[SHOW_ROOT], &tree);
	if (!ret && address->set)
		ret = gv_iommu_find(ctx, &tree, address->str, &one);
	if (ret)
		goto free_tree;
	gv_out_array(NULL);
	gv_for_each_fn(fn, &tree) {
		if (one ? fn == one : all || gv_iommu_wanted(&tree, fn))
			print(&tree, fn);
	}
	gv_out_array_end();
free_tree:
	gv_tree_free(&tree);
	return ret;
}

static int gv_iommu_show(struct gv_ctx *ctx, const struct gv_args *args)
{
	return gv_iommu_print(ctx, args, gv_iommu_show_fn);
}

static int gv_iommu_explain(struct gv_ctx *ctx, const struct gv_args *args)
{
	return gv_iommu_print(ctx, args, gv_iommu_explain_fn);
}

const struct gv_verb gv_iommu_verbs[] = {
	{ "show", show_params, gv_iommu_show,
	  "print whether GPUs are isolated, and why not" },
	{ "explain", show_params, gv_iommu_explain,
	  "tell the full story, and what can be done" },
	{ "capture", gv_iommu_capture_params, gv_iommu_capture,
	  "write a copy of this machine for a report, without serial numbers" },
	{ 0 }
};
