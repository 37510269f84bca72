// SPDX-License-Identifier: GPL-2.0
/* Whole GPUs, for virtual machines. By sysfs alone: no module is needed. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../cmd.h"
#include "../out.h"
#include "../pt/persist.h"
#include "../pt/plan.h"
#include "passthrough.h"

#define GV_PT_TIMEOUT	60

enum {
	PT_ADDRESS,
	PT_PERSIST,
	PT_TIMEOUT,
	PT_FORCE,
};

static const struct gv_param bind_params[] = {
	[PT_ADDRESS] = { "ADDRESS...", GV_KIND_GPU,
			 GV_POS | GV_MUST | GV_MANY, 0, 0,
			 "GPUs; companions go along" },
	[PT_PERSIST] = { "persist", GV_KIND_PERSIST, 0, 0, 0,
			 "at every boot, too: write the files, or show them" },
	[PT_TIMEOUT] = { "timeout", GV_KIND_SECONDS, 0, 0, 0,
			 "how long to wait; 60 if not given" },
	[PT_FORCE] = { "force", GV_KIND_FLAG, 0, 0, 0,
		       "although processes have it open" },
	{ 0 }
};

static const struct gv_param unbind_params[] = {
	[PT_ADDRESS] = { "ADDRESS...", GV_KIND_GPU,
			 GV_POS | GV_MUST | GV_MANY, 0, 0,
			 "GPUs; companions come back with them" },
	[PT_PERSIST] = { "persist", GV_KIND_PERSIST, 0, 0, 0,
			 "not at the next boot, either: remove the files" },
	[PT_TIMEOUT] = { "timeout", GV_KIND_SECONDS, 0, 0, 0,
			 "how long to wait; 60 if not given" },
	{ 0 }
};

/* Too large for a stack that a child copies. */
static struct gv_pt_plan plan;

static int gv_pt_make(struct gv_ctx *ctx, const struct gv_args *args,
		      bool bind, bool lock)
{
	const char *address[GV_MANY_MAX];
	unsigned int i;

	for (i = 0; i < args->many_count; i++)
		address[i] = args->many[i];
	plan.bind = bind;
	plan.force = bind && args->v[PT_FORCE].set;
	return gv_pt_plan_make(&plan, address, args->many_count, lock,
			       &ctx->err);
}

static void gv_pt_print(const struct gv_pt_item *item)
{
	struct gv_pt_func now;
	char line[160] = "";

	if (gv_pt_read(item->func.address, &now))
		return;
	gv_out_object(NULL);
	gv_out_str("address", now.address);
	gv_out_str("gpu", item->gpu);
	if (now.driver[0])
		gv_out_str("driver", now.driver);
	if (item->change && item->func.driver[0])
		gv_out_str("previous-driver", item->func.driver);
	gv_out_bool("changed", item->change);
	if (now.group >= 0)
		gv_out_num("iommu-group", now.group);
	if (gv_pt_is_vfio(&now)) {
		snprintf(line, sizeof(line), "/dev/vfio/%d", now.group);
		gv_out_str("device", line);
		snprintf(line, sizeof(line), "  /dev/vfio/%d", now.group);
	}
	if (item->change && item->func.driver[0])
		snprintf(line + strlen(line), sizeof(line) - strlen(line),
			 "  was %s", item->func.driver);
	gv_out_text(0, "%s  driver %s%s%s", now.address,
		    now.driver[0] ? now.driver : "none", line,
		    item->change ? "" : "  as before");
	gv_out_object_end();
}

static void gv_pt_print_all(void)
{
	unsigned int i;

	for (i = 0; i < plan.count; i++)
		gv_pt_print(&plan.item[i]);
}

static bool gv_pt_wants(const struct gv_args *args, enum gv_pt_persist persist)
{
	return args->v[PT_PERSIST].set && args->v[PT_PERSIST].num == persist;
}

/* The files come after the change: a reboot is to do what was seen to work. */
static int gv_pt_files(struct gv_ctx *ctx, const struct gv_args *args)
{
	bool show = gv_pt_wants(args, GV_PT_PERSIST_SHOW);

	if (!show && !gv_pt_wants(args, GV_PT_PERSIST_YES))
		return 0;
	return plan.bind ? gv_pt_persist(&plan, show, &ctx->err) :
		gv_pt_unpersist(&plan, show, &ctx->err);
}

/* A failure may have been that of one among several GPUs. */
static void gv_pt_tell_boot(void)
{
	const char *address;
	unsigned int i;

	for (i = 0; i < plan.gpus.count; i++) {
		address = plan.gpus.func[i].address;
		gv_out_note("%s is %s, %s the next boot", address,
			    plan.bind ? "bound" : "unbound",
			    gv_pt_persists(address) == plan.bind ?
			    "and will be at" : "but only until");
	}
}

/* The kernel has not come back to the child: the truth of it. */
static int gv_pt_late(struct gv_ctx *ctx, const struct gv_pt_job *job,
		      const struct gv_pt_stuck *stuck)
{
	int seconds = job->timeout / 1000;
	char who[192];

	plan.stuck = true;
	gv_pt_still(stuck->address, who, sizeof(who));
	if (stuck->step[0])
		gv_err_set(&ctx->err, ETIMEDOUT,
			   "%s: the kernel still waits in %s after %d s%s%s",
			   stuck->address, stuck->step, seconds,
			   who[0] ? ": " : "", who);
	else
		gv_err_set(&ctx->err, ETIMEDOUT,
			   "nothing was changed within %d s", seconds);
	gv_err_hint(&ctx->err,
		    "when it comes back, process %d puts everything back as it was",
		    (int)stuck->pid);
	return -ETIMEDOUT;
}

static int gv_pt_run(struct gv_ctx *ctx, const struct gv_args *args,
		     struct gv_pt_job *job, bool *fault)
{
	const struct gv_value *timeout = &args->v[PT_TIMEOUT];
	struct gv_pt_stuck stuck;
	int ret;

	job->arg = &plan;
	job->end = gv_pt_act_end;
	job->timeout = 1000 * (timeout->set ? (int)timeout->num :
			       GV_PT_TIMEOUT);
	ret = gv_pt_work(job, &stuck, &ctx->err);
	*fault = stuck.fault;
	return ret == -ETIMEDOUT ? gv_pt_late(ctx, job, &stuck) : ret;
}

/* It is done, but the host has not what it had: which, was told before. */
static int gv_pt_not_as_before(struct gv_ctx *ctx)
{
	gv_err_set(&ctx->err, EIO,
		   "vfio-pci let go, but not all drivers took back what they had");
	gv_err_hint(&ctx->err,
		    "load such a driver, then write the address to /sys/bus/pci/drivers_probe");
	return -EIO;
}

/* An override that somebody else wrote is somebody's decision. */
static int gv_pt_foreign_override(struct gv_ctx *ctx,
				  const struct gv_pt_func *func)
{
	gv_err_set(&ctx->err, EBUSY,
		   "%s has driver_override \"%s\", which gpuvirt did not set",
		   func->address, func->override);
	gv_err_hint(&ctx->err,
		    "take it away first: `driverctl unset-override %s`, or write a newline to its driver_override",
		    func->address);
	return -EBUSY;
}

static int gv_pt_bind_items(struct gv_ctx *ctx, bool *change)
{
	struct gv_pt_item *item;
	unsigned int i;

	*change = false;
	for (i = 0; i < plan.count; i++) {
		item = &plan.item[i];
		item->change = item->state == GV_PT_HOST ||
			item->state == GV_PT_RETURNED ||
			item->state == GV_PT_INTERRUPTED;
		if (item->change && item->func.override[0] &&
		    strcmp(item->func.override, GV_PT_DRIVER))
			return gv_pt_foreign_override(ctx, &item->func);
		*change |= item->change;
	}
	return 0;
}

static int gv_pt_bind_plan(struct gv_ctx *ctx, const struct gv_args *args)
{
	struct gv_pt_job job = {
		.act = gv_pt_bind_act,
		.back = gv_pt_bind_back,
		.what = "binding vfio-pci",
	};
	bool change, fault;
	int ret;

	ret = gv_pt_bind_items(ctx, &change);
	if (!ret)
		ret = gv_pt_viable(&plan, &ctx->err);
	if (!ret)
		ret = gv_pt_unheld(&plan, &ctx->err);
	if (!ret && change)
		ret = gv_pt_run(ctx, args, &job, &fault);
	if (ret)
		return ret;
	gv_out_array(NULL);
	gv_pt_print_all();
	ret = gv_pt_files(ctx, args);
	gv_out_array_end();
	if (ret)
		gv_pt_tell_boot();
	return ret;
}

static int gv_pt_show_files(struct gv_ctx *ctx, const struct gv_args *args)
{
	int ret;

	gv_out_array(NULL);
	ret = gv_pt_files(ctx, args);
	gv_out_array_end();
	return ret;
}

/* To show the files, nothing is locked or changed. */
static int gv_pt_change(struct gv_ctx *ctx, const struct gv_args *args,
			bool bind,
			int (*act)(struct gv_ctx *ctx,
				   const struct gv_args *args))
{
	bool show = gv_pt_wants(args, GV_PT_PERSIST_SHOW);
	int ret;

	ret = gv_pt_make(ctx, args, bind, !show);
	if (!ret)
		ret = show ? gv_pt_show_files(ctx, args) : act(ctx, args);
	gv_pt_plan_end(&plan);
	return ret;
}

static int gv_pt_bind(struct gv_ctx *ctx, const struct gv_args *args)
{
	return gv_pt_change(ctx, args, true, gv_pt_bind_plan);
}

static int gv_pt_never_bound(struct gv_ctx *ctx, const struct gv_pt_item *gpu)
{
	const struct gv_pt_func *func = &gpu->func;

	if (gpu->state == GV_PT_OTHER) {
		gv_err_set(&ctx->err, EINVAL,
			   "%s was bound to %s by another tool, not by gpuvirt",
			   func->address, func->driver);
		gv_err_hint(&ctx->err,
			    "let that tool give it back: `driverctl unset-override %s`, `virsh nodedev-reattach`",
			    func->address);
		return -EINVAL;
	}
	if (func->driver[0])
		gv_err_set(&ctx->err, EINVAL,
			   "%s is not bound for passthrough: its driver is %s",
			   func->address, func->driver);
	else
		gv_err_set(&ctx->err, EINVAL,
			   "%s is not bound for passthrough: it has no driver",
			   func->address);
	gv_err_hint(&ctx->err, "see which GPUs are with `gpuvirt passthrough show`");
	return -EINVAL;
}

/* Not bound now, but it would be at the next boot. */
static bool gv_pt_files_only(const struct gv_args *args,
			     const struct gv_pt_item *gpu)
{
	return gpu->state == GV_PT_HOST &&
		gv_pt_persists(gpu->func.address) &&
		gv_pt_wants(args, GV_PT_PERSIST_YES);
}

/* Bound by us, or partly: a change that was interrupted may not have got to it. */
static bool gv_pt_anything_bound(const struct gv_pt_item *gpu)
{
	const struct gv_pt_item *item;
	unsigned int i;

	for (i = 0; i < plan.count; i++) {
		item = &plan.item[i];
		if (!strcmp(item->gpu, gpu->func.address) &&
		    (item->state == GV_PT_OURS ||
		     item->state == GV_PT_INTERRUPTED))
			return true;
	}
	return false;
}

static int gv_pt_unbind_items(struct gv_ctx *ctx, const struct gv_args *args)
{
	const struct gv_pt_item *gpu;
	struct gv_pt_item *item;
	unsigned int i;

	for (i = 0; i < plan.gpus.count; i++) {
		gpu = gv_pt_plan_find(&plan, plan.gpus.func[i].address);
		if ((gpu->state == GV_PT_HOST || gpu->state == GV_PT_OTHER) &&
		    !gv_pt_anything_bound(gpu) && !gv_pt_files_only(args, gpu))
			return gv_pt_never_bound(ctx, gpu);
	}
	for (i = 0; i < plan.count; i++) {
		item = &plan.item[i];
		item->change = item->state == GV_PT_OURS ||
			item->state == GV_PT_BOOT ||
			item->state == GV_PT_INTERRUPTED;
		if (item->state != GV_PT_RETURNED)
			continue;
		gv_out_note("%s is not bound any more: another tool gave it back",
			    item->func.address);
		gv_pt_record_forget(&item->record);
	}
	return 0;
}

static int gv_pt_unbind_plan(struct gv_ctx *ctx, const struct gv_args *args)
{
	struct gv_pt_job job = {
		.act = gv_pt_unbind_act,
		.back = gv_pt_unbind_back,
		.what = "giving the driver back",
	};
	bool fault = false;
	unsigned int i;
	int ret;

	ret = gv_pt_unbind_items(ctx, args);
	if (!ret)
		ret = gv_pt_unheld(&plan, &ctx->err);
	if (!ret)
		ret = gv_pt_run(ctx, args, &job, &fault);
	if (ret)
		return ret;
	gv_out_array(NULL);
	gv_pt_print_all();
	ret = gv_pt_files(ctx, args);
	gv_out_array_end();
	if (ret)
		gv_pt_tell_boot();
	for (i = 0; !ret && i < plan.gpus.count; i++) {
		if (gv_pt_persists(plan.gpus.func[i].address))
			gv_out_tell("%s is bound again at the next boot, unless with persist yes",
				    plan.gpus.func[i].address);
	}
	return !ret && fault ? gv_pt_not_as_before(ctx) : ret;
}

static int gv_pt_unbind(struct gv_ctx *ctx, const struct gv_args *args)
{
	return gv_pt_change(ctx, args, false, gv_pt_unbind_plan);
}

const struct gv_verb gv_passthrough_verbs[] = {
	{ "show", gv_pt_show_params, gv_pt_show,
	  "print which GPUs are bound, which can be, and what is in the way" },
	{ "bind", bind_params, gv_pt_bind,
	  "bind whole GPUs and their companions to vfio-pci" },
	{ "unbind", unbind_params, gv_pt_unbind,
	  "give their drivers back to the host" },
	{ 0 }
};
