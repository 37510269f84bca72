// SPDX-License-Identifier: GPL-2.0
/* PCI ids of functions that are GPUs, though nobody could know. */
#include <netlink/msg.h>

#include "../cmd.h"
#include "../op.h"
#include "../out.h"
#include "../show.h"

enum {
	ID_ID,
	ID_TIMEOUT,
	ID_NO_WAIT,
};

static const struct gv_param params[] = {
	[ID_ID] = { "VENDOR:DEVICE", GV_KIND_ID, GV_POS | GV_MUST,
		    GPUVIRT_A_ID_VENDOR, GPUVIRT_A_ID_DEVICE,
		    "PCI ids, as lspci -n prints them" },
	[ID_TIMEOUT] = { "timeout", GV_KIND_SECONDS, 0, 0, 0,
			 "how long to wait; 60 if not given" },
	[ID_NO_WAIT] = { "no-wait", GV_KIND_FLAG, 0, 0, 0,
			 "print the id of the operation, don't wait" },
	{ 0 }
};

static const struct gv_param show_params[] = {
	{ 0 }
};

static int gv_id_show(struct gv_ctx *ctx, const struct gv_args *args)
{
	struct gv_list list;
	struct nl_msg *msg;
	struct gv_obj *id;
	int ret;

	gv_list_init(&list);
	msg = gv_request(ctx, GPUVIRT_CMD_ID_GET, show_params, args);
	if (!msg)
		return -ctx->err.num;
	ret = gv_nl_dump(ctx->nl, msg, &list, &ctx->err);
	if (ret)
		return ret;
	gv_out_array(NULL);
	for (id = list.first; id; id = id->next) {
		gv_out_obj(NULL, id);
		gv_out_text(0, "%04x:%04x", (unsigned int)
			    gv_obj_num(id, GPUVIRT_A_ID_VENDOR), (unsigned int)
			    gv_obj_num(id, GPUVIRT_A_ID_DEVICE));
		gv_out_object_end();
	}
	gv_out_array_end();
	gv_list_free(&list);
	return 0;
}

static int gv_id_change(struct gv_ctx *ctx, unsigned int cmd,
			const struct gv_args *args, const char *what)
{
	struct gv_op_wait wait = gv_op_wait(&args->v[ID_TIMEOUT],
					    &args->v[ID_NO_WAIT]);
	struct nl_msg *msg;
	struct gv_obj *op;
	uint64_t id;
	int ret;

	msg = gv_request(ctx, cmd, params, args);
	if (!msg)
		return -ctx->err.num;
	ret = gv_op_run(ctx, msg, GPUVIRT_A_ID_OPERATION, &wait, what, &id,
			&op);
	if (!ret && !op)
		gv_show_operation_id(id);
	gv_obj_free(op);
	return ret;
}

static int gv_id_add(struct gv_ctx *ctx, const struct gv_args *args)
{
	return gv_id_change(ctx, GPUVIRT_CMD_ID_NEW, args,
			    "looking for such functions");
}

static int gv_id_del(struct gv_ctx *ctx, const struct gv_args *args)
{
	return gv_id_change(ctx, GPUVIRT_CMD_ID_DEL, args,
			    "letting go of such functions");
}

const struct gv_verb gv_id_verbs[] = {
	{ "show", show_params, gv_id_show, "print the ids that were added" },
	{ "add", params, gv_id_add,
	  "take functions with this id as GPUs, until the module is unloaded" },
	{ "del", params, gv_id_del, "take them as GPUs no longer" },
	{ 0 }
};
