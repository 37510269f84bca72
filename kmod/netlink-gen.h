/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/gpuvirt.yaml */
/* YNL-GEN kernel header */

#ifndef _LINUX_GPUVIRT_GEN_H
#define _LINUX_GPUVIRT_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/gpuvirt.h>

extern const struct nla_policy gpuvirt_info_get_nl_policy[GPUVIRT_A_INFO_GENERATION + 1];

extern const struct nla_policy gpuvirt_gpu_get_nl_policy[GPUVIRT_A_GPU_ADDRESS + 1];

extern const struct nla_policy gpuvirt_gpu_set_nl_policy[GPUVIRT_A_GPU_VF_DRIVER + 1];

extern const struct nla_policy gpuvirt_type_get_nl_policy[GPUVIRT_A_TYPE_NAME + 1];

extern const struct nla_policy gpuvirt_type_new_nl_policy[GPUVIRT_A_TYPE_GENERATION + 1];

extern const struct nla_policy gpuvirt_type_del_nl_policy[GPUVIRT_A_TYPE_GENERATION + 1];

extern const struct nla_policy gpuvirt_vgpu_get_nl_policy[GPUVIRT_A_VGPU_GPU + 1];

extern const struct nla_policy gpuvirt_vgpu_retire_nl_policy[GPUVIRT_A_VGPU_GENERATION + 1];

extern const struct nla_policy gpuvirt_vgpu_reset_nl_policy[GPUVIRT_A_VGPU_SERIAL + 1];

extern const struct nla_policy gpuvirt_vf_get_nl_policy[GPUVIRT_A_VF_GPU + 1];

extern const struct nla_policy gpuvirt_vf_enable_nl_policy[GPUVIRT_A_VF_GENERATION + 1];

extern const struct nla_policy gpuvirt_vf_disable_nl_policy[GPUVIRT_A_VF_GENERATION + 1];

extern const struct nla_policy gpuvirt_vf_reset_nl_policy[GPUVIRT_A_VF_SERIAL + 1];

extern const struct nla_policy gpuvirt_id_get_nl_policy[GPUVIRT_A_ID_DEVICE + 1];

extern const struct nla_policy gpuvirt_id_new_nl_policy[GPUVIRT_A_ID_DEVICE + 1];

extern const struct nla_policy gpuvirt_id_del_nl_policy[GPUVIRT_A_ID_DEVICE + 1];

extern const struct nla_policy gpuvirt_sim_new_nl_policy[GPUVIRT_A_SIM_GENERATION + 1];

extern const struct nla_policy gpuvirt_sim_del_nl_policy[GPUVIRT_A_SIM_GENERATION + 1];

extern const struct nla_policy gpuvirt_sim_set_nl_policy[GPUVIRT_A_SIM_GENERATION + 1];

extern const struct nla_policy gpuvirt_operation_get_nl_policy[GPUVIRT_A_OPERATION_ID + 1];

extern const struct nla_policy gpuvirt_group_get_nl_policy[GPUVIRT_A_GROUP_GROUP + 1];

/* Ops table for gpuvirt */
extern const struct genl_ops gpuvirt_nl_ops[21];

int gpuvirt_nl_info_get_doit(struct sk_buff *skb, struct genl_info *info);
int gpuvirt_nl_gpu_get_doit(struct sk_buff *skb, struct genl_info *info);
int gpuvirt_nl_gpu_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int gpuvirt_nl_gpu_set_doit(struct sk_buff *skb, struct genl_info *info);
int gpuvirt_nl_type_get_doit(struct sk_buff *skb, struct genl_info *info);
int gpuvirt_nl_type_get_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb);
int gpuvirt_nl_type_new_doit(struct sk_buff *skb, struct genl_info *info);
int gpuvirt_nl_type_del_doit(struct sk_buff *skb, struct genl_info *info);
int gpuvirt_nl_vgpu_get_doit(struct sk_buff *skb, struct genl_info *info);
int gpuvirt_nl_vgpu_get_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb);
int gpuvirt_nl_vgpu_retire_doit(struct sk_buff *skb, struct genl_info *info);
int gpuvirt_nl_vgpu_reset_doit(struct sk_buff *skb, struct genl_info *info);
int gpuvirt_nl_vf_get_doit(struct sk_buff *skb, struct genl_info *info);
int gpuvirt_nl_vf_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int gpuvirt_nl_vf_enable_doit(struct sk_buff *skb, struct genl_info *info);
int gpuvirt_nl_vf_disable_doit(struct sk_buff *skb, struct genl_info *info);
int gpuvirt_nl_vf_reset_doit(struct sk_buff *skb, struct genl_info *info);
int gpuvirt_nl_id_get_doit(struct sk_buff *skb, struct genl_info *info);
int gpuvirt_nl_id_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int gpuvirt_nl_id_new_doit(struct sk_buff *skb, struct genl_info *info);
int gpuvirt_nl_id_del_doit(struct sk_buff *skb, struct genl_info *info);
int gpuvirt_nl_sim_new_doit(struct sk_buff *skb, struct genl_info *info);
int gpuvirt_nl_sim_del_doit(struct sk_buff *skb, struct genl_info *info);
int gpuvirt_nl_sim_set_doit(struct sk_buff *skb, struct genl_info *info);
int gpuvirt_nl_operation_get_doit(struct sk_buff *skb, struct genl_info *info);
int gpuvirt_nl_operation_get_dumpit(struct sk_buff *skb,
				    struct netlink_callback *cb);
int gpuvirt_nl_group_get_doit(struct sk_buff *skb, struct genl_info *info);
int gpuvirt_nl_group_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb);

#endif /* _LINUX_GPUVIRT_GEN_H */
