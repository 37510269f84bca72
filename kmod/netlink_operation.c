// SPDX-License-Identifier: GPL-2.0
/* Requests about operations, and those that start simulated GPUs. */
#include <linux/slab.h>
#include <net/genetlink.h>

#include "netlink.h"
#include "operation.h"

int gv_nl_fill_operation(struct gv_nl_msg *msg, const struct gv_operation *op)
{
	bool failed = op->state == GPUVIRT_OPERATION_STATE_FAILED;
	struct sk_buff *skb = msg->skb;

	if (gv_nl_put_u64(skb, GPUVIRT_A_OPERATION_ID, op->id) ||
	    nla_put_u32(skb, GPUVIRT_A_OPERATION_KIND, op->kind) ||
	    nla_put_u32(skb, GPUVIRT_A_OPERATION_STATE, op->state) ||
	    (op->subject[0] &&
	     nla_put_string(skb, GPUVIRT_A_OPERATION_SUBJECT, op->subject)) ||
	    (failed && nla_put_u32(skb, GPUVIRT_A_OPERATION_ERRNO, op->err)) ||
	    ((failed || op->why.text[0]) &&
	     (nla_put_u32(skb, GPUVIRT_A_OPERATION_REASON, op->why.reason) ||
	      nla_put_string(skb, GPUVIRT_A_OPERATION_TEXT, op->why.text))) ||
	    (op->gpu &&
	     nla_put_u32(skb, GPUVIRT_A_OPERATION_COUNT, op->count)) ||
	    (op->generation &&
	     gv_nl_put_u64(skb, GPUVIRT_A_OPERATION_GENERATION,
			   op->generation)))
		return -EMSGSIZE;
	return 0;
}

int gpuvirt_nl_operation_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *attr = info->attrs[GPUVIRT_A_OPERATION_ID];
	struct gv_operation *op;
	struct gv_nl_msg msg = {};
	struct gv_why why = {};
	int err;

	if (!attr) {
		err = gv_fail(&why, -EINVAL, GPUVIRT_REASON_MISSING_ATTRIBUTE,
			      GPUVIRT_A_OPERATION_ID,
			      "the id of the operation is missing");
		why.missing = true;
		return gv_nl_refuse(info, err, &why);
	}

	op = kmalloc(sizeof(*op), GFP_KERNEL);
	if (!op)
		return -ENOMEM;
	err = gv_operation_read(nla_get_u64(attr), op, &why);
	if (err)
		goto out_free;
	err = gv_nl_reply_start(info, &msg);
	if (!err)
		err = gv_nl_reply_end(info, &msg,
				      gv_nl_fill_operation(&msg, op));
out_free:
	kfree(op);
	return gv_nl_refuse(info, err, &why);
}

int gpuvirt_nl_operation_get_dumpit(struct sk_buff *skb,
				    struct netlink_callback *cb)
{
	u64 only = gv_nl_u64(gv_genl_dump_attrs(cb)[GPUVIRT_A_OPERATION_ID]);
	struct gv_operation *op;
	struct gv_nl_msg msg = {};
	int err;

	op = kmalloc(sizeof(*op), GFP_KERNEL);
	if (!op)
		return -ENOMEM;

	gv_nl_dump_begin(cb, false);
	while (!gv_operation_read_next(cb->args[0], op)) {
		if (!only || only == op->id) {
			err = gv_nl_entry_start(skb, cb,
						GPUVIRT_CMD_OPERATION_GET, &msg);
			if (!err)
				err = gv_nl_entry_end(cb, &msg,
						      gv_nl_fill_operation(&msg, op));
			if (err)
				break;
		}
		cb->args[0] = op->id;
	}
	kfree(op);

	return gv_nl_dump_end(skb, cb);
}

static int gv_nl_sim_params(struct genl_info *info,
			    struct gv_instance_params *params,
			    struct gv_why *why)
{
	struct nlattr **attrs = info->attrs;
	const char *model = gv_nl_str(attrs[GPUVIRT_A_SIM_MODEL]);
	u32 domain;

	if (model && (!model[0] || strlen(model) >= sizeof(params->model)))
		return gv_fail(why, -EINVAL, GPUVIRT_REASON_MODEL_UNKNOWN,
			       GPUVIRT_A_SIM_MODEL,
			       "model has %zu bytes, names have 1 to %zu",
			       strlen(model), sizeof(params->model) - 1);
	if (model)
		strscpy(params->model, model, sizeof(params->model));

	if (attrs[GPUVIRT_A_SIM_VRAM] &&
	    !nla_get_u64(attrs[GPUVIRT_A_SIM_VRAM]))
		return gv_fail(why, -EINVAL, GPUVIRT_REASON_BAD_VALUE,
			       GPUVIRT_A_SIM_VRAM, "VRAM of 0 bytes");
	params->vram = gv_nl_u64(attrs[GPUVIRT_A_SIM_VRAM]);

	if (attrs[GPUVIRT_A_SIM_BACKING_LIMIT] &&
	    !nla_get_u64(attrs[GPUVIRT_A_SIM_BACKING_LIMIT]))
		return gv_fail(why, -EINVAL, GPUVIRT_REASON_BAD_VALUE,
			       GPUVIRT_A_SIM_BACKING_LIMIT,
			       "backing limit of 0 bytes");
	params->backing_limit = gv_nl_u64(attrs[GPUVIRT_A_SIM_BACKING_LIMIT]);

	params->domain = -1;
	if (attrs[GPUVIRT_A_SIM_DOMAIN]) {
		domain = nla_get_u32(attrs[GPUVIRT_A_SIM_DOMAIN]);
		/* QEMU's host= option and others know 16 bits only. */
		if (!domain || domain > 0xffff)
			return gv_fail(why, -ERANGE, GPUVIRT_REASON_BAD_VALUE,
				       GPUVIRT_A_SIM_DOMAIN,
				       "PCI domain 0x%x is not from 0x1 to 0xffff",
				       domain);
		params->domain = domain;
	}

	params->total_vfs = -1;
	if (attrs[GPUVIRT_A_SIM_TOTAL_VFS])
		params->total_vfs = nla_get_u32(attrs[GPUVIRT_A_SIM_TOTAL_VFS]);

	/* The policy knows the kinds. */
	if (attrs[GPUVIRT_A_SIM_ROOT_PORT])
		params->root_port = nla_get_u32(attrs[GPUVIRT_A_SIM_ROOT_PORT]);

	return gv_nl_u32(info, GPUVIRT_A_SIM_MAX_VGPUS, &params->max_vgpus,
			 "max-vgpus", why);
}

int gpuvirt_nl_sim_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	u64 generation = gv_nl_u64(info->attrs[GPUVIRT_A_SIM_GENERATION]);
	struct gv_instance_params params = {};
	struct gv_nl_msg msg = {};
	struct gv_why why = {};
	u64 id;
	int err;

	err = gv_nl_sim_params(info, &params, &why);
	if (err)
		return gv_nl_refuse(info, err, &why);

	/* What can fail comes before the operation starts. */
	err = gv_nl_reply_start(info, &msg);
	if (err)
		return err;
	err = gv_sim_new(&params, generation, &id, &why);
	if (!err)
		err = gv_nl_put_u64(msg.skb, GPUVIRT_A_SIM_OPERATION, id);

	err = gv_nl_reply_end(info, &msg, err);
	return gv_nl_refuse(info, err, &why);
}

int gpuvirt_nl_sim_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr **attrs = info->attrs;
	struct gv_nl_msg msg = {};
	struct gv_why why = {};
	u64 id;
	int err;

	err = gv_nl_reply_start(info, &msg);
	if (err)
		return err;
	err = gv_sim_del(gv_nl_str(attrs[GPUVIRT_A_SIM_GPU]),
			 gv_nl_u64(attrs[GPUVIRT_A_SIM_GENERATION]), &id, &why);
	if (!err)
		err = gv_nl_put_u64(msg.skb, GPUVIRT_A_SIM_OPERATION, id);

	err = gv_nl_reply_end(info, &msg, err);
	return gv_nl_refuse(info, err, &why);
}

int gpuvirt_nl_sim_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr **attrs = info->attrs;
	struct gv_why why = {};
	const u32 *faults = NULL;
	u32 set;
	int err;

	if (attrs[GPUVIRT_A_SIM_FAULTS]) {
		set = nla_get_u32(attrs[GPUVIRT_A_SIM_FAULTS]);
		faults = &set;
	}
	err = gv_sim_set(gv_nl_str(attrs[GPUVIRT_A_SIM_GPU]), faults,
			 gv_nl_u64(attrs[GPUVIRT_A_SIM_GENERATION]), &why);
	return gv_nl_refuse(info, err, &why);
}
