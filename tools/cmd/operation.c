// SPDX-License-Identifier: GPL-2.0
#include <netlink/msg.h>

#include "../cmd.h"
#include "../out.h"
#include "../show.h"

enum {
	OPERATION_SHOW_ID,
};

static const struct gv_param show_params[] = {
	[OPERATION_SHOW_ID] = { "ID", GV_KIND_COUNTER, GV_POS,
				GPUVIRT_A_OPERATION_ID, 0,
				"only this operation" },
	{ 0 }
};

static int gv_operation_show(struct gv_ctx *ctx, const struct gv_args *args)
{
	struct gv_list list;
	struct nl_msg *msg;
	struct gv_obj *op;
	int ret;

	gv_list_init(&list);
	msg = gv_request(ctx, GPUVIRT_CMD_OPERATION_GET, show_params, args);
	if (!msg)
		return -ctx->err.num;
	if (args->v[OPERATION_SHOW_ID].set) {
		ret = gv_nl_do(ctx->nl, msg, &op, &ctx->err);
		if (!ret)
			gv_list_add(&list, op);
	} else {
		ret = gv_nl_dump(ctx->nl, msg, &list, &ctx->err);
	}
	if (ret)
		return ret;
	gv_out_array(NULL);
	for (op = list.first; op; op = op->next)
		gv_show_operation(op);
	gv_out_array_end();
	gv_list_free(&list);
	return 0;
}

const struct gv_verb gv_operation_verbs[] = {
	{ "show", show_params, gv_operation_show,
	  "print the operations that run and the last that ended" },
	{ 0 }
};
