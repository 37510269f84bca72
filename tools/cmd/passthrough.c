// SPDX-License-Identifier: GPL-2.0
/* Whole GPUs, for virtual machines. By sysfs alone: no module is needed. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../cmd.h"
#include "../out.h"
#include "../pt/plan.h"

#define GV_PT_TIMEOUT	60

enum {
	PT_ADDRESS,
	PT_TIMEOUT,
};

static const struct gv_param bind_params[] = {
	[PT_ADDRESS] = { "ADDRESS...", GV_KIND_GPU,
			 GV_POS | GV_MUST | GV_MANY, 0, 0,
			 "GPUs; companions go along" },
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

	gv_out_array(NULL);
	for (i = 0; i < plan.count; i++)
		gv_pt_print(&plan.item[i]);
	gv_out_array_end();
}

/* The kernel has not come back to the child: the truth of it. */
static int gv_pt_late(struct gv_ctx *ctx, const struct gv_pt_job *job,
		      const struct gv_pt_stuck *stuck)
{
	gv_err_set(&ctx->err, ETIMEDOUT,
		   "%s: the kernel still waits in %s after %d s",
		   stuck->address, stuck->step, job->timeout / 1000);
	gv_err_hint(&ctx->err,
		    "when it comes back, process %d puts everything back as it was",
		    (int)stuck->pid);
	return -ETIMEDOUT;
}

static int gv_pt_run(struct gv_ctx *ctx, const struct gv_args *args,
		     struct gv_pt_job *job)
{
	const struct gv_value *timeout = &args->v[PT_TIMEOUT];
	struct gv_pt_stuck stuck;
	int ret;

	job->arg = &plan;
	job->end = gv_pt_act_end;
	job->timeout = 1000 * (timeout->set ? (int)timeout->num :
			       GV_PT_TIMEOUT);
	ret = gv_pt_work(job, &stuck, &ctx->err);
	return ret == -ETIMEDOUT ? gv_pt_late(ctx, job, &stuck) : ret;
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
	bool change;
	int ret;

	ret = gv_pt_bind_items(ctx, &change);
	if (!ret)
		ret = gv_pt_viable(&plan, &ctx->err);
	if (!ret && change)
		ret = gv_pt_run(ctx, args, &job);
	if (!ret)
		gv_pt_print_all();
	return ret;
}

static int gv_pt_bind(struct gv_ctx *ctx, const struct gv_args *args)
{
	int ret;

	ret = gv_pt_make(ctx, args, true, true);
	if (!ret)
		ret = gv_pt_bind_plan(ctx, args);
	gv_pt_plan_end(&plan);
	return ret;
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

static int gv_pt_unbind_items(struct gv_ctx *ctx)
{
	const struct gv_pt_item *gpu;
	struct gv_pt_item *item;
	unsigned int i;

	for (i = 0; i < plan.gpus.count; i++) {
		gpu = gv_pt_plan_find(&plan, plan.gpus.func[i].address);
		if (gpu->state == GV_PT_HOST || gpu->state == GV_PT_OTHER)
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
	int ret;

	ret = gv_pt_unbind_items(ctx);
	if (!ret)
		ret = gv_pt_run(ctx, args, &job);
	if (!ret)
		gv_pt_print_all();
	return ret;
}

static int gv_pt_unbind(struct gv_ctx *ctx, const struct gv_args *args)
{
	int ret;

	ret = gv_pt_make(ctx, args, false, true);
	if (!ret)
		ret = gv_pt_unbind_plan(ctx, args);
	gv_pt_plan_end(&plan);
	return ret;
}

const struct gv_verb gv_passthrough_verbs[] = {
	{ "bind", bind_params, gv_pt_bind,
	  "bind whole GPUs and their companions to vfio-pci" },
	{ "unbind", bind_params, gv_pt_unbind,
	  "give their drivers back to the host" },
	{ 0 }
};
