/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GV_NETLINK_H
#define GV_NETLINK_H

#include <net/genetlink.h>

#include <gpuvirt/why.h>

#include "netlink-gen.h"

struct gv_gpu;
struct gv_operation;
struct gv_type;
struct gv_vf;
struct gv_vgpu;

enum gv_nlgrp {
	GV_NLGRP_CONFIG,
	GV_NLGRP_RUNTIME,
};

extern struct genl_family gv_nl_family;

int gv_netlink_init(void);
void gv_netlink_exit(void);

/* netlink_attr.c */
int gv_nl_refuse(struct genl_info *info, int err, const struct gv_why *why);
const char *gv_nl_str(struct nlattr *attr);
u64 gv_nl_u64(struct nlattr *attr);
int gv_nl_u32(struct genl_info *info, u16 attr, u32 *val, const char *name,
	      struct gv_why *why);
int gv_nl_put_u64(struct sk_buff *skb, u16 attr, u64 val);
bool gv_nl_is_admin(struct sk_buff *skb);

/**
 * struct gv_nl_msg - a reply, an entry of a dump or an event in the making
 * @skb: where it goes
 * @hdr: its header
 * @admin: the reader may know what is for administrators
 */
struct gv_nl_msg {
	struct sk_buff *skb;
	void *hdr;
	bool admin;
};

int gv_nl_reply_start(struct genl_info *info, struct gv_nl_msg *msg);
int gv_nl_reply_end(struct genl_info *info, struct gv_nl_msg *msg, int err);
int gv_nl_entry_start(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd,
		      struct gv_nl_msg *msg);
int gv_nl_entry_end(struct netlink_callback *cb, struct gv_nl_msg *msg,
		    int err);
/* Of a dump's cb->args, the others are the handler's: counts the bus's changes, too. */
#define GV_NL_DUMP_BUS 5
void gv_nl_dump_begin(struct netlink_callback *cb, bool bus);
int gv_nl_dump_end(struct sk_buff *skb, struct netlink_callback *cb);

/* Each fills one object in; 0 or -EMSGSIZE. All take gv_state_lock inside. */
int gv_nl_fill_gpu(struct gv_nl_msg *msg, struct gv_gpu *gpu);
int gv_nl_fill_type(struct gv_nl_msg *msg, struct gv_type *type);
int gv_nl_fill_vgpu(struct gv_nl_msg *msg, struct gv_vgpu *vgpu);
int gv_nl_fill_vf(struct gv_nl_msg *msg, struct gv_vf *vf);
int gv_nl_fill_operation(struct gv_nl_msg *msg, const struct gv_operation *op);

#endif
