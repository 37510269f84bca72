// SPDX-License-Identifier: GPL-2.0
/* SR-IOV virtual functions: what there is, and what they are born into. */
#include <netlink/msg.h>

#include "../cmd.h"
#include "../out.h"
#include "../show.h"

enum {
	VF_SHOW_ADDRESS,
	VF_SHOW_GPU,
};

static const struct gv_param show_params[] = {
	[VF_SHOW_ADDRESS] = { "ADDRESS", GV_KIND_VF, GV_POS, 0, 0,
			      "only this VF" },
	[VF_SHOW_GPU] = { "gpu", GV_KIND_GPU, 0, 0, 0, "only those of this GPU" },
	{ 0 }
};

static const struct gv_param set_params[] = {
	{ "GPU", GV_KIND_GPU, GV_POS | GV_MUST, GPUVIRT_A_GPU_ADDRESS, 0,
	  "PCI address of the GPU" },
	{ "driver", GV_KIND_DRIVER, GV_MUST, GPUVIRT_A_GPU_VF_DRIVER, 0,
	  "what its VFs are born into, whoever enables them: a driver, none, host, or default" },
	{ "if-generation", GV_KIND_GENERATION, 0, GPUVIRT_A_GPU_GENERATION, 0,
	  "only if the configuration still has this generation" },
	{ 0 }
};

static int gv_vf_show(struct gv_ctx *ctx, const struct gv_args *args)
{
	const struct gv_value *address = &args->v[VF_SHOW_ADDRESS];
	const struct gv_value *gpu = &args->v[VF_SHOW_GPU];
	struct gv_list list;
	struct gv_obj *vf;
	int ret;

	if (address->set && gpu->set)
		return gv_err_usage(&ctx->err,
				    "give ADDRESS or gpu, not both");
	gv_list_init(&list);
	if (address->set) {
		ret = gv_get_vf(ctx, address->str, &vf);
		if (!ret)
			gv_list_add(&list, vf);
	} else {
		ret = gv_get_all(ctx, GPUVIRT_CMD_VF_GET,
				 gpu->set ? gpu->str : NULL, &list);
	}
	if (ret)
		return ret;
	gv_out_array(NULL);
	for (vf = list.first; vf; vf = vf->next)
		gv_show_vf(vf);
	gv_out_array_end();
	gv_list_free(&list);
	return 0;
}

static int gv_vf_set(struct gv_ctx *ctx, const struct gv_args *args)
{
	struct nl_msg *msg;

	msg = gv_request(ctx, GPUVIRT_CMD_GPU_SET, set_params, args);
	if (!msg)
		return -ctx->err.num;
	return gv_nl_do(ctx->nl, msg, NULL, &ctx->err);
}

const struct gv_verb gv_vf_verbs[] = {
	{ "show", show_params, gv_vf_show, "print the VFs, or one of them" },
	{ "enable", gv_vf_enable_params, gv_vf_enable,
	  "enable VFs of a GPU, each born into its driver" },
	{ "disable", gv_vf_disable_params, gv_vf_disable,
	  "disable all VFs of a GPU" },
	{ "reset", gv_vf_reset_params, gv_vf_reset, "reset a VF, or all VFs of a GPU" },
	{ "set", set_params, gv_vf_set,
	  "say what VFs of a GPU are born into from now on" },
	{ 0 }
};
