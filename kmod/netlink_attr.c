// SPDX-License-Identifier: GPL-2.0
/* Messages: refusals, reading and writing of attributes. */
#include <net/genetlink.h>

#include "bus.h"
#include "netlink.h"
#include "state.h"

/* The last attribute that the policy of a request's command has. */
static unsigned int gv_nl_maxattr(const struct genl_info *info)
{
	unsigned int i;

	for (i = 0; i < gv_nl_family.n_ops; i++)
		if (gv_nl_family.ops[i].cmd == info->genlhdr->cmd)
			return gv_nl_family.ops[i].maxattr;
	return 0;
}

/**
 * gv_nl_refuse() - tell the caller why it is refused
 * @info: the request
 * @err: negative errno, or 0 for nothing to tell
 * @why: what lower layers have noted
 *
 * Return: @err.
 */
int gv_nl_refuse(struct genl_info *info, int err, const struct gv_why *why)
{
	struct netlink_ext_ack *extack = info->extack;
	u32 reason = why->reason;

	if (!err || !extack || !why->text[0])
		return err;

	NL_SET_ERR_MSG_FMT(extack, "%s", why->text);
	memcpy(extack->cookie, &reason, sizeof(reason));
	extack->cookie_len = sizeof(reason);
	if (why->missing)
		NL_SET_ERR_ATTR_MISS(extack, NULL, why->attr);
	else if (why->attr && why->attr <= gv_nl_maxattr(info) &&
		 info->attrs[why->attr])
		NL_SET_BAD_ATTR(extack, info->attrs[why->attr]);

	return err;
}

/**
 * gv_nl_str() - text of a string attribute
 * @attr: attribute that the policy has checked, or NULL
 *
 * Return: the text, or NULL if the request has none.
 */
const char *gv_nl_str(struct nlattr *attr)
{
	return attr ? nla_data(attr) : NULL;
}

/**
 * gv_nl_u64() - value of a 64-bit attribute
 * @attr: attribute that the policy has checked, or NULL
 *
 * Return: the value, or 0 if the request has none.
 */
u64 gv_nl_u64(struct nlattr *attr)
{
	return attr ? nla_get_u64(attr) : 0;
}

/**
 * gv_nl_u32() - value of an optional attribute that can't be 0
 * @info: the request
 * @attr: number of the attribute
 * @val: gets the value; left alone if the request has none
 * @name: name of the attribute, for the refusal
 * @why: where to note a refusal
 *
 * Return: 0, or -EINVAL if the attribute is 0.
 */
int gv_nl_u32(struct genl_info *info, u16 attr, u32 *val, const char *name,
	      struct gv_why *why)
{
	if (!info->attrs[attr])
		return 0;
	*val = nla_get_u32(info->attrs[attr]);
	if (*val)
		return 0;
	return gv_fail(why, -EINVAL, GPUVIRT_REASON_BAD_VALUE, attr,
		       "%s is 0, the least is 1", name);
}

/* The pad attribute is number 1 of every set. */
int gv_nl_put_u64(struct sk_buff *skb, u16 attr, u64 val)
{
	return nla_put_u64_64bit(skb, attr, val, GPUVIRT_A_GPU_PAD);
}

/**
 * gv_nl_is_admin() - may the sender of a request change things
 * @skb: the request
 *
 * GENL_ADMIN_PERM would ask for CAP_NET_ADMIN.
 *
 * Return: true if it has CAP_SYS_ADMIN in the initial user namespace.
 */
bool gv_nl_is_admin(struct sk_buff *skb)
{
	return netlink_capable(skb, CAP_SYS_ADMIN);
}

/**
 * gv_nl_reply_start() - start the answer to a request
 * @info: the request
 * @msg: gets the message
 *
 * Return: 0, -ENOMEM or -EMSGSIZE.
 */
int gv_nl_reply_start(struct genl_info *info, struct gv_nl_msg *msg)
{
	msg->skb = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!msg->skb)
		return -ENOMEM;
	msg->hdr = genlmsg_put_reply(msg->skb, info, &gv_nl_family, 0,
				     info->genlhdr->cmd);
	if (!msg->hdr) {
		nlmsg_free(msg->skb);
		return -EMSGSIZE;
	}

	return 0;
}

/**
 * gv_nl_reply_end() - send the answer to a request
 * @info: the request
 * @msg: the message
 * @err: what filling it in has returned; if not 0, nothing is sent
 *
 * Return: 0 or a negative errno.
 */
int gv_nl_reply_end(struct genl_info *info, struct gv_nl_msg *msg, int err)
{
	if (err) {
		nlmsg_free(msg->skb);
		return err;
	}
	genlmsg_end(msg->skb, msg->hdr);
	return genlmsg_reply(msg->skb, info);
}

/*
 * What a dump is of. One of functions changes also when one comes or goes that is no
 * GPU's, which is no change of the configuration.
 */
static u32 gv_nl_dump_generation(const struct netlink_callback *cb)
{
	u32 seq = gv_generation();

	if (cb->args[GV_NL_DUMP_BUS])
		seq += gv_bus_changes();
	return seq ?: 1;
}

/**
 * gv_nl_dump_begin() - start one part of a dump
 * @cb: the dump
 * @bus: it is of all PCI functions
 *
 * A reader learns of changes from here to the end of the dump, also if the first entry
 * comes late, or none.
 */
void gv_nl_dump_begin(struct netlink_callback *cb, bool bus)
{
	cb->args[GV_NL_DUMP_BUS] = bus;
	if (!cb->prev_seq)
		cb->prev_seq = gv_nl_dump_generation(cb);
}

/**
 * gv_nl_dump_end() - finish one part of a dump
 * @skb: the dump's buffer
 * @cb: the dump
 *
 * If what was left has gone since the last part, no entry can say so, only the
 * end of the dump can.
 *
 * Return: what the dump function returns.
 */
int gv_nl_dump_end(struct sk_buff *skb, struct netlink_callback *cb)
{
	cb->seq = gv_nl_dump_generation(cb);
	return skb->len;
}

/**
 * gv_nl_entry_start() - start one entry of a dump
 * @skb: the dump's buffer
 * @cb: the dump
 * @cmd: command of the entry
 * @msg: gets the message
 *
 * Return: 0, or -EMSGSIZE if the buffer is full.
 */
int gv_nl_entry_start(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd,
		      struct gv_nl_msg *msg)
{
	msg->skb = skb;
	msg->hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
			       cb->nlh->nlmsg_seq, &gv_nl_family, NLM_F_MULTI,
			       cmd);
	if (!msg->hdr)
		return -EMSGSIZE;

	return 0;
}

/**
 * gv_nl_entry_end() - finish one entry of a dump
 * @cb: the dump
 * @msg: the message
 * @err: what filling it in has returned; if not 0, the entry is taken back
 *
 * The entry is flagged if the configuration has changed since the one before,
 * which an entry that is taken back could not hand on.
 *
 * Return: @err.
 */
int gv_nl_entry_end(struct netlink_callback *cb, struct gv_nl_msg *msg, int err)
{
	if (err) {
		genlmsg_cancel(msg->skb, msg->hdr);
		return err;
	}
	cb->seq = gv_nl_dump_generation(cb);
	genl_dump_check_consistent(cb, msg->hdr);
	genlmsg_end(msg->skb, msg->hdr);

	return 0;
}
