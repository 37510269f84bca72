// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "../cmd.h"
#include "../iommu/read.h"
#include "../out.h"
#include "../pciname.h"
#include "../port.h"
#include "../pt/holder.h"
#include "../pt/persist.h"
#include "../pt/plan.h"
#include "passthrough.h"

#define GV_DEEP	4

const struct gv_param gv_pt_show_params[] = {
	{ "ADDRESS...", GV_KIND_GPU, GV_POS | GV_MANY, 0, 0,
	  "only these GPUs" },
	{ 0 }
};

static struct gv_pt_plan plan;
static struct gv_pt_holders holders;

static const char *gv_pt_or_none(const char *driver)
{
	return driver[0] ? driver : "none";
}

/* What to type next; the worst of the functions tells. */
static enum gv_pt_state gv_pt_overall(void)
{
	enum gv_pt_state state = GV_PT_HOST;
	const struct gv_pt_item *gpu;
	unsigned int i;

	gpu = gv_pt_plan_find(&plan, plan.gpus.func[0].address);
	state = gpu->state;
	for (i = 0; i < plan.count; i++) {
		if (plan.item[i].state == GV_PT_CHANGING)
			return GV_PT_CHANGING;
		if (plan.item[i].state == GV_PT_INTERRUPTED ||
		    (state == GV_PT_HOST && plan.item[i].state == GV_PT_OURS))
			state = GV_PT_INTERRUPTED;
	}
	return state;
}

static void gv_pt_show_next(enum gv_pt_state state, const char *address,
			    bool viable)
{
	switch (state) {
	case GV_PT_HOST:
	case GV_PT_RETURNED:
		if (viable)
			gv_out_text(GV_DEEP, "bind it with `gpuvirt passthrough bind %s`",
				    address);
		break;
	case GV_PT_OURS:
	case GV_PT_BOOT:
		gv_out_text(GV_DEEP, "qemu -device vfio-pci,host=%s", address);
		break;
	case GV_PT_OTHER:
		gv_out_text(GV_DEEP, "another tool bound it, which is to give it back");
		break;
	case GV_PT_INTERRUPTED:
		gv_out_text(GV_DEEP, "a change was interrupted: finish it with `gpuvirt passthrough bind %s`, undo it with unbind",
			    address);
		break;
	case GV_PT_CHANGING:
		gv_out_text(GV_DEEP, "its driver is being changed now");
		break;
	}
}

static void gv_pt_show_companions(const struct gv_pt_item *gpu)
{
	const struct gv_pt_item *item;
	unsigned int i;
	char what[64];

	gv_out_array("companions");
	for (i = 0; i < plan.count; i++) {
		item = &plan.item[i];
		if (item == gpu)
			continue;
		gv_pt_what(&item->func, what, sizeof(what));
		gv_out_object(NULL);
		gv_out_str("address", item->func.address);
		gv_out_str("what", what);
		if (item->func.driver[0])
			gv_out_str("driver", item->func.driver);
		gv_out_str("state", gv_pt_state_name(item->state));
		if (item->func.group >= 0)
			gv_out_num("iommu-group", item->func.group);
		gv_out_object_end();
		gv_out_text(GV_DEEP, "companion %s  %s  driver %s",
			    item->func.address, what,
			    gv_pt_or_none(item->func.driver));
	}
	gv_out_array_end();
}

static void gv_pt_show_holders(const char *gpu)
{
	const struct gv_pt_holder *holder;
	unsigned int i;
	char buf[192];

	gv_out_array("holders");
	for (i = 0; i < holders.count; i++) {
		holder = &holders.holder[i];
		gv_pt_hold_text(holder, buf);
		gv_out_object(NULL);
		gv_out_str("kind", gv_pt_hold_name(holder->hold));
		gv_out_str("address", holder->address);
		if (holder->pid) {
			gv_out_num("pid", holder->pid);
			gv_out_str("comm", holder->comm);
		}
		if (holder->what[0])
			gv_out_str("what", holder->what);
		gv_out_object_end();
		if (strcmp(holder->address, gpu))
			gv_out_text(GV_DEEP, "%s: %s", holder->address, buf);
		else
			gv_out_text(GV_DEEP, "%s", buf);
	}
	gv_out_array_end();
	if (holders.more)
		gv_out_text(GV_DEEP, "and %u more hold it", holders.more);
	if (holders.partly)
		gv_out_text(GV_DEEP, "other users' processes are not seen: run it as root");
	gv_out_bool("holders-complete", !holders.partly && !holders.more);
}

static void gv_pt_show_title(const struct gv_pt_item *gpu,
			     enum gv_pt_state state)
{
	const struct gv_pt_func *func = &gpu->func;
	char buf[256];
	const char *name;

	name = gv_pciname(func->vendor, func->device, buf, sizeof(buf));
	gv_out_str("address", func->address);
	if (name)
		gv_out_str("name", name);
	if (func->driver[0])
		gv_out_str("driver", func->driver);
	if (func->override[0])
		gv_out_str("driver-override", func->override);
	gv_out_str("state", gv_pt_state_name(state));
	if (gpu->record.found && gpu->record.driver[0])
		gv_out_str("previous-driver", gpu->record.driver);
	gv_out_bool("persistent", gv_pt_persists(func->address));
	gv_out_text(0, "%s%s%s  driver %s  state %s", func->address,
		    name ? "  " : "", name ? name : "",
		    gv_pt_or_none(func->driver), gv_pt_state_name(state));
}

static void gv_pt_show_group(const struct gv_pt_func *func, bool viable,
			     const struct gv_err *err)
{
	if (func->group >= 0)
		gv_out_num("iommu-group", func->group);
	gv_out_bool("viable", viable);
	if (!viable)
		gv_out_str("reason", err->text);
	if (func->group >= 0 && viable)
		gv_out_text(GV_DEEP, "group %d  viable yes", func->group);
	else
		gv_out_text(GV_DEEP, "viable no: %s", err->text);
}

static void gv_pt_show_one(const struct gv_tree *tree)
{
	const struct gv_pt_item *gpu;
	struct gv_pt_list list;
	enum gv_pt_state state;
	struct gv_err err = { 0 };
	bool viable;

	gpu = gv_pt_plan_find(&plan, plan.gpus.func[0].address);
	state = gv_pt_overall();
	viable = !gv_pt_viable_in(&plan, tree, &err);
	gv_pt_plan_funcs(&plan, true, &list);
	gv_pt_holders(&list, &holders);
	gv_out_object(NULL);
	gv_pt_show_title(gpu, state);
	gv_pt_show_group(&gpu->func, viable, &err);
	gv_pt_show_companions(gpu);
	gv_pt_show_holders(gpu->func.address);
	if (gv_pt_persists(gpu->func.address))
		gv_out_text(GV_DEEP, state == GV_PT_HOST ?
			    "bound at boot, but not now: see initramfs in gpuvirt-passthrough(8)" :
			    "bound at every boot");
	if (gpu->record.other)
		gv_out_text(GV_DEEP, "gpuvirt bound another device here before, %04x:%04x",
			    gpu->record.vendor, gpu->record.device);
	gv_pt_show_next(state, gpu->func.address, viable);
	gv_out_object_end();
}

/* A GPU that goes while it is looked at is not there. */
static int gv_pt_show_all(struct gv_ctx *ctx, const struct gv_tree *tree)
{
	struct gv_pt_func func;
	const struct gv_fn *fn;
	const char *address;

	gv_for_each_fn(fn, tree) {
		address = fn->address;
		if (!gv_pt_read(address, &func) && gv_pt_is_gpu(&func) &&
		    !gv_pt_plan_make(&plan, &address, 1, false, &ctx->err))
			gv_pt_show_one(tree);
	}
	return 0;
}

static int gv_pt_show_named(struct gv_ctx *ctx, const struct gv_args *args,
			    const struct gv_tree *tree)
{
	const char *address;
	unsigned int i;
	int ret;

	for (i = 0; i < args->many_count; i++) {
		address = args->many[i];
		ret = gv_pt_plan_make(&plan, &address, 1, false, &ctx->err);
		if (ret)
			return ret;
		gv_pt_show_one(tree);
	}
	return 0;
}

int gv_pt_show(struct gv_ctx *ctx, const struct gv_args *args)
{
	struct gv_tree tree;
	int ret;

	ret = gv_tree_read(gv_port_root(), &tree, &ctx->err);
	if (ret)
		return ret;
	gv_out_array(NULL);
	ret = args->many_count ? gv_pt_show_named(ctx, args, &tree) :
		gv_pt_show_all(ctx, &tree);
	gv_out_array_end();
	gv_tree_free(&tree);
	return ret;
}
