// SPDX-License-Identifier: GPL-2.0
/* What commands share: the socket, requests from arguments, lookups. */
#include <errno.h>
#include <netlink/msg.h>

#include "cmd.h"

int gv_ctx_nl(struct gv_ctx *ctx)
{
	return ctx->nl ? 0 : gv_nl_open(&ctx->nl, &ctx->err);
}

static int gv_request_put(struct nl_msg *msg, const struct gv_set *set,
			  const struct gv_param *param,
			  const struct gv_value *v)
{
	int ret;

	if (!param->attr || !v->set)
		return 0;
	if (set->attr[param->attr].wire == GV_WIRE_STRING)
		return gv_put_str(msg, param->attr, v->str);
	ret = gv_put_num(msg, set, param->attr, v->num);
	if (!ret && param->attr2)
		ret = gv_put_num(msg, set, param->attr2, v->num2);
	return ret;
}

struct nl_msg *gv_request(struct gv_ctx *ctx, unsigned int cmd,
			  const struct gv_param *params,
			  const struct gv_args *args)
{
	struct nl_msg *msg;
	int i;

	if (gv_ctx_nl(ctx))
		return NULL;
	msg = gv_nl_msg(ctx->nl, cmd);
	if (!msg) {
		gv_err_memory(&ctx->err);
		return NULL;
	}
	for (i = 0; params[i].name; i++) {
		if (!gv_request_put(msg, gv_command(cmd)->set, &params[i],
				    &args->v[i]))
			continue;
		gv_err_set(&ctx->err, EMSGSIZE, "%s is too long",
			   params[i].name);
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

/* One object, by one or two strings. */
static int gv_get(struct gv_ctx *ctx, unsigned int cmd, unsigned int attr,
		  const char *value, unsigned int attr2, const char *value2,
		  struct gv_obj **obj)
{
	struct nl_msg *msg;
	int ret;

	ret = gv_ctx_nl(ctx);
	if (ret)
		return ret;
	msg = gv_nl_msg(ctx->nl, cmd);
	if (!msg)
		return gv_err_memory(&ctx->err);
	if (gv_put_str(msg, attr, value) ||
	    (value2 && gv_put_str(msg, attr2, value2))) {
		nlmsg_free(msg);
		return gv_err_set(&ctx->err, EMSGSIZE, "the name is too long");
	}
	return gv_nl_do(ctx->nl, msg, obj, &ctx->err);
}

int gv_get_gpu(struct gv_ctx *ctx, const char *address, struct gv_obj **gpu)
{
	return gv_get(ctx, GPUVIRT_CMD_GPU_GET, GPUVIRT_A_GPU_ADDRESS,
		      address, 0, NULL, gpu);
}

int gv_get_type(struct gv_ctx *ctx, const char *gpu, const char *name,
		struct gv_obj **type)
{
	return gv_get(ctx, GPUVIRT_CMD_TYPE_GET, GPUVIRT_A_TYPE_GPU, gpu,
		      GPUVIRT_A_TYPE_NAME, name, type);
}

int gv_get_vgpu(struct gv_ctx *ctx, const char *id, struct gv_obj **vgpu)
{
	return gv_get(ctx, GPUVIRT_CMD_VGPU_GET, GPUVIRT_A_VGPU_ID, id, 0,
		      NULL, vgpu);
}

int gv_get_vf(struct gv_ctx *ctx, const char *address, struct gv_obj **vf)
{
	return gv_get(ctx, GPUVIRT_CMD_VF_GET, GPUVIRT_A_VF_ADDRESS, address,
		      0, NULL, vf);
}

/* An empty list is an answer, unless there is no such GPU. */
static int gv_get_none(struct gv_ctx *ctx, const char *gpu)
{
	struct gv_obj *obj = NULL;
	int ret;

	ret = gv_get_gpu(ctx, gpu, &obj);
	if (!ret)
		gv_obj_free(obj);
	return ret;
}

int gv_get_all(struct gv_ctx *ctx, unsigned int cmd, const char *gpu,
	       struct gv_list *list)
{
	unsigned int attr = GPUVIRT_A_VGPU_GPU;
	struct nl_msg *msg;
	int ret;

	if (cmd == GPUVIRT_CMD_TYPE_GET)
		attr = GPUVIRT_A_TYPE_GPU;
	else if (cmd == GPUVIRT_CMD_VF_GET)
		attr = GPUVIRT_A_VF_GPU;
	ret = gv_ctx_nl(ctx);
	if (ret)
		return ret;
	msg = gv_nl_msg(ctx->nl, cmd);
	if (!msg)
		return gv_err_memory(&ctx->err);
	if (gpu && gv_put_str(msg, attr, gpu)) {
		nlmsg_free(msg);
		return gv_err_memory(&ctx->err);
	}
	ret = gv_nl_dump(ctx->nl, msg, list, &ctx->err);
	if (!ret && gpu && !list->first)
		ret = gv_get_none(ctx, gpu);
	return ret;
}
