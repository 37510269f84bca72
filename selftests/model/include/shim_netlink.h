/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Generic netlink, as far as the handlers of requests see it: attributes that the
 * kernel has parsed, buffers that are filled in, and what an extack carries.
 */
#ifndef GV_SHIM_NETLINK_H
#define GV_SHIM_NETLINK_H

#include <linux/genetlink.h>
#include <linux/netlink.h>

#define GV_SKB_MAX 4096
#define NETLINK_MAX_COOKIE_LEN 20
#define NLMSG_GOODSIZE GV_SKB_MAX
#define GENL_MCAST_CAP_SYS_ADMIN 1
#define CAP_SYS_ADMIN 21
#define __ro_after_init

enum { NLA_UNSPEC, NLA_U32, NLA_U64, NLA_NUL_STRING };

struct nla_policy {
	u8 type;
	u32 most, mask;
};

#define NLA_POLICY_MAX(t, n) { .type = (t), .most = (n) }
#define NLA_POLICY_MASK(t, m) { .type = (t), .mask = (m) }

/* What is sent, and at its end who has sent it. */
struct sk_buff {
	u8 data[GV_SKB_MAX];
	size_t len;
	bool admin;
};

struct netlink_ext_ack {
	char text[256];
	const struct nlattr *bad_attr;
	u32 miss_type;
	u8 cookie[NETLINK_MAX_COOKIE_LEN];
	u8 cookie_len;
};

struct genl_info {
	struct genlmsghdr *genlhdr;
	struct nlattr **attrs;
	struct netlink_ext_ack *extack;
};

struct netlink_callback {
	struct sk_buff *skb;
	const struct nlmsghdr *nlh;
	struct nlattr **attrs;
	u32 prev_seq, seq;
	long args[6];
};

struct genl_ops {
	int (*doit)(struct sk_buff *skb, struct genl_info *info);
	int (*dumpit)(struct sk_buff *skb, struct netlink_callback *cb);
	const struct nla_policy *policy;
	unsigned int maxattr;
	u8 cmd;
};

typedef const struct genl_ops gv_genl_pre_ops;

struct genl_multicast_group {
	const char *name;
	u8 flags;
};

struct genl_family {
	const char *name;
	unsigned int version;
	bool netnsok, parallel_ops;
	struct module *module;
	int (*pre_doit)(gv_genl_pre_ops *ops, struct sk_buff *skb,
			struct genl_info *info);
	const struct genl_ops *ops;
	unsigned int n_ops;
	const struct genl_multicast_group *mcgrps;
	unsigned int n_mcgrps;
};

#define genl_register_family(family) 0
#define genl_unregister_family(family) do { } while (0)
#define gv_genl_dump_attrs(cb) ((cb)->attrs)
#define NETLINK_CB(skb) gv_no_port
#define netlink_capable(skb, cap) ((skb)->admin)
#define NL_SET_ERR_MSG_FMT(extack, fmt, ...) \
	snprintf((extack)->text, sizeof((extack)->text), fmt, ##__VA_ARGS__)
#define NL_SET_ERR_ATTR_MISS(extack, nest, type) ((extack)->miss_type = (type))
#define NL_SET_BAD_ATTR(extack, attr) ((extack)->bad_attr = (attr))

#define nla_data(attr) ((void *)((u8 *)(attr) + NLA_HDRLEN))
#define nla_len(attr) ((int)(attr)->nla_len - NLA_HDRLEN)

static inline u32 nla_get_u32(const struct nlattr *attr)
{
	u32 val;

	memcpy(&val, nla_data(attr), sizeof(val));
	return val;
}

static inline u64 nla_get_u64(const struct nlattr *attr)
{
	u64 val;

	memcpy(&val, nla_data(attr), sizeof(val));
	return val;
}

static inline int nla_put(struct sk_buff *skb, u16 type, size_t len,
			  const void *data)
{
	struct nlattr *attr = (void *)(skb->data + skb->len);

	if (NLA_HDRLEN + NLA_ALIGN(len) > sizeof(skb->data) - skb->len)
		return -EMSGSIZE;
	attr->nla_type = type;
	attr->nla_len = NLA_HDRLEN + len;
	memcpy(nla_data(attr), data, len);
	skb->len += NLA_HDRLEN + NLA_ALIGN(len);
	return 0;
}

static inline int nla_put_u32(struct sk_buff *skb, u16 type, u32 val)
{
	return nla_put(skb, type, sizeof(val), &val);
}

#define nla_put_u64_64bit(skb, type, val, pad) \
	({ u64 val_ = (val); nla_put(skb, type, sizeof(val_), &val_); })
#define nla_put_string(skb, type, text) \
	({ const char *text_ = (text); nla_put(skb, type, strlen(text_) + 1, text_); })

struct gv_port {
	u32 portid;
};

static const struct gv_port gv_no_port;

/* The reply that came last is kept for the model, which frees it. */
extern struct sk_buff *gv_reply;

#define genlmsg_new(size, gfp) ((struct sk_buff *)calloc(1, sizeof(struct sk_buff)))
#define nlmsg_free(skb) free(skb)
#define genlmsg_put_reply(skb, info, family, flags, cmd) ((void *)(skb)->data)
#define genlmsg_put(skb, portid, seq, family, flags, cmd) ((void *)(skb)->data)
#define genlmsg_end(skb, hdr) do { } while (0)
#define genlmsg_cancel(skb, hdr) do { } while (0)
#define genl_dump_check_consistent(cb, hdr) do { } while (0)
#define genlmsg_reply(skb, info) (gv_reply = (skb), 0)

#endif
