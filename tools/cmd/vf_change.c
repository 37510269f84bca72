// SPDX-License-Identifier: GPL-2.0
/* Enabling, disabling and resetting VFs: operations of the kernel. */
#include <errno.h>
#include <netlink/msg.h>

#include "../cmd.h"
#include "../iommu/holders.h"
#include "../op.h"
#include "../out.h"
#include "../show.h"
#include "../variant.h"

#define GV_VENDOR_NVIDIA 0x10de

enum {
	VF_ENABLE_GPU,
	VF_ENABLE_COUNT,
	VF_ENABLE_DRIVER,
	VF_ENABLE_RESIZE,
	VF_ENABLE_GENERATION,
	VF_ENABLE_TIMEOUT,
	VF_ENABLE_NO_WAIT,
};

const struct gv_param gv_vf_enable_params[] = {
	[VF_ENABLE_GPU] = { "GPU", GV_KIND_GPU, GV_POS | GV_MUST,
			    GPUVIRT_A_VF_GPU, 0, "PCI address of the GPU" },
	[VF_ENABLE_COUNT] = { "COUNT", GV_KIND_NUMBER, GV_POS | GV_MUST,
			      GPUVIRT_A_VF_COUNT, 0, "how many" },
	[VF_ENABLE_DRIVER] = { "driver", GV_KIND_DRIVER, 0,
			       GPUVIRT_A_VF_DRIVER, 0,
			       "what they are born into: a driver, none, or host; vfio-pci or the vendor's if not given" },
	[VF_ENABLE_RESIZE] = { "resize", GV_KIND_FLAG, 0, 0, 0,
			       "disable those that there are first, if number or driver is another" },
	[VF_ENABLE_GENERATION] = { "if-generation", GV_KIND_GENERATION, 0,
				   GPUVIRT_A_VF_GENERATION, 0,
				   "only if the configuration still has this generation" },
	[VF_ENABLE_TIMEOUT] = { "timeout", GV_KIND_SECONDS, 0, 0, 0,
				"how long to wait; 60 if not given" },
	[VF_ENABLE_NO_WAIT] = { "no-wait", GV_KIND_FLAG, 0, 0, 0,
				"print the id of the operation, don't wait" },
	{ 0 }
};

enum {
	VF_DISABLE_GPU,
	VF_DISABLE_GENERATION,
	VF_DISABLE_TIMEOUT,
	VF_DISABLE_NO_WAIT,
};

const struct gv_param gv_vf_disable_params[] = {
	[VF_DISABLE_GPU] = { "GPU", GV_KIND_GPU, GV_POS | GV_MUST,
			     GPUVIRT_A_VF_GPU, 0, "PCI address of the GPU" },
	[VF_DISABLE_GENERATION] = { "if-generation", GV_KIND_GENERATION, 0,
				    GPUVIRT_A_VF_GENERATION, 0,
				    "only if the configuration still has this generation" },
	[VF_DISABLE_TIMEOUT] = { "timeout", GV_KIND_SECONDS, 0, 0, 0,
				 "how long to wait; 60 if not given" },
	[VF_DISABLE_NO_WAIT] = { "no-wait", GV_KIND_FLAG, 0, 0, 0,
				 "print the id of the operation, don't wait" },
	{ 0 }
};

enum {
	VF_RESET_ADDRESS,
	VF_RESET_GPU,
	VF_RESET_SERIAL,
	VF_RESET_TIMEOUT,
	VF_RESET_NO_WAIT,
};

const struct gv_param gv_vf_reset_params[] = {
	[VF_RESET_ADDRESS] = { "ADDRESS", GV_KIND_VF, GV_POS,
			       GPUVIRT_A_VF_ADDRESS, 0,
			       "PCI address of the VF" },
	[VF_RESET_GPU] = { "gpu", GV_KIND_GPU, 0, GPUVIRT_A_VF_GPU, 0,
			   "all VFs of this GPU instead, at once" },
	[VF_RESET_SERIAL] = { "serial", GV_KIND_COUNTER, 0,
			      GPUVIRT_A_VF_SERIAL, 0,
			      "only if the VF still has this serial" },
	[VF_RESET_TIMEOUT] = { "timeout", GV_KIND_SECONDS, 0, 0, 0,
			       "how long to wait; 60 if not given" },
	[VF_RESET_NO_WAIT] = { "no-wait", GV_KIND_FLAG, 0, 0, 0,
			       "print the id of the operation, don't wait" },
	{ 0 }
};

/* Prints the operation's id if it is not waited for. */
static int gv_vf_run(struct gv_ctx *ctx, struct nl_msg *msg,
		     const struct gv_op_wait *wait, const char *what,
		     struct gv_obj **op)
{
	uint64_t id;
	int ret;

	ret = gv_op_run(ctx, msg, GPUVIRT_A_VF_OPERATION, wait, what, &id, op);
	if (!ret && !*op)
		gv_show_operation_id(id);
	return ret;
}

/*
 * A group's number says nothing to people: the first VF that is open, and who. An
 * operation that goes on waits for somebody who has it from elsewhere.
 */
static void gv_vf_blame(const struct gv_list *vfs, struct gv_err *refusal)
{
	struct gv_holder holders[GV_HOLDERS_MAX];
	const struct gv_tree host = { .root = "" };
	const struct gv_obj *vf;
	bool hidden;

	for (vf = vfs->first; vf; vf = vf->next)
		if (gv_obj_num(vf, GPUVIRT_A_VF_OPEN))
			break;
	if (!vf)
		return;
	if (!gv_holders(&host, gv_obj_num(vf, GPUVIRT_A_VF_IOMMU_GROUP),
			holders, &hidden))
		return;
	gv_err_hint(refusal, "stop process %d (%s), which has VF %s open",
		    holders[0].pid, holders[0].comm,
		    gv_obj_word(vf, GPUVIRT_A_VF_ADDRESS));
}

/* Names the process behind a refusal; gives the refusal back. */
static int gv_vf_refused(struct gv_ctx *ctx, const char *gpu, const char *vf,
			 int ret)
{
	struct gv_err refusal = ctx->err;
	struct gv_list vfs;
	struct gv_obj *obj;

	if (!ret || (ret != -ETIMEDOUT &&
		     refusal.reason != GPUVIRT_REASON_VF_OPEN))
		return ret;
	gv_list_init(&vfs);
	if (gpu)
		gv_get_all(ctx, GPUVIRT_CMD_VF_GET, gpu, &vfs);
	else if (!gv_get_vf(ctx, vf, &obj))
		gv_list_add(&vfs, obj);
	gv_vf_blame(&vfs, &refusal);
	gv_list_free(&vfs);
	ctx->err = refusal;
	return ret;
}

static int gv_vf_list(struct gv_ctx *ctx, const char *gpu)
{
	struct gv_list list;
	struct gv_obj *vf;
	int ret;

	gv_list_init(&list);
	ret = gv_get_all(ctx, GPUVIRT_CMD_VF_GET, gpu, &list);
	if (ret)
		return ret;
	gv_out_array(NULL);
	for (vf = list.first; vf; vf = vf->next)
		gv_show_vf(vf);
	gv_out_array_end();
	gv_list_free(&list);
	return 0;
}

/* The kernel has done what it could, and says what it fell short of. */
static int gv_vf_short(struct gv_ctx *ctx, const struct gv_obj *op)
{
	const char *text = gv_obj_str(op, GPUVIRT_A_OPERATION_TEXT);

	if (!text || !*text)
		return 0;
	gv_err_set(&ctx->err, EIO, "%s", text);
	ctx->err.reason = gv_obj_num(op, GPUVIRT_A_OPERATION_REASON);
	return -EIO;
}

/*
 * Nobody has said which driver: the kernel would take vfio-pci, and does not know
 * of the vendor's variant of it. NVIDIA's own driver is its choice there.
 */
static void gv_vf_put_variant(struct gv_ctx *ctx, struct nl_msg *msg,
			      const char *address)
{
	char driver[GPUVIRT_DRIVER_MAX + 1];
	struct gv_obj *gpu;

	/* what is wrong with the GPU, the request itself will be told */
	if (gv_get_gpu(ctx, address, &gpu))
		return;
	if (!gv_obj_has(gpu, GPUVIRT_A_GPU_VF_DRIVER) &&
	    gv_obj_num(gpu, GPUVIRT_A_GPU_VENDOR) != GV_VENDOR_NVIDIA &&
	    gv_variant_of_vfs(gpu, driver, sizeof(driver)))
		gv_put_str(msg, GPUVIRT_A_VF_DRIVER, driver);
	gv_obj_free(gpu);
}

int gv_vf_enable(struct gv_ctx *ctx, const struct gv_args *args)
{
	struct gv_op_wait wait = gv_op_wait(&args->v[VF_ENABLE_TIMEOUT],
					    &args->v[VF_ENABLE_NO_WAIT]);
	struct nl_msg *msg;
	struct gv_obj *op;
	int ret;

	msg = gv_request(ctx, GPUVIRT_CMD_VF_ENABLE, gv_vf_enable_params, args);
	if (!msg)
		return -ctx->err.num;
	if (args->v[VF_ENABLE_RESIZE].set)
		gv_put_num(msg, &gv_set_vf, GPUVIRT_A_VF_RESIZE, 1);
	if (!args->v[VF_ENABLE_DRIVER].set)
		gv_vf_put_variant(ctx, msg, args->v[VF_ENABLE_GPU].str);
	ret = gv_vf_run(ctx, msg, &wait, "enabling VFs", &op);
	if (ret || !op)
		return gv_vf_refused(ctx, args->v[VF_ENABLE_GPU].str, NULL,
				     ret);
	ret = gv_vf_list(ctx, args->v[VF_ENABLE_GPU].str);
	if (!ret)
		ret = gv_vf_short(ctx, op);
	gv_obj_free(op);
	return ret;
}

int gv_vf_disable(struct gv_ctx *ctx, const struct gv_args *args)
{
	struct gv_op_wait wait = gv_op_wait(&args->v[VF_DISABLE_TIMEOUT],
					    &args->v[VF_DISABLE_NO_WAIT]);
	struct nl_msg *msg;
	struct gv_obj *op;
	int ret;

	msg = gv_request(ctx, GPUVIRT_CMD_VF_DISABLE, gv_vf_disable_params,
			 args);
	if (!msg)
		return -ctx->err.num;
	ret = gv_vf_run(ctx, msg, &wait, "disabling VFs", &op);
	if (!ret)
		gv_obj_free(op);
	return gv_vf_refused(ctx, args->v[VF_DISABLE_GPU].str, NULL, ret);
}

int gv_vf_reset(struct gv_ctx *ctx, const struct gv_args *args)
{
	struct gv_op_wait wait = gv_op_wait(&args->v[VF_RESET_TIMEOUT],
					    &args->v[VF_RESET_NO_WAIT]);
	const struct gv_value *vf = &args->v[VF_RESET_ADDRESS];
	const struct gv_value *gpu = &args->v[VF_RESET_GPU];
	struct nl_msg *msg;
	struct gv_obj *op;
	int ret;

	if (vf->set == gpu->set)
		return gv_err_usage(&ctx->err,
				    vf->set ? "give ADDRESS or gpu, not both" :
				    "missing: ADDRESS, or gpu for all VFs of one");
	if (gpu->set && args->v[VF_RESET_SERIAL].set)
		return gv_err_usage(&ctx->err, "serial is for one VF");
	msg = gv_request(ctx, GPUVIRT_CMD_VF_RESET, gv_vf_reset_params, args);
	if (!msg)
		return -ctx->err.num;
	ret = gv_vf_run(ctx, msg, &wait,
			vf->set ? "resetting the VF" : "resetting the VFs",
			&op);
	if (!ret)
		gv_obj_free(op);
	return gv_vf_refused(ctx, gpu->set ? gpu->str : NULL,
			     vf->set ? vf->str : NULL, ret);
}
