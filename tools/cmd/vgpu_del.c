// SPDX-License-Identifier: GPL-2.0
/*
 * The core would wait for ever for a process that has the vGPU open, and
 * can't be interrupted. So the kernel is asked to let nobody open it any
 * more, which it refuses while it is open, and then it is removed.
 */
#include <errno.h>
#include <string.h>
#include <netlink/msg.h>

#include "../cmd.h"
#include "../out.h"
#include "../port.h"
#include "../sysfs.h"

#define GV_DEL_TICK	100
/* The module gives a lost remove file back within a second. */
#define GV_DEL_HEAL	2000

static int gv_vgpu_retire(struct gv_ctx *ctx, const struct gv_obj *vgpu,
			  const struct gv_value *generation)
{
	struct nl_msg *msg = gv_nl_msg(ctx->nl, GPUVIRT_CMD_VGPU_RETIRE);

	if (!msg)
		return gv_err_memory(&ctx->err);
	gv_put_str(msg, GPUVIRT_A_VGPU_ID,
		   gv_obj_word(vgpu, GPUVIRT_A_VGPU_ID));
	gv_put_num(msg, &gv_set_vgpu, GPUVIRT_A_VGPU_SERIAL,
		   gv_obj_num(vgpu, GPUVIRT_A_VGPU_SERIAL));
	if (generation->set)
		gv_put_num(msg, &gv_set_vgpu, GPUVIRT_A_VGPU_GENERATION,
			   generation->num);
	return gv_nl_do(ctx->nl, msg, NULL, &ctx->err);
}

/* ctx->err has the kernel's refusal; who holds the vGPU is added to it. */
static int gv_vgpu_open(struct gv_ctx *ctx, const char *id)
{
	struct gv_err refusal = ctx->err;
	struct gv_obj *vgpu;
	int pid;

	if (!gv_get_vgpu(ctx, id, &vgpu)) {
		pid = gv_obj_num(vgpu, GPUVIRT_A_VGPU_HOLDER_PID);
		if (pid) {
			gv_err_set(&refusal, refusal.num,
				   "vGPU %s is open in process %d (%s)", id,
				   pid, gv_obj_word(vgpu,
						    GPUVIRT_A_VGPU_HOLDER_COMM));
			refusal.reason = GPUVIRT_REASON_VGPU_OPEN;
			gv_err_hint(&refusal,
				    "stop that process first, or give it time with `force timeout SECONDS`");
		}
		gv_obj_free(vgpu);
	}
	ctx->err = refusal;
	return -refusal.num;
}

/* Once; -EBUSY with reason vgpu-open while somebody has it. */
static int gv_vgpu_retire_once(struct gv_ctx *ctx, const char *id,
			       const struct gv_args *args)
{
	struct gv_obj *vgpu;
	int ret;

	ret = gv_get_vgpu(ctx, id, &vgpu);
	if (ret)
		return ret;
	ret = gv_vgpu_retire(ctx, vgpu, &args->v[GV_VGPU_DEL_GENERATION]);
	gv_obj_free(vgpu);
	return ret;
}

static int gv_vgpu_retire_wait(struct gv_ctx *ctx, const char *id,
			       const struct gv_args *args)
{
	int64_t start = gv_port_now();
	int64_t end = start + (int64_t)args->v[GV_VGPU_DEL_TIMEOUT].num * 1000;
	int ret;

	for (;;) {
		ret = gv_vgpu_retire_once(ctx, id, args);
		if (!ret || ctx->err.reason != GPUVIRT_REASON_VGPU_OPEN)
			break;
		if (gv_port_now() >= end) {
			ret = gv_vgpu_open(ctx, id);
			break;
		}
		gv_out_progress("waiting for the process that has it open",
				(gv_port_now() - start) / 1000);
		gv_port_sleep(GV_DEL_TICK);
	}
	gv_out_progress(NULL, 0);
	return ret;
}

static int gv_vgpu_remove_failed(struct gv_ctx *ctx, const char *id, int num)
{
	if (num == EACCES || num == EPERM) {
		gv_err_set(&ctx->err, num,
			   "deleting a vGPU needs write access to its remove file");
		ctx->err.reason = GPUVIRT_REASON_NOT_PERMITTED;
		return -num;
	}
	if (num == ENOENT || num == ENODEV || num == EAGAIN) {
		gv_err_set(&ctx->err, num,
			   "the kernel's mdev core has lost the remove file of vGPU %s",
			   id);
		gv_err_hint(&ctx->err,
			    "a removal met its creation; the module restores the file within a second: try again");
		return -num;
	}
	gv_err_set(&ctx->err, num, "the kernel did not remove vGPU %s: %s",
		   id, strerror(num));
	ctx->err.reason = GPUVIRT_REASON_DEVICE_ERROR;
	return -num;
}

static int gv_vgpu_remove(struct gv_ctx *ctx, const char *id)
{
	int64_t end = gv_port_now() + GV_DEL_HEAL;
	int ret;

	for (;;) {
		ret = gv_sysfs_remove(id);
		if (!ret || !gv_sysfs_exists(id))
			return 0;	/* gone: by us or by another */
		if ((ret != -ENOENT && ret != -ENODEV && ret != -EAGAIN) ||
		    gv_port_now() >= end)
			return gv_vgpu_remove_failed(ctx, id, -ret);
		gv_port_sleep(GV_DEL_TICK);
	}
}

int gv_vgpu_del(struct gv_ctx *ctx, const struct gv_args *args)
{
	const char *id = args->v[GV_VGPU_DEL_UUID].str;
	int ret;

	if (args->v[GV_VGPU_DEL_FORCE].set !=
	    args->v[GV_VGPU_DEL_TIMEOUT].set)
		return gv_err_usage(&ctx->err,
				    "force and timeout SECONDS go together");
	if (args->v[GV_VGPU_DEL_FORCE].set) {
		ret = gv_vgpu_retire_wait(ctx, id, args);
	} else {
		ret = gv_vgpu_retire_once(ctx, id, args);
		if (ret && ctx->err.reason == GPUVIRT_REASON_VGPU_OPEN)
			ret = gv_vgpu_open(ctx, id);
	}
	return ret ? ret : gv_vgpu_remove(ctx, id);
}
