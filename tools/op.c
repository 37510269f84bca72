// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <netlink/msg.h>

#include "op.h"
#include "out.h"
#include "port.h"

/* How often the kernel is asked besides, should an event be lost. */
#define GV_OP_TICK	1000

struct gv_op_wait gv_op_wait(const struct gv_value *timeout,
			     const struct gv_value *no_wait)
{
	struct gv_op_wait wait = {
		.no_wait = no_wait->set,
		.timeout = timeout->set ? timeout->num : GV_OP_TIMEOUT,
	};

	return wait;
}

static int gv_op_get(struct gv_ctx *ctx, uint64_t id, struct gv_obj **op)
{
	struct nl_msg *msg = gv_nl_msg(ctx->nl, GPUVIRT_CMD_OPERATION_GET);

	if (!msg)
		return gv_err_memory(&ctx->err);
	gv_put_num(msg, &gv_set_operation, GPUVIRT_A_OPERATION_ID, id);
	return gv_nl_do(ctx->nl, msg, op, &ctx->err);
}

static bool gv_op_ended(const struct gv_obj *op)
{
	return gv_obj_num(op, GPUVIRT_A_OPERATION_STATE) !=
		GPUVIRT_OPERATION_STATE_RUNNING;
}

/* -EAGAIN if no event of it came in this tick. */
static int gv_op_event(struct gv_ctx *ctx, struct gv_nl *events, uint64_t id,
		       int tick, struct gv_obj **op)
{
	int64_t deadline = gv_port_now() + tick;
	struct gv_event event;
	int left, ret;

	for (;;) {
		left = deadline - gv_port_now();
		if (left < 0)
			return -EAGAIN;
		ret = gv_nl_event(events, left, &event, &ctx->err);
		if (ret)
			return ret == -ENOBUFS ? -EAGAIN : ret;
		if (event.cmd == GPUVIRT_CMD_OPERATION_NTF &&
		    gv_obj_num(event.obj, GPUVIRT_A_OPERATION_ID) == id) {
			*op = event.obj;
			return 0;
		}
		gv_obj_free(event.obj);
	}
}

static int gv_op_wait_end(struct gv_ctx *ctx, struct gv_nl *events,
			  uint64_t id, unsigned int timeout, const char *what,
			  struct gv_obj **op)
{
	int64_t start = gv_port_now(), left;
	int ret;

	for (;;) {
		left = start + (int64_t)timeout * 1000 - gv_port_now();
		if (left < 0)
			left = 0;
		ret = gv_op_event(ctx, events, id, left < GV_OP_TICK ?
				  left : GV_OP_TICK, op);
		if (ret == -EAGAIN)
			ret = gv_op_get(ctx, id, op);
		if (ret)
			return ret;
		if (gv_op_ended(*op))
			return 0;
		gv_obj_free(*op);
		*op = NULL;
		if (!left)
			break;
		gv_out_progress(what, (gv_port_now() - start) / 1000);
	}
	gv_err_set(&ctx->err, ETIMEDOUT,
		   "operation %" PRIu64 " has not ended within %u s and goes on",
		   id, timeout);
	gv_err_hint(&ctx->err, "follow it with `gpuvirt operation show %"
		    PRIu64 "`", id);
	return -ETIMEDOUT;
}

static int gv_op_failed(struct gv_ctx *ctx, const struct gv_obj *op)
{
	int num = gv_obj_num(op, GPUVIRT_A_OPERATION_ERRNO);
	const char *text = gv_obj_str(op, GPUVIRT_A_OPERATION_TEXT);

	if (gv_obj_num(op, GPUVIRT_A_OPERATION_STATE) ==
	    GPUVIRT_OPERATION_STATE_DONE)
		return 0;
	if (!num)
		num = EIO;
	gv_err_set(&ctx->err, num, "%s", text && *text ? text : strerror(num));
	ctx->err.reason = gv_obj_num(op, GPUVIRT_A_OPERATION_REASON);
	return -num;
}

static int gv_op_start(struct gv_ctx *ctx, struct nl_msg *msg,
		       unsigned int attr, uint64_t *id)
{
	struct gv_obj *reply;
	int ret;

	ret = gv_nl_do(ctx->nl, msg, &reply, &ctx->err);
	if (ret)
		return ret;
	*id = gv_obj_num(reply, attr);
	gv_obj_free(reply);
	return 0;
}

static int gv_op_finish(struct gv_ctx *ctx, struct nl_msg *msg,
			unsigned int attr, const struct gv_op_wait *wait,
			const char *what, struct gv_nl *events, uint64_t *id,
			struct gv_obj **operation)
{
	int ret;

	ret = gv_op_start(ctx, msg, attr, id);
	if (ret)
		return ret;
	ret = gv_op_wait_end(ctx, events, *id, wait->timeout, what,
			     operation);
	gv_out_progress(NULL, 0);
	if (ret)
		return ret;
	ret = gv_op_failed(ctx, *operation);
	if (ret) {
		gv_obj_free(*operation);
		*operation = NULL;
	}
	return ret;
}

int gv_op_run(struct gv_ctx *ctx, struct nl_msg *msg, unsigned int attr,
	      const struct gv_op_wait *wait, const char *what, uint64_t *id,
	      struct gv_obj **operation)
{
	struct gv_nl *events;
	int ret;

	*operation = NULL;
	if (wait->no_wait)
		return gv_op_start(ctx, msg, attr, id);
	ret = gv_nl_open(&events, &ctx->err);
	if (!ret) {
		ret = gv_nl_join(events, GPUVIRT_MCGRP_CONFIG, &ctx->err);
		if (ret)
			gv_nl_close(events);
		else
			gv_nl_only(events, GPUVIRT_CMD_OPERATION_NTF);
	}
	if (ret) {
		nlmsg_free(msg);
		return ret;
	}
	ret = gv_op_finish(ctx, msg, attr, wait, what, events, id,
			   operation);
	gv_nl_close(events);
	return ret;
}
