/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Mirrors <net/genetlink.h>: pre_doit() got another first argument in 6.2, the
 * attributes of a dump another place in 6.7, and genlmsg_multicast_allns() lost its
 * flags in 6.12 and in stable kernels. Before, it left it to its callers that no
 * network namespace goes away meanwhile, which none of them knew.
 */
#ifndef GV_COMPAT_NET_GENETLINK_H
#define GV_COMPAT_NET_GENETLINK_H

#include <linux/netlink.h>
#include <linux/rcupdate.h>
#include_next <net/genetlink.h>

#ifdef GV_HAVE_GENL_INFO_DUMP
static inline struct nlattr **gv_genl_dump_attrs(struct netlink_callback *cb)
{
	return genl_info_dump(cb)->attrs;
}
#else
static inline struct nlattr **gv_genl_dump_attrs(struct netlink_callback *cb)
{
	return genl_dumpit_info(cb)->attrs;
}
#endif

#ifdef GV_HAVE_GENL_ALLNS_FLAGS
static inline int gv_genlmsg_multicast_allns(const struct genl_family *family,
					     struct sk_buff *skb, u32 portid,
					     unsigned int group)
{
	int err;

	rcu_read_lock();
	err = genlmsg_multicast_allns(family, skb, portid, group, GFP_ATOMIC);
	rcu_read_unlock();

	return err;
}
#else
#define gv_genlmsg_multicast_allns genlmsg_multicast_allns
#endif

#ifdef GV_HAVE_GENL_SPLIT_PRE_DOIT
typedef const struct genl_split_ops gv_genl_pre_ops;
#else
typedef const struct genl_ops gv_genl_pre_ops;
#endif

#endif
