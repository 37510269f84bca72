// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/gpuvirt.yaml */
/* YNL-GEN kernel source */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "netlink-gen.h"

#include <uapi/linux/gpuvirt.h>

/* GPUVIRT_CMD_INFO_GET - do */
const struct nla_policy gpuvirt_info_get_nl_policy[GPUVIRT_A_INFO_GENERATION + 1] = {
	[GPUVIRT_A_INFO_GENERATION] = { .type = NLA_U64, },
};

/* GPUVIRT_CMD_GPU_GET - do */
const struct nla_policy gpuvirt_gpu_get_nl_policy[GPUVIRT_A_GPU_ADDRESS + 1] = {
	[GPUVIRT_A_GPU_ADDRESS] = { .type = NLA_NUL_STRING, },
};

/* GPUVIRT_CMD_GPU_SET - do */
const struct nla_policy gpuvirt_gpu_set_nl_policy[GPUVIRT_A_GPU_VF_DRIVER + 1] = {
	[GPUVIRT_A_GPU_ADDRESS] = { .type = NLA_NUL_STRING, },
	[GPUVIRT_A_GPU_BACKING_LIMIT] = { .type = NLA_U64, },
	[GPUVIRT_A_GPU_DRAIN] = { .type = NLA_U32, },
	[GPUVIRT_A_GPU_VF_DRIVER] = { .type = NLA_NUL_STRING, },
	[GPUVIRT_A_GPU_GENERATION] = { .type = NLA_U64, },
};

/* GPUVIRT_CMD_TYPE_GET - do */
const struct nla_policy gpuvirt_type_get_nl_policy[GPUVIRT_A_TYPE_NAME + 1] = {
	[GPUVIRT_A_TYPE_GPU] = { .type = NLA_NUL_STRING, },
	[GPUVIRT_A_TYPE_NAME] = { .type = NLA_NUL_STRING, },
};

/* GPUVIRT_CMD_TYPE_NEW - do */
const struct nla_policy gpuvirt_type_new_nl_policy[GPUVIRT_A_TYPE_GENERATION + 1] = {
	[GPUVIRT_A_TYPE_GPU] = { .type = NLA_NUL_STRING, },
	[GPUVIRT_A_TYPE_NAME] = { .type = NLA_NUL_STRING, },
	[GPUVIRT_A_TYPE_SERIES] = { .type = NLA_NUL_STRING, },
	[GPUVIRT_A_TYPE_FRAMEBUFFER] = { .type = NLA_U64, },
	[GPUVIRT_A_TYPE_MAX_INSTANCES] = { .type = NLA_U32, },
	[GPUVIRT_A_TYPE_HEADS] = { .type = NLA_U32, },
	[GPUVIRT_A_TYPE_XRES] = { .type = NLA_U32, },
	[GPUVIRT_A_TYPE_YRES] = { .type = NLA_U32, },
	[GPUVIRT_A_TYPE_WEIGHT] = { .type = NLA_U32, },
	[GPUVIRT_A_TYPE_GENERATION] = { .type = NLA_U64, },
};

/* GPUVIRT_CMD_TYPE_DEL - do */
const struct nla_policy gpuvirt_type_del_nl_policy[GPUVIRT_A_TYPE_GENERATION + 1] = {
	[GPUVIRT_A_TYPE_GPU] = { .type = NLA_NUL_STRING, },
	[GPUVIRT_A_TYPE_NAME] = { .type = NLA_NUL_STRING, },
	[GPUVIRT_A_TYPE_GENERATION] = { .type = NLA_U64, },
};

/* GPUVIRT_CMD_VGPU_GET - do */
const struct nla_policy gpuvirt_vgpu_get_nl_policy[GPUVIRT_A_VGPU_GPU + 1] = {
	[GPUVIRT_A_VGPU_ID] = { .type = NLA_NUL_STRING, },
	[GPUVIRT_A_VGPU_GPU] = { .type = NLA_NUL_STRING, },
};

/* GPUVIRT_CMD_VGPU_RETIRE - do */
const struct nla_policy gpuvirt_vgpu_retire_nl_policy[GPUVIRT_A_VGPU_GENERATION + 1] = {
	[GPUVIRT_A_VGPU_ID] = { .type = NLA_NUL_STRING, },
	[GPUVIRT_A_VGPU_SERIAL] = { .type = NLA_U64, },
	[GPUVIRT_A_VGPU_GENERATION] = { .type = NLA_U64, },
};

/* GPUVIRT_CMD_VGPU_RESET - do */
const struct nla_policy gpuvirt_vgpu_reset_nl_policy[GPUVIRT_A_VGPU_SERIAL + 1] = {
	[GPUVIRT_A_VGPU_ID] = { .type = NLA_NUL_STRING, },
	[GPUVIRT_A_VGPU_SERIAL] = { .type = NLA_U64, },
};

/* GPUVIRT_CMD_VF_GET - do */
const struct nla_policy gpuvirt_vf_get_nl_policy[GPUVIRT_A_VF_GPU + 1] = {
	[GPUVIRT_A_VF_ADDRESS] = { .type = NLA_NUL_STRING, },
	[GPUVIRT_A_VF_GPU] = { .type = NLA_NUL_STRING, },
};

/* GPUVIRT_CMD_VF_ENABLE - do */
const struct nla_policy gpuvirt_vf_enable_nl_policy[GPUVIRT_A_VF_GENERATION + 1] = {
	[GPUVIRT_A_VF_GPU] = { .type = NLA_NUL_STRING, },
	[GPUVIRT_A_VF_COUNT] = { .type = NLA_U32, },
	[GPUVIRT_A_VF_DRIVER] = { .type = NLA_NUL_STRING, },
	[GPUVIRT_A_VF_RESIZE] = { .type = NLA_U32, },
	[GPUVIRT_A_VF_GENERATION] = { .type = NLA_U64, },
};

/* GPUVIRT_CMD_VF_DISABLE - do */
const struct nla_policy gpuvirt_vf_disable_nl_policy[GPUVIRT_A_VF_GENERATION + 1] = {
	[GPUVIRT_A_VF_GPU] = { .type = NLA_NUL_STRING, },
	[GPUVIRT_A_VF_GENERATION] = { .type = NLA_U64, },
};

/* GPUVIRT_CMD_VF_RESET - do */
const struct nla_policy gpuvirt_vf_reset_nl_policy[GPUVIRT_A_VF_SERIAL + 1] = {
	[GPUVIRT_A_VF_ADDRESS] = { .type = NLA_NUL_STRING, },
	[GPUVIRT_A_VF_SERIAL] = { .type = NLA_U64, },
	[GPUVIRT_A_VF_GPU] = { .type = NLA_NUL_STRING, },
};

/* GPUVIRT_CMD_ID_GET - do */
const struct nla_policy gpuvirt_id_get_nl_policy[GPUVIRT_A_ID_DEVICE + 1] = {
	[GPUVIRT_A_ID_VENDOR] = { .type = NLA_U32, },
	[GPUVIRT_A_ID_DEVICE] = { .type = NLA_U32, },
};

/* GPUVIRT_CMD_ID_NEW - do */
const struct nla_policy gpuvirt_id_new_nl_policy[GPUVIRT_A_ID_DEVICE + 1] = {
	[GPUVIRT_A_ID_VENDOR] = { .type = NLA_U32, },
	[GPUVIRT_A_ID_DEVICE] = { .type = NLA_U32, },
};

/* GPUVIRT_CMD_ID_DEL - do */
const struct nla_policy gpuvirt_id_del_nl_policy[GPUVIRT_A_ID_DEVICE + 1] = {
	[GPUVIRT_A_ID_VENDOR] = { .type = NLA_U32, },
	[GPUVIRT_A_ID_DEVICE] = { .type = NLA_U32, },
};

/* GPUVIRT_CMD_SIM_NEW - do */
const struct nla_policy gpuvirt_sim_new_nl_policy[GPUVIRT_A_SIM_GENERATION + 1] = {
	[GPUVIRT_A_SIM_MODEL] = { .type = NLA_NUL_STRING, },
	[GPUVIRT_A_SIM_VRAM] = { .type = NLA_U64, },
	[GPUVIRT_A_SIM_BACKING_LIMIT] = { .type = NLA_U64, },
	[GPUVIRT_A_SIM_MAX_VGPUS] = { .type = NLA_U32, },
	[GPUVIRT_A_SIM_DOMAIN] = { .type = NLA_U32, },
	[GPUVIRT_A_SIM_TOTAL_VFS] = { .type = NLA_U32, },
	[GPUVIRT_A_SIM_ROOT_PORT] = NLA_POLICY_MAX(NLA_U32, 3),
	[GPUVIRT_A_SIM_GENERATION] = { .type = NLA_U64, },
};

/* GPUVIRT_CMD_SIM_DEL - do */
const struct nla_policy gpuvirt_sim_del_nl_policy[GPUVIRT_A_SIM_GENERATION + 1] = {
	[GPUVIRT_A_SIM_GPU] = { .type = NLA_NUL_STRING, },
	[GPUVIRT_A_SIM_GENERATION] = { .type = NLA_U64, },
};

/* GPUVIRT_CMD_SIM_SET - do */
const struct nla_policy gpuvirt_sim_set_nl_policy[GPUVIRT_A_SIM_GENERATION + 1] = {
	[GPUVIRT_A_SIM_GPU] = { .type = NLA_NUL_STRING, },
	[GPUVIRT_A_SIM_FAULTS] = NLA_POLICY_MASK(NLA_U32, 0x1ff),
	[GPUVIRT_A_SIM_GENERATION] = { .type = NLA_U64, },
};

/* GPUVIRT_CMD_OPERATION_GET - do */
const struct nla_policy gpuvirt_operation_get_nl_policy[GPUVIRT_A_OPERATION_ID + 1] = {
	[GPUVIRT_A_OPERATION_ID] = { .type = NLA_U64, },
};

/* GPUVIRT_CMD_GROUP_GET - do */
const struct nla_policy gpuvirt_group_get_nl_policy[GPUVIRT_A_GROUP_GROUP + 1] = {
	[GPUVIRT_A_GROUP_ADDRESS] = { .type = NLA_NUL_STRING, },
	[GPUVIRT_A_GROUP_GROUP] = { .type = NLA_U32, },
};

/* Ops table for gpuvirt */
const struct genl_ops gpuvirt_nl_ops[21] = {
	{
		.cmd		= GPUVIRT_CMD_INFO_GET,
		.doit		= gpuvirt_nl_info_get_doit,
		.policy		= gpuvirt_info_get_nl_policy,
		.maxattr	= GPUVIRT_A_INFO_GENERATION,
	},
	{
		.cmd		= GPUVIRT_CMD_GPU_GET,
		.doit		= gpuvirt_nl_gpu_get_doit,
		.dumpit		= gpuvirt_nl_gpu_get_dumpit,
		.policy		= gpuvirt_gpu_get_nl_policy,
		.maxattr	= GPUVIRT_A_GPU_ADDRESS,
	},
	{
		.cmd		= GPUVIRT_CMD_GPU_SET,
		.doit		= gpuvirt_nl_gpu_set_doit,
		.policy		= gpuvirt_gpu_set_nl_policy,
		.maxattr	= GPUVIRT_A_GPU_VF_DRIVER,
	},
	{
		.cmd		= GPUVIRT_CMD_TYPE_GET,
		.doit		= gpuvirt_nl_type_get_doit,
		.dumpit		= gpuvirt_nl_type_get_dumpit,
		.policy		= gpuvirt_type_get_nl_policy,
		.maxattr	= GPUVIRT_A_TYPE_NAME,
	},
	{
		.cmd		= GPUVIRT_CMD_TYPE_NEW,
		.doit		= gpuvirt_nl_type_new_doit,
		.policy		= gpuvirt_type_new_nl_policy,
		.maxattr	= GPUVIRT_A_TYPE_GENERATION,
	},
	{
		.cmd		= GPUVIRT_CMD_TYPE_DEL,
		.doit		= gpuvirt_nl_type_del_doit,
		.policy		= gpuvirt_type_del_nl_policy,
		.maxattr	= GPUVIRT_A_TYPE_GENERATION,
	},
	{
		.cmd		= GPUVIRT_CMD_VGPU_GET,
		.doit		= gpuvirt_nl_vgpu_get_doit,
		.dumpit		= gpuvirt_nl_vgpu_get_dumpit,
		.policy		= gpuvirt_vgpu_get_nl_policy,
		.maxattr	= GPUVIRT_A_VGPU_GPU,
	},
	{
		.cmd		= GPUVIRT_CMD_VGPU_RETIRE,
		.doit		= gpuvirt_nl_vgpu_retire_doit,
		.policy		= gpuvirt_vgpu_retire_nl_policy,
		.maxattr	= GPUVIRT_A_VGPU_GENERATION,
	},
	{
		.cmd		= GPUVIRT_CMD_VGPU_RESET,
		.doit		= gpuvirt_nl_vgpu_reset_doit,
		.policy		= gpuvirt_vgpu_reset_nl_policy,
		.maxattr	= GPUVIRT_A_VGPU_SERIAL,
	},
	{
		.cmd		= GPUVIRT_CMD_VF_GET,
		.doit		= gpuvirt_nl_vf_get_doit,
		.dumpit		= gpuvirt_nl_vf_get_dumpit,
		.policy		= gpuvirt_vf_get_nl_policy,
		.maxattr	= GPUVIRT_A_VF_GPU,
	},
	{
		.cmd		= GPUVIRT_CMD_VF_ENABLE,
		.doit		= gpuvirt_nl_vf_enable_doit,
		.policy		= gpuvirt_vf_enable_nl_policy,
		.maxattr	= GPUVIRT_A_VF_GENERATION,
	},
	{
		.cmd		= GPUVIRT_CMD_VF_DISABLE,
		.doit		= gpuvirt_nl_vf_disable_doit,
		.policy		= gpuvirt_vf_disable_nl_policy,
		.maxattr	= GPUVIRT_A_VF_GENERATION,
	},
	{
		.cmd		= GPUVIRT_CMD_VF_RESET,
		.doit		= gpuvirt_nl_vf_reset_doit,
		.policy		= gpuvirt_vf_reset_nl_policy,
		.maxattr	= GPUVIRT_A_VF_SERIAL,
	},
	{
		.cmd		= GPUVIRT_CMD_ID_GET,
		.doit		= gpuvirt_nl_id_get_doit,
		.dumpit		= gpuvirt_nl_id_get_dumpit,
		.policy		= gpuvirt_id_get_nl_policy,
		.maxattr	= GPUVIRT_A_ID_DEVICE,
	},
	{
		.cmd		= GPUVIRT_CMD_ID_NEW,
		.doit		= gpuvirt_nl_id_new_doit,
		.policy		= gpuvirt_id_new_nl_policy,
		.maxattr	= GPUVIRT_A_ID_DEVICE,
	},
	{
		.cmd		= GPUVIRT_CMD_ID_DEL,
		.doit		= gpuvirt_nl_id_del_doit,
		.policy		= gpuvirt_id_del_nl_policy,
		.maxattr	= GPUVIRT_A_ID_DEVICE,
	},
	{
		.cmd		= GPUVIRT_CMD_SIM_NEW,
		.doit		= gpuvirt_nl_sim_new_doit,
		.policy		= gpuvirt_sim_new_nl_policy,
		.maxattr	= GPUVIRT_A_SIM_GENERATION,
	},
	{
		.cmd		= GPUVIRT_CMD_SIM_DEL,
		.doit		= gpuvirt_nl_sim_del_doit,
		.policy		= gpuvirt_sim_del_nl_policy,
		.maxattr	= GPUVIRT_A_SIM_GENERATION,
	},
	{
		.cmd		= GPUVIRT_CMD_SIM_SET,
		.doit		= gpuvirt_nl_sim_set_doit,
		.policy		= gpuvirt_sim_set_nl_policy,
		.maxattr	= GPUVIRT_A_SIM_GENERATION,
	},
	{
		.cmd		= GPUVIRT_CMD_OPERATION_GET,
		.doit		= gpuvirt_nl_operation_get_doit,
		.dumpit		= gpuvirt_nl_operation_get_dumpit,
		.policy		= gpuvirt_operation_get_nl_policy,
		.maxattr	= GPUVIRT_A_OPERATION_ID,
	},
	{
		.cmd		= GPUVIRT_CMD_GROUP_GET,
		.doit		= gpuvirt_nl_group_get_doit,
		.dumpit		= gpuvirt_nl_group_get_dumpit,
		.policy		= gpuvirt_group_get_nl_policy,
		.maxattr	= GPUVIRT_A_GROUP_GROUP,
	},
};
