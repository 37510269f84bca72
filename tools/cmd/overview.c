// SPDX-License-Identifier: GPL-2.0
/* The whole host: GPUs, their types, and the vGPUs of each. */
#include <stdio.h>
#include <string.h>
#include <netlink/msg.h>

#include "../cmd.h"
#include "../out.h"
#include "../show.h"

#define GV_ATTRS(...)	(const unsigned int []){ __VA_ARGS__, 0 }

struct gv_host {
	struct gv_obj *info;
	struct gv_list gpus;
	struct gv_list types;
	struct gv_list vgpus;
};

static int gv_host_read(struct gv_ctx *ctx, struct gv_host *host)
{
	struct nl_msg *msg;
	int ret;

	ret = gv_ctx_nl(ctx);
	if (ret)
		return ret;
	msg = gv_nl_msg(ctx->nl, GPUVIRT_CMD_INFO_GET);
	ret = gv_nl_do(ctx->nl, msg, &host->info, &ctx->err);
	if (!ret)
		ret = gv_get_all(ctx, GPUVIRT_CMD_GPU_GET, NULL, &host->gpus);
	if (!ret)
		ret = gv_get_all(ctx, GPUVIRT_CMD_TYPE_GET, NULL,
				 &host->types);
	if (!ret)
		ret = gv_get_all(ctx, GPUVIRT_CMD_VGPU_GET, NULL,
				 &host->vgpus);
	return ret;
}

static bool gv_same(const struct gv_obj *a, unsigned int attr_a,
		    const struct gv_obj *b, unsigned int attr_b)
{
	return !strcmp(gv_obj_word(a, attr_a), gv_obj_word(b, attr_b));
}

static void gv_overview_info(const struct gv_obj *info)
{
	const char *version = gv_obj_word(info, GPUVIRT_A_INFO_VERSION);

	gv_out_titled(0, "module", info,
		      GV_ATTRS(GPUVIRT_A_INFO_VERSION,
			       GPUVIRT_A_INFO_CAPABILITIES,
			       GPUVIRT_A_INFO_GENERATION));
	if (strcmp(version, GV_VERSION))
		gv_out_text(0, "tool  version %s: another release than the module",
			    GV_VERSION);
}

static void gv_overview_vgpu(const struct gv_obj *vgpu)
{
	struct gv_node node;
	char title[64];

	snprintf(title, sizeof(title), "vgpu %s",
		 gv_obj_word(vgpu, GPUVIRT_A_VGPU_ID));
	gv_node_read(gv_obj_num(vgpu, GPUVIRT_A_VGPU_IOMMU_GROUP), &node);
	if (gv_obj_has(vgpu, GPUVIRT_A_VGPU_IOMMU_GROUP))
		snprintf(title + strlen(title), sizeof(title) - strlen(title),
			 "  %.16s", node.path);
	gv_out_titled(8, title, vgpu,
		      GV_ATTRS(GPUVIRT_A_VGPU_OPEN,
			       GPUVIRT_A_VGPU_HOLDER_PID,
			       GPUVIRT_A_VGPU_HOLDER_COMM));
}

static void gv_overview_type(const struct gv_host *host,
			     const struct gv_obj *type)
{
	const struct gv_obj *vgpu;
	char title[96];

	snprintf(title, sizeof(title), "type %s",
		 gv_obj_word(type, GPUVIRT_A_TYPE_NAME));
	gv_out_titled(4, title, type,
		      GV_ATTRS(GPUVIRT_A_TYPE_FRAMEBUFFER,
			       GPUVIRT_A_TYPE_INSTANCES,
			       GPUVIRT_A_TYPE_AVAILABLE));
	for (vgpu = host->vgpus.first; vgpu; vgpu = vgpu->next) {
		if (gv_same(type, GPUVIRT_A_TYPE_GPU, vgpu,
			    GPUVIRT_A_VGPU_GPU) &&
		    gv_same(type, GPUVIRT_A_TYPE_NAME, vgpu,
			    GPUVIRT_A_VGPU_TYPE))
			gv_overview_vgpu(vgpu);
	}
}

static void gv_overview_gpu(const struct gv_host *host,
			    const struct gv_obj *gpu)
{
	const struct gv_obj *type;

	gv_show_gpu_title(gpu);
	gv_out_line(4, gpu, GV_ATTRS(GPUVIRT_A_GPU_VRAM,
				     GPUVIRT_A_GPU_VRAM_FREE,
				     GPUVIRT_A_GPU_VGPUS,
				     GPUVIRT_A_GPU_MAX_VGPUS));
	if (gv_obj_has(gpu, GPUVIRT_A_GPU_MDEV_TEXT))
		gv_out_text(4, "no mdev vGPUs: %s",
			    gv_obj_word(gpu, GPUVIRT_A_GPU_MDEV_TEXT));
	for (type = host->types.first; type; type = type->next) {
		if (gv_same(gpu, GPUVIRT_A_GPU_ADDRESS, type,
			    GPUVIRT_A_TYPE_GPU))
			gv_overview_type(host, type);
	}
}

static void gv_overview_text(const struct gv_host *host)
{
	const struct gv_obj *gpu;

	gv_overview_info(host->info);
	for (gpu = host->gpus.first; gpu; gpu = gpu->next)
		gv_overview_gpu(host, gpu);
	if (!host->gpus.first)
		gv_out_text(0, "no GPU; `gpuvirt sim add` makes a simulated one");
}

static void gv_overview_list(const char *key, const struct gv_list *list)
{
	const struct gv_obj *obj;

	gv_out_array(key);
	for (obj = list->first; obj; obj = obj->next) {
		gv_out_obj(NULL, obj);
		gv_out_object_end();
	}
	gv_out_array_end();
}

int gv_overview(struct gv_ctx *ctx)
{
	struct gv_host host = { 0 };
	int ret;

	gv_list_init(&host.gpus);
	gv_list_init(&host.types);
	gv_list_init(&host.vgpus);
	ret = gv_host_read(ctx, &host);
	if (!ret && gv_out_json()) {
		gv_out_object(NULL);
		gv_out_str("tool-version", GV_VERSION);
		gv_out_obj("info", host.info);
		gv_out_object_end();
		gv_overview_list("gpu", &host.gpus);
		gv_overview_list("type", &host.types);
		gv_overview_list("vgpu", &host.vgpus);
		gv_out_object_end();
	} else if (!ret) {
		gv_overview_text(&host);
	}
	gv_obj_free(host.info);
	gv_list_free(&host.gpus);
	gv_list_free(&host.types);
	gv_list_free(&host.vgpus);
	return ret;
}
