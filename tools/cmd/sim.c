// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <netlink/msg.h>

#include "../cmd.h"
#include "../op.h"
#include "../out.h"
#include "../show.h"

enum {
	SIM_ADD_MODEL,
	SIM_ADD_VRAM,
	SIM_ADD_BACKING_LIMIT,
	SIM_ADD_MAX_VGPUS,
	SIM_ADD_DOMAIN,
	SIM_ADD_TOTAL_VFS,
	SIM_ADD_ROOT_PORT,
	SIM_ADD_GENERATION,
	SIM_ADD_TIMEOUT,
	SIM_ADD_NO_WAIT,
};

static const struct gv_param add_params[] = {
	[SIM_ADD_MODEL] = { "model", GV_KIND_NAME, 0, GPUVIRT_A_SIM_MODEL, 0,
			    "which GPU to be; gpuvirt-sim if not given" },
	[SIM_ADD_VRAM] = { "vram", GV_KIND_SIZE, 0, GPUVIRT_A_SIM_VRAM, 0,
			   "VRAM; the model's if not given" },
	[SIM_ADD_BACKING_LIMIT] = { "backing-limit", GV_KIND_SIZE, 0,
				    GPUVIRT_A_SIM_BACKING_LIMIT, 0,
				    "most host memory that may back the VRAM" },
	[SIM_ADD_MAX_VGPUS] = { "max-vgpus", GV_KIND_NUMBER, 0,
				GPUVIRT_A_SIM_MAX_VGPUS, 0,
				"most vGPUs; the model's if not given" },
	[SIM_ADD_DOMAIN] = { "domain", GV_KIND_DOMAIN, 0,
			     GPUVIRT_A_SIM_DOMAIN, 0,
			     "PCI domain; the first free one from 1000" },
	[SIM_ADD_TOTAL_VFS] = { "total-vfs", GV_KIND_NUMBER, 0,
				GPUVIRT_A_SIM_TOTAL_VFS, 0,
				"SR-IOV virtual functions, 0 to 64; the model's if not given" },
	[SIM_ADD_ROOT_PORT] = { "root-port", GV_KIND_PORT, 0,
				GPUVIRT_A_SIM_ROOT_PORT, 0,
				"root port above it, and its ACS; none if not given" },
	[SIM_ADD_GENERATION] = { "if-generation", GV_KIND_GENERATION, 0,
				 GPUVIRT_A_SIM_GENERATION, 0,
				 "only if the configuration still has this generation" },
	[SIM_ADD_TIMEOUT] = { "timeout", GV_KIND_SECONDS, 0, 0, 0,
			      "how long to wait; 60 if not given" },
	[SIM_ADD_NO_WAIT] = { "no-wait", GV_KIND_FLAG, 0, 0, 0,
			      "print the id of the operation, don't wait" },
	{ 0 }
};

enum {
	SIM_SET_ADDRESS,
	SIM_SET_FAULTS,
	SIM_SET_GENERATION,
};

static const struct gv_param set_params[] = {
	[SIM_SET_ADDRESS] = { "ADDRESS", GV_KIND_GPU, GV_POS | GV_MUST,
			      GPUVIRT_A_SIM_GPU, 0, "a simulated GPU" },
	[SIM_SET_FAULTS] = { "faults", GV_KIND_FAULTS, GV_MUST,
			     GPUVIRT_A_SIM_FAULTS, 0,
			     "what it does wrong from now on; none to end that" },
	[SIM_SET_GENERATION] = { "if-generation", GV_KIND_GENERATION, 0,
				 GPUVIRT_A_SIM_GENERATION, 0,
				 "only if the configuration still has this generation" },
	{ 0 }
};

enum {
	SIM_DEL_ADDRESS,
	SIM_DEL_GENERATION,
	SIM_DEL_TIMEOUT,
	SIM_DEL_NO_WAIT,
};

static const struct gv_param del_params[] = {
	[SIM_DEL_ADDRESS] = { "ADDRESS|all", GV_KIND_SIM, GV_POS | GV_MUST,
			      GPUVIRT_A_SIM_GPU, 0,
			      "a simulated GPU, or all of them" },
	[SIM_DEL_GENERATION] = { "if-generation", GV_KIND_GENERATION, 0,
				 GPUVIRT_A_SIM_GENERATION, 0,
				 "only if the configuration still has this generation" },
	[SIM_DEL_TIMEOUT] = { "timeout", GV_KIND_SECONDS, 0, 0, 0,
			      "how long to wait for each; 60 if not given" },
	[SIM_DEL_NO_WAIT] = { "no-wait", GV_KIND_FLAG, 0, 0, 0,
			      "print the id of the operation, don't wait" },
	{ 0 }
};

static const struct gv_param show_params[] = {
	{ 0 }
};

static int gv_sim_add(struct gv_ctx *ctx, const struct gv_args *args)
{
	struct gv_op_wait wait = gv_op_wait(&args->v[SIM_ADD_TIMEOUT],
					    &args->v[SIM_ADD_NO_WAIT]);
	struct nl_msg *msg;
	struct gv_obj *op;
	uint64_t id;
	int ret;

	msg = gv_request(ctx, GPUVIRT_CMD_SIM_NEW, add_params, args);
	if (!msg)
		return -ctx->err.num;
	ret = gv_op_run(ctx, msg, GPUVIRT_A_SIM_OPERATION, &wait,
			"making a simulated GPU", &id, &op);
	if (ret)
		return ret;
	if (op) {
		gv_out_obj(NULL, op);
		gv_out_text(0, "%s",
			    gv_obj_word(op, GPUVIRT_A_OPERATION_SUBJECT));
		gv_out_object_end();
	} else {
		gv_show_operation_id(id);
	}
	gv_obj_free(op);
	return 0;
}

static int gv_sim_set(struct gv_ctx *ctx, const struct gv_args *args)
{
	struct nl_msg *msg;

	msg = gv_request(ctx, GPUVIRT_CMD_SIM_SET, set_params, args);
	if (!msg)
		return -ctx->err.num;
	return gv_nl_do(ctx->nl, msg, NULL, &ctx->err);
}

static int gv_sim_del_one(struct gv_ctx *ctx, const struct gv_args *args)
{
	struct gv_op_wait wait = gv_op_wait(&args->v[SIM_DEL_TIMEOUT],
					    &args->v[SIM_DEL_NO_WAIT]);
	struct nl_msg *msg;
	struct gv_obj *op;
	uint64_t id;
	int ret;

	msg = gv_request(ctx, GPUVIRT_CMD_SIM_DEL, del_params, args);
	if (!msg)
		return -ctx->err.num;
	ret = gv_op_run(ctx, msg, GPUVIRT_A_SIM_OPERATION, &wait,
			"removing the simulated GPU", &id, &op);
	if (!ret && !op)
		gv_show_operation_id(id);
	gv_obj_free(op);
	return ret;
}

/* One that can't go does not keep the others: each refusal is told. */
static int gv_sim_del_list(struct gv_ctx *ctx, const struct gv_args *args,
			   const struct gv_list *list)
{
	struct gv_args one = *args;
	int count = 0, failed = 0;
	struct gv_obj *gpu;

	if (args->v[SIM_DEL_NO_WAIT].set)
		gv_out_array(NULL);
	for (gpu = list->first; gpu; gpu = gpu->next) {
		if (!gv_is_sim(gpu))
			continue;
		one.v[SIM_DEL_ADDRESS].str =
			gv_obj_word(gpu, GPUVIRT_A_GPU_ADDRESS);
		count++;
		if (!gv_sim_del_one(ctx, &one))
			continue;
		gv_out_error(one.v[SIM_DEL_ADDRESS].str, &ctx->err);
		failed++;
	}
	gv_out_array_end();
	if (!failed)
		return 0;
	return gv_err_set(&ctx->err, EBUSY,
			  "%d of %d simulated GPUs were not removed", failed,
			  count);
}

static int gv_sim_del(struct gv_ctx *ctx, const struct gv_args *args)
{
	struct gv_list list;
	int ret;

	/* the parser normalises an address, and leaves "all" alone */
	if (args->v[SIM_DEL_ADDRESS].str == args->v[SIM_DEL_ADDRESS].buf)
		return gv_sim_del_one(ctx, args);
	if (args->v[SIM_DEL_GENERATION].set)
		return gv_err_usage(&ctx->err,
				    "if-generation is for one GPU: each removal makes a new generation");
	gv_list_init(&list);
	ret = gv_get_all(ctx, GPUVIRT_CMD_GPU_GET, NULL, &list);
	if (!ret)
		ret = gv_sim_del_list(ctx, args, &list);
	gv_list_free(&list);
	return ret;
}

static int gv_sim_show(struct gv_ctx *ctx, const struct gv_args *args)
{
	struct gv_list list;
	struct gv_obj *gpu;
	int ret;

	(void)args;
	gv_list_init(&list);
	ret = gv_get_all(ctx, GPUVIRT_CMD_GPU_GET, NULL, &list);
	if (ret)
		return ret;
	gv_out_array(NULL);
	for (gpu = list.first; gpu; gpu = gpu->next) {
		if (gv_is_sim(gpu))
			gv_show_gpu(gpu);
	}
	gv_out_array_end();
	gv_list_free(&list);
	return 0;
}

const struct gv_verb gv_sim_verbs[] = {
	{ "show", show_params, gv_sim_show, "print the simulated GPUs" },
	{ "add", add_params, gv_sim_add,
	  "make a simulated GPU, and print its address" },
	{ "set", set_params, gv_sim_set,
	  "let a simulated GPU do something wrong" },
	{ "del", del_params, gv_sim_del,
	  "remove a simulated GPU, or all of them" },
	{ 0 }
};
