// SPDX-License-Identifier: GPL-2.0
/* Requests about the PCI ids that are taken as GPUs. */
#include <net/genetlink.h>

#include "id.h"
#include "netlink.h"

static int gv_nl_fill_id(struct gv_nl_msg *msg, const struct gv_id *id)
{
	if (nla_put_u32(msg->skb, GPUVIRT_A_ID_VENDOR, id->vendor) ||
	    nla_put_u32(msg->skb, GPUVIRT_A_ID_DEVICE, id->device))
		return -EMSGSIZE;
	return 0;
}

/* 0xffff is what a function that is not there reads as. */
static int gv_nl_id_half(struct genl_info *info, u16 attr, const char *name,
			 u16 *val, struct gv_why *why)
{
	u32 num;
	int err;

	if (!info->attrs[attr]) {
		err = gv_fail(why, -EINVAL, GPUVIRT_REASON_MISSING_ATTRIBUTE,
			      attr, "the %s id is missing", name);
		why->missing = true;
		return err;
	}
	num = nla_get_u32(info->attrs[attr]);
	if (num >= 0xffff)
		return gv_fail(why, -ERANGE, GPUVIRT_REASON_BAD_VALUE, attr,
			       "%s id 0x%x is not from 0x0 to 0xfffe", name,
			       num);
	*val = num;

	return 0;
}

static int gv_nl_id(struct genl_info *info, struct gv_id *id,
		    struct gv_why *why)
{
	int err;

	err = gv_nl_id_half(info, GPUVIRT_A_ID_VENDOR, "vendor", &id->vendor,
			    why);
	if (!err)
		err = gv_nl_id_half(info, GPUVIRT_A_ID_DEVICE, "device",
				    &id->device, why);
	return err;
}

int gpuvirt_nl_id_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct gv_nl_msg msg = {};
	struct gv_why why = {};
	struct gv_id id;
	int err;

	err = gv_nl_id(info, &id, &why);
	if (!err)
		err = gv_id_find(&id, &why);
	if (err)
		return gv_nl_refuse(info, err, &why);

	err = gv_nl_reply_start(info, &msg);
	if (err)
		return err;
	return gv_nl_reply_end(info, &msg, gv_nl_fill_id(&msg, &id));
}

static bool gv_nl_id_wanted(struct nlattr **attrs, const struct gv_id *id)
{
	struct nlattr *vendor = attrs[GPUVIRT_A_ID_VENDOR];
	struct nlattr *device = attrs[GPUVIRT_A_ID_DEVICE];

	return (!vendor || nla_get_u32(vendor) == id->vendor) &&
	       (!device || nla_get_u32(device) == id->device);
}

int gpuvirt_nl_id_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nlattr **attrs = gv_genl_dump_attrs(cb);
	struct gv_nl_msg msg = {};
	struct gv_id id;
	int err;

	gv_nl_dump_begin(cb, false);
	while (gv_id_nth(cb->args[0], &id)) {
		if (gv_nl_id_wanted(attrs, &id)) {
			err = gv_nl_entry_start(skb, cb, GPUVIRT_CMD_ID_GET,
						&msg);
			if (!err)
				err = gv_nl_entry_end(cb, &msg,
						      gv_nl_fill_id(&msg, &id));
			if (err)
				break;
		}
		cb->args[0]++;
	}

	return gv_nl_dump_end(skb, cb);
}

static int gv_nl_id_op(struct genl_info *info,
		       int (*start)(const struct gv_id *id, u64 *op_id,
				    struct gv_why *why))
{
	struct gv_nl_msg msg = {};
	struct gv_why why = {};
	struct gv_id id;
	u64 op_id;
	int err;

	err = gv_nl_id(info, &id, &why);
	if (err)
		return gv_nl_refuse(info, err, &why);

	/* What can fail comes before the operation starts. */
	err = gv_nl_reply_start(info, &msg);
	if (err)
		return err;
	err = start(&id, &op_id, &why);
	if (!err)
		err = gv_nl_put_u64(msg.skb, GPUVIRT_A_ID_OPERATION, op_id);

	err = gv_nl_reply_end(info, &msg, err);
	return gv_nl_refuse(info, err, &why);
}

int gpuvirt_nl_id_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	return gv_nl_id_op(info, gv_id_new_op);
}

int gpuvirt_nl_id_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	return gv_nl_id_op(info, gv_id_del_op);
}
