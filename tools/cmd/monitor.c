// SPDX-License-Identifier: GPL-2.0
/*
 * Events as they come. Each group counts its events, so a gap means that some
 * were lost; then everything is printed as it is now, and a reader that keeps
 * a picture of the host can start over from that.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <netlink/msg.h>

#include "../cmd.h"
#include "../out.h"

enum {
	MONITOR_GROUP,
};

static const struct gv_param monitor_params[] = {
	[MONITOR_GROUP] = { "config|runtime", GV_KIND_GROUP, GV_POS, 0, 0,
			    "only this multicast group" },
	{ 0 }
};

struct gv_group {
	const char *name;
	unsigned int info;	/* attribute of info-get with the last seq */
	bool joined;
	uint64_t seq;
};

struct gv_monitor {
	struct gv_ctx *ctx;
	struct gv_nl *events;
	struct gv_group config;
	struct gv_group runtime;
};

/* The attribute that has the number of the event. */
static unsigned int gv_monitor_seq(const struct gv_set *set)
{
	if (set == &gv_set_gpu)
		return GPUVIRT_A_GPU_SEQ;
	if (set == &gv_set_type)
		return GPUVIRT_A_TYPE_SEQ;
	if (set == &gv_set_vgpu)
		return GPUVIRT_A_VGPU_SEQ;
	if (set == &gv_set_vf)
		return GPUVIRT_A_VF_SEQ;
	return GPUVIRT_A_OPERATION_SEQ;
}

static void gv_monitor_print(const char *name, const struct gv_group *group,
			     const struct gv_obj *obj)
{
	unsigned int attrs[GV_ATTR_MAX], type, count = 0;

	gv_out_object(NULL);
	gv_out_str("name", name);
	if (group)
		gv_out_str("group", group->name);
	gv_out_obj("msg", obj);
	gv_out_object_end();
	gv_out_object_end();

	for (type = 1; type <= obj->set->max && count < GV_ATTR_MAX - 1;
	     type++) {
		if (gv_obj_has(obj, type))
			attrs[count++] = type;
	}
	attrs[count] = 0;
	gv_out_titled(0, name, obj, attrs);
	gv_out_end();
}

static int gv_monitor_state(struct gv_monitor *mon, unsigned int cmd,
			    const char *name)
{
	struct gv_list list;
	struct gv_obj *obj;
	int ret;

	gv_list_init(&list);
	ret = gv_get_all(mon->ctx, cmd, NULL, &list);
	for (obj = list.first; !ret && obj; obj = obj->next)
		gv_monitor_print(name, NULL, obj);
	gv_list_free(&list);
	return ret;
}

/* Where the count stands: what comes later than this is not lost. */
static int gv_monitor_base(struct gv_monitor *mon)
{
	struct nl_msg *msg = gv_nl_msg(mon->ctx->nl, GPUVIRT_CMD_INFO_GET);
	struct gv_obj *info;
	int ret;

	if (!msg)
		return gv_err_memory(&mon->ctx->err);
	ret = gv_nl_do(mon->ctx->nl, msg, &info, &mon->ctx->err);
	if (ret)
		return ret;
	mon->config.seq = gv_obj_num(info, mon->config.info);
	mon->runtime.seq = gv_obj_num(info, mon->runtime.info);
	gv_obj_free(info);
	return 0;
}

static int gv_monitor_resync(struct gv_monitor *mon, const char *group,
			     uint64_t lost)
{
	int ret;

	gv_out_object(NULL);
	gv_out_str("name", "lost");
	gv_out_str("group", group);
	gv_out_num("count", lost);
	gv_out_object_end();
	gv_out_text(0, "lost  %" PRIu64 " events of %s; what is there now:",
		    lost, group);
	gv_out_end();

	ret = gv_monitor_state(mon, GPUVIRT_CMD_GPU_GET, "gpu");
	if (!ret)
		ret = gv_monitor_state(mon, GPUVIRT_CMD_TYPE_GET, "type");
	if (!ret)
		ret = gv_monitor_state(mon, GPUVIRT_CMD_VGPU_GET, "vgpu");
	if (!ret)
		ret = gv_monitor_state(mon, GPUVIRT_CMD_VF_GET, "vf");
	if (ret)
		return ret;
	gv_out_object(NULL);
	gv_out_str("name", "resync");
	gv_out_object_end();
	gv_out_text(0, "resync  done");
	gv_out_end();
	return 0;
}

/*
 * An event that is older than the count known at the start came between the
 * joining and the asking.
 */
static int gv_monitor_count(struct gv_monitor *mon, struct gv_group *group,
			    uint64_t seq)
{
	uint64_t last = group->seq;

	if (!seq)
		return 0;
	group->seq = seq;
	if (seq <= last + 1)
		return 0;
	return gv_monitor_resync(mon, group->name, seq - last - 1);
}

static int gv_monitor_event(struct gv_monitor *mon,
			    const struct gv_event *event)
{
	const struct gv_command *cmd = gv_command(event->cmd);
	struct gv_group *group = event->cmd == GPUVIRT_CMD_VGPU_EVENT_NTF ?
		&mon->runtime : &mon->config;
	int ret;

	ret = gv_monitor_count(mon, group,
			       gv_obj_num(event->obj,
					  gv_monitor_seq(cmd->set)));
	if (!ret)
		gv_monitor_print(cmd->name, group, event->obj);
	return ret;
}

static int gv_monitor_join(struct gv_monitor *mon, const char *only)
{
	struct gv_err *err = &mon->ctx->err;
	int ret = 0;

	if (!only || !strcmp(only, mon->config.name)) {
		ret = gv_nl_join(mon->events, mon->config.name, err);
		mon->config.joined = !ret;
	}
	if (ret || (only && strcmp(only, mon->runtime.name)))
		return ret;
	ret = gv_nl_join(mon->events, mon->runtime.name, err);
	mon->runtime.joined = !ret;
	if (ret != -EPERM || only)
		return ret;
	gv_out_note("%s; only config events follow", err->text);
	return 0;
}

/*
 * The kernel dropped events and what was still queued has been read: if the
 * last ones are among the dropped, no later number will tell.
 */
static int gv_monitor_overrun(struct gv_monitor *mon)
{
	uint64_t config = mon->config.seq, runtime = mon->runtime.seq;
	int ret;

	ret = gv_monitor_base(mon);
	if (!ret && mon->config.joined && mon->config.seq > config)
		ret = gv_monitor_resync(mon, mon->config.name,
					mon->config.seq - config);
	if (!ret && mon->runtime.joined && mon->runtime.seq > runtime)
		ret = gv_monitor_resync(mon, mon->runtime.name,
					mon->runtime.seq - runtime);
	return ret;
}

static int gv_monitor_loop(struct gv_monitor *mon)
{
	struct gv_event event;
	bool overrun = false;
	int ret;

	for (;;) {
		ret = gv_nl_event(mon->events, overrun ? 0 : -1, &event,
				  &mon->ctx->err);
		if (ret == -ENOBUFS) {
			overrun = true;
			continue;
		}
		if (ret == -EAGAIN) {
			overrun = false;
			ret = gv_monitor_overrun(mon);
		} else if (!ret) {
			ret = gv_monitor_event(mon, &event);
			gv_obj_free(event.obj);
		}
		if (ret)
			return ret;
		if (gv_out_failed())
			return gv_err_set(&mon->ctx->err, EIO,
					  "nobody takes the events any more");
	}
}

static int gv_monitor(struct gv_ctx *ctx, const struct gv_args *args)
{
	struct gv_monitor mon = {
		.ctx = ctx,
		.config = { .name = GPUVIRT_MCGRP_CONFIG,
			    .info = GPUVIRT_A_INFO_CONFIG_SEQ },
		.runtime = { .name = GPUVIRT_MCGRP_RUNTIME,
			     .info = GPUVIRT_A_INFO_RUNTIME_SEQ },
	};
	int ret;

	ret = gv_ctx_nl(ctx);
	if (ret)
		return ret;
	ret = gv_nl_open(&mon.events, &ctx->err);
	if (ret)
		return ret;
	ret = gv_monitor_join(&mon, args->v[MONITOR_GROUP].str);
	if (!ret)
		ret = gv_monitor_base(&mon);
	if (!ret)
		ret = gv_monitor_loop(&mon);
	gv_nl_close(mon.events);
	return ret;
}

const struct gv_verb gv_monitor_verbs[] = {
	{ "", monitor_params, gv_monitor,
	  "print events as they happen, until it is interrupted" },
	{ 0 }
};
