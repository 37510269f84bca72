// SPDX-License-Identifier: GPL-2.0
#include <netlink/msg.h>

#include "../cmd.h"
#include "../op.h"
#include "../out.h"
#include "../show.h"

enum {
	VGPU_SHOW_UUID,
	VGPU_SHOW_GPU,
};

static const struct gv_param show_params[] = {
	[VGPU_SHOW_UUID] = { "UUID", GV_KIND_UUID, GV_POS, 0, 0,
			     "only this vGPU" },
	[VGPU_SHOW_GPU] = { "gpu", GV_KIND_GPU, 0, 0, 0,
			    "only vGPUs of this GPU" },
	{ 0 }
};

static const struct gv_param del_params[] = {
	[GV_VGPU_DEL_UUID] = { "UUID", GV_KIND_UUID, GV_POS | GV_MUST, 0, 0,
			       "the vGPU" },
	[GV_VGPU_DEL_FORCE] = { "force", GV_KIND_FLAG, 0, 0, 0,
				"wait for the process that has it open" },
	[GV_VGPU_DEL_TIMEOUT] = { "timeout", GV_KIND_SECONDS, 0, 0, 0,
				  "with force: how long" },
	[GV_VGPU_DEL_GENERATION] = { "if-generation", GV_KIND_GENERATION, 0, 0,
				     0,
				     "only if the configuration still has this generation" },
	{ 0 }
};

enum {
	VGPU_RESET_UUID,
	VGPU_RESET_TIMEOUT,
	VGPU_RESET_NO_WAIT,
};

static const struct gv_param reset_params[] = {
	[VGPU_RESET_UUID] = { "UUID", GV_KIND_UUID, GV_POS | GV_MUST,
			      GPUVIRT_A_VGPU_ID, 0, "the vGPU" },
	[VGPU_RESET_TIMEOUT] = { "timeout", GV_KIND_SECONDS, 0, 0, 0,
				 "how long to wait; 60 if not given" },
	[VGPU_RESET_NO_WAIT] = { "no-wait", GV_KIND_FLAG, 0, 0, 0,
				 "print the id of the operation, don't wait" },
	{ 0 }
};

static int gv_vgpu_show(struct gv_ctx *ctx, const struct gv_args *args)
{
	const struct gv_value *id = &args->v[VGPU_SHOW_UUID];
	const struct gv_value *gpu = &args->v[VGPU_SHOW_GPU];
	struct gv_obj *vgpu = NULL;
	struct gv_list list;
	int ret;

	if (id->set && gpu->set)
		return gv_err_usage(&ctx->err, "give a UUID or gpu, not both");
	gv_list_init(&list);
	if (id->set) {
		ret = gv_get_vgpu(ctx, id->str, &vgpu);
		if (!ret)
			gv_list_add(&list, vgpu);
	} else {
		ret = gv_get_all(ctx, GPUVIRT_CMD_VGPU_GET, gpu->str, &list);
	}
	if (ret)
		return ret;
	gv_out_array(NULL);
	for (vgpu = list.first; vgpu; vgpu = vgpu->next)
		gv_show_vgpu(vgpu);
	gv_out_array_end();
	gv_list_free(&list);
	return 0;
}

static int gv_vgpu_reset(struct gv_ctx *ctx, const struct gv_args *args)
{
	struct gv_op_wait wait = gv_op_wait(&args->v[VGPU_RESET_TIMEOUT],
					    &args->v[VGPU_RESET_NO_WAIT]);
	struct nl_msg *msg;
	struct gv_obj *op;
	uint64_t id;
	int ret;

	msg = gv_request(ctx, GPUVIRT_CMD_VGPU_RESET, reset_params, args);
	if (!msg)
		return -ctx->err.num;
	ret = gv_op_run(ctx, msg, GPUVIRT_A_VGPU_OPERATION, &wait,
			"resetting the vGPU", &id, &op);
	if (!ret && !op)
		gv_show_operation_id(id);
	gv_obj_free(op);
	return ret;
}

const struct gv_verb gv_vgpu_verbs[] = {
	{ "show", show_params, gv_vgpu_show,
	  "print the vGPUs, who has them open and who may open them" },
	{ "new", gv_vgpu_new_params, gv_vgpu_new, "create a vGPU of a type" },
	{ "del", del_params, gv_vgpu_del, "delete a vGPU that is not open" },
	{ "reset", reset_params, gv_vgpu_reset,
	  "reset a vGPU, as its own reset would" },
	{ 0 }
};
