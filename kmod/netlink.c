// SPDX-License-Identifier: GPL-2.0
/*
 * The family itself, and who may do what. Handlers may run in parallel and none
 * waits for a device or a client: one that sleeps would stop generic netlink
 * for the whole host.
 */
#include <linux/module.h>
#include <net/genetlink.h>

#include "event.h"
#include "mdev.h"
#include "netlink.h"
#include "state.h"

/* The policy sees to it that a text ends, not that it ends only once. */
static int gv_nl_check_texts(gv_genl_pre_ops *ops, struct genl_info *info)
{
	struct gv_why why = {};
	struct nlattr *attr;
	unsigned int i;
	int err;

	for (i = 1; i <= ops->maxattr; i++) {
		attr = info->attrs[i];
		if (!attr || ops->policy[i].type != NLA_NUL_STRING ||
		    strlen(nla_data(attr)) + 1 == nla_len(attr))
			continue;
		err = gv_fail(&why, -EINVAL, GPUVIRT_REASON_BAD_VALUE, i,
			      "a text has a zero byte at %zu, before its end",
			      strlen(nla_data(attr)));
		return gv_nl_refuse(info, err, &why);
	}
	return 0;
}

static int gv_nl_pre_doit(gv_genl_pre_ops *ops, struct sk_buff *skb,
			  struct genl_info *info)
{
	struct gv_why why = {};
	int err;

	switch (ops->cmd) {
	case GPUVIRT_CMD_INFO_GET:
	case GPUVIRT_CMD_GPU_GET:
	case GPUVIRT_CMD_TYPE_GET:
	case GPUVIRT_CMD_VGPU_GET:
	case GPUVIRT_CMD_VF_GET:
	case GPUVIRT_CMD_ID_GET:
	case GPUVIRT_CMD_OPERATION_GET:
	case GPUVIRT_CMD_GROUP_GET:
		return gv_nl_check_texts(ops, info);
	}
	if (gv_nl_is_admin(skb))
		return gv_nl_check_texts(ops, info);

	err = gv_fail(&why, -EPERM, GPUVIRT_REASON_NOT_PERMITTED, 0,
		      "needs CAP_SYS_ADMIN in the initial user namespace");
	return gv_nl_refuse(info, err, &why);
}

static const struct genl_multicast_group gv_nl_mcgrps[] = {
	[GV_NLGRP_CONFIG] = { .name = GPUVIRT_MCGRP_CONFIG, },
	[GV_NLGRP_RUNTIME] = {
		.name = GPUVIRT_MCGRP_RUNTIME,
		.flags = GENL_MCAST_CAP_SYS_ADMIN,
	},
};

struct genl_family gv_nl_family __ro_after_init = {
	.name = GPUVIRT_FAMILY_NAME,
	.version = GPUVIRT_FAMILY_VERSION,
	.netnsok = true,
	.parallel_ops = true,
	.module = THIS_MODULE,
	.pre_doit = gv_nl_pre_doit,
	.ops = gpuvirt_nl_ops,
	.n_ops = ARRAY_SIZE(gpuvirt_nl_ops),
	.mcgrps = gv_nl_mcgrps,
	.n_mcgrps = ARRAY_SIZE(gv_nl_mcgrps),
};

int gpuvirt_nl_info_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct gv_nl_msg msg = {};
	struct gv_why why = {};
	u64 caps = 0;
	int err;

	spin_lock(&gv_state_lock);
	err = gv_check_generation(gv_nl_u64(info->attrs[GPUVIRT_A_INFO_GENERATION]),
				  GPUVIRT_A_INFO_GENERATION, &why);
	spin_unlock(&gv_state_lock);
	if (err)
		return gv_nl_refuse(info, err, &why);

	err = gv_nl_reply_start(info, &msg);
	if (err)
		return err;

	if (gv_mdev_present())
		caps |= GPUVIRT_CAPABILITY_MDEV;
	/* As Kbuild has it. */
	if (IS_ENABLED(CONFIG_X86) && IS_ENABLED(CONFIG_PCI_IOV) &&
	    IS_ENABLED(CONFIG_PCI_MSI) && IS_ENABLED(CONFIG_IOMMU_API))
		caps |= GPUVIRT_CAPABILITY_SIM;

	if (nla_put_string(msg.skb, GPUVIRT_A_INFO_VERSION, GV_VERSION) ||
	    gv_nl_put_u64(msg.skb, GPUVIRT_A_INFO_CAPABILITIES, caps) ||
	    gv_nl_put_u64(msg.skb, GPUVIRT_A_INFO_GENERATION,
			  gv_generation()) ||
	    gv_nl_put_u64(msg.skb, GPUVIRT_A_INFO_CONFIG_SEQ,
			  gv_event_config_seq()) ||
	    (gv_nl_is_admin(skb) &&
	     gv_nl_put_u64(msg.skb, GPUVIRT_A_INFO_RUNTIME_SEQ,
			   gv_event_runtime_seq())))
		err = -EMSGSIZE;

	return gv_nl_reply_end(info, &msg, err);
}

int gv_netlink_init(void)
{
	return genl_register_family(&gv_nl_family);
}

void gv_netlink_exit(void)
{
	gv_event_stop();
	genl_unregister_family(&gv_nl_family);
}
