// SPDX-License-Identifier: GPL-2.0
#include "../cmd.h"
#include "../out.h"
#include "../show.h"

enum {
	GPU_SHOW_ADDRESS,
};

static const struct gv_param show_params[] = {
	[GPU_SHOW_ADDRESS] = { "ADDRESS", GV_KIND_GPU, GV_POS, 0, 0,
			       "only this GPU" },
	{ 0 }
};

static const struct gv_param set_params[] = {
	{ "ADDRESS", GV_KIND_GPU, GV_POS | GV_MUST, GPUVIRT_A_GPU_ADDRESS, 0,
	  "the GPU" },
	{ "backing-limit", GV_KIND_SIZE, 0, GPUVIRT_A_GPU_BACKING_LIMIT, 0,
	  "most host memory that may back the VRAM" },
	{ "drain", GV_KIND_SWITCH, 0, GPUVIRT_A_GPU_DRAIN, 0,
	  "on: take no new vGPUs" },
	{ "if-generation", GV_KIND_GENERATION, 0, GPUVIRT_A_GPU_GENERATION, 0,
	  "only if the configuration still has this generation" },
	{ 0 }
};

static int gv_gpu_show(struct gv_ctx *ctx, const struct gv_args *args)
{
	const struct gv_value *address = &args->v[GPU_SHOW_ADDRESS];
	struct gv_list list;
	struct gv_obj *gpu;
	int ret;

	gv_list_init(&list);
	if (address->set) {
		ret = gv_get_gpu(ctx, address->str, &gpu);
		if (!ret)
			gv_list_add(&list, gpu);
	} else {
		ret = gv_get_all(ctx, GPUVIRT_CMD_GPU_GET, NULL, &list);
	}
	if (ret)
		return ret;
	gv_out_array(NULL);
	for (gpu = list.first; gpu; gpu = gpu->next)
		gv_show_gpu(gpu);
	gv_out_array_end();
	gv_list_free(&list);
	return 0;
}

static int gv_gpu_set(struct gv_ctx *ctx, const struct gv_args *args)
{
	struct nl_msg *msg;

	if (!args->v[1].set && !args->v[2].set)
		return gv_err_usage(&ctx->err,
				    "give what to set: backing-limit or drain");
	msg = gv_request(ctx, GPUVIRT_CMD_GPU_SET, set_params, args);
	if (!msg)
		return -ctx->err.num;
	return gv_nl_do(ctx->nl, msg, NULL, &ctx->err);
}

const struct gv_verb gv_gpu_verbs[] = {
	{ "show", show_params, gv_gpu_show,
	  "print the GPUs of this host, or one of them" },
	{ "set", set_params, gv_gpu_set, "change settings of a GPU" },
	{ 0 }
};
