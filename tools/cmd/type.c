// SPDX-License-Identifier: GPL-2.0
#include "../cmd.h"
#include "../out.h"
#include "../show.h"

enum {
	TYPE_SHOW_GPU,
	TYPE_SHOW_NAME,
};

static const struct gv_param show_params[] = {
	[TYPE_SHOW_GPU] = { "GPU", GV_KIND_GPU, GV_POS, 0, 0,
			    "only types of this GPU" },
	[TYPE_SHOW_NAME] = { "NAME", GV_KIND_TYPE, GV_POS, 0, 0,
			     "only this type" },
	{ 0 }
};

static const struct gv_param new_params[] = {
	{ "GPU", GV_KIND_GPU, GV_POS | GV_MUST, GPUVIRT_A_TYPE_GPU, 0,
	  "PCI address of the GPU" },
	{ "NAME", GV_KIND_NAME, GV_POS | GV_MUST, GPUVIRT_A_TYPE_NAME, 0,
	  "letters, digits and . _ + -, at most 64" },
	{ "framebuffer", GV_KIND_SIZE, GV_MUST, GPUVIRT_A_TYPE_FRAMEBUFFER,
	  0, "VRAM of each vGPU" },
	{ "series", GV_KIND_SERIES, 0, GPUVIRT_A_TYPE_SERIES, 0,
	  "a letter for what the type is meant for" },
	{ "max-instances", GV_KIND_NUMBER, 0, GPUVIRT_A_TYPE_MAX_INSTANCES,
	  0, "most vGPUs of this type" },
	{ "heads", GV_KIND_NUMBER, 0, GPUVIRT_A_TYPE_HEADS, 0,
	  "number of displays" },
	{ "resolution", GV_KIND_RESOLUTION, 0, GPUVIRT_A_TYPE_XRES,
	  GPUVIRT_A_TYPE_YRES, "the preferred mode" },
	{ "weight", GV_KIND_NUMBER, 0, GPUVIRT_A_TYPE_WEIGHT, 0,
	  "weight on the engine of the GPU" },
	{ "if-generation", GV_KIND_GENERATION, 0, GPUVIRT_A_TYPE_GENERATION, 0,
	  "only if the configuration still has this generation" },
	{ 0 }
};

static const struct gv_param del_params[] = {
	{ "GPU", GV_KIND_GPU, GV_POS | GV_MUST, GPUVIRT_A_TYPE_GPU, 0,
	  "PCI address of the GPU" },
	{ "NAME", GV_KIND_TYPE, GV_POS | GV_MUST, GPUVIRT_A_TYPE_NAME, 0,
	  "the type" },
	{ "if-generation", GV_KIND_GENERATION, 0, GPUVIRT_A_TYPE_GENERATION, 0,
	  "only if the configuration still has this generation" },
	{ 0 }
};

static int gv_type_show(struct gv_ctx *ctx, const struct gv_args *args)
{
	const struct gv_value *name = &args->v[TYPE_SHOW_NAME];
	const struct gv_value *gpu = &args->v[TYPE_SHOW_GPU];
	struct gv_obj *type = NULL;
	struct gv_list list;
	int ret;

	gv_list_init(&list);
	if (name->set) {
		ret = gv_get_type(ctx, gpu->str, name->str, &type);
		if (!ret)
			gv_list_add(&list, type);
	} else {
		ret = gv_get_all(ctx, GPUVIRT_CMD_TYPE_GET, gpu->str, &list);
	}
	if (ret)
		return ret;
	gv_out_array(NULL);
	for (type = list.first; type; type = type->next)
		gv_show_type(type);
	gv_out_array_end();
	gv_list_free(&list);
	return 0;
}

static int gv_type_change(struct gv_ctx *ctx, unsigned int cmd,
			  const struct gv_param *params,
			  const struct gv_args *args)
{
	struct nl_msg *msg = gv_request(ctx, cmd, params, args);

	if (!msg)
		return -ctx->err.num;
	return gv_nl_do(ctx->nl, msg, NULL, &ctx->err);
}

static int gv_type_new(struct gv_ctx *ctx, const struct gv_args *args)
{
	return gv_type_change(ctx, GPUVIRT_CMD_TYPE_NEW, new_params, args);
}

static int gv_type_del(struct gv_ctx *ctx, const struct gv_args *args)
{
	return gv_type_change(ctx, GPUVIRT_CMD_TYPE_DEL, del_params, args);
}

const struct gv_verb gv_type_verbs[] = {
	{ "show", show_params, gv_type_show,
	  "print the vGPU types, and how many vGPUs fit in" },
	{ "new", new_params, gv_type_new, "create a vGPU type on a GPU" },
	{ "del", del_params, gv_type_del,
	  "delete a vGPU type that no vGPU has" },
	{ 0 }
};
