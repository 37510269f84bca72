// SPDX-License-Identifier: GPL-2.0
/* Tables of the spec's attributes; tests/spec.py compares them with it. */
#include "attr.h"

#define GV_COUNT(a)	(sizeof(a) / sizeof((a)[0]))
#define GV_NAMES(id, ...)						\
	static const char *const id##_name[] = { __VA_ARGS__ };	\
	const struct gv_names id = { id##_name, GV_COUNT(id##_name) }
#define GV_STATIC_NAMES(id, ...)					\
	static const char *const id##_name[] = { __VA_ARGS__ };	\
	static const struct gv_names id = { id##_name, GV_COUNT(id##_name) }

GV_NAMES(gv_names_reason,
	 "none", "not-permitted", "missing-attribute", "bad-value",
	 "stale-generation", "no-memory", "kernel-no-mdev", "gpu-unknown",
	 "gpu-no-backend", "gpu-no-driver", "gpu-leaving", "gpu-draining",
	 "gpu-busy", "gpu-full", "not-simulated", "type-unknown",
	 "type-exists", "type-in-use", "type-full", "type-limit",
	 "name-invalid", "framebuffer-invalid", "framebuffer-too-large",
	 "resolution-invalid", "vram-exhausted", "vram-fragmented",
	 "vgpu-unknown", "vgpu-open", "vgpu-retired", "backing-limit",
	 "not-supported", "backend-missing", "model-unknown",
	 "domain-in-use", "function-unknown", "operation-unknown",
	 "operation-limit", "device-error", "gpu-changing", "sriov-none",
	 "sriov-driver", "sriov-resources", "vfs-enabled", "vf-unknown",
	 "vf-open", "vf-driven", "driver-unknown", "id-exists", "id-unknown",
	 "id-limit", "iommu-conflict", "sriov-off");
GV_STATIC_NAMES(capability, "mdev", "sim");
GV_STATIC_NAMES(method, "passthrough", "mdev", "sriov", "partition");
GV_STATIC_NAMES(root_port, "none", "acs", "acs-off", "no-acs");
GV_STATIC_NAMES(sim_fault, "few-vfs", "vf-enable", "vf-probe", "flr-stuck",
		"vf-disable", "no-vfs", "sriov-off", "vf-buses", "vf-bars");
GV_STATIC_NAMES(via, "mdev", "vf");
GV_STATIC_NAMES(operation_kind, "sim-new", "sim-del", "vgpu-reset",
		"vf-enable", "vf-disable", "vf-reset", "id-new", "id-del");
GV_STATIC_NAMES(operation_state, "running", "done", "failed");
GV_STATIC_NAMES(vgpu_event, "opened", "closed", "reset", "backing-limit");

#define GV_U32(n)	{ n, GV_WIRE_U32, GV_SHOW_PLAIN, NULL }
#define GV_U64(n)	{ n, GV_WIRE_U64, GV_SHOW_PLAIN, NULL }
#define GV_STR(n)	{ n, GV_WIRE_STRING, GV_SHOW_PLAIN, NULL }
#define GV_SIZE(n)	{ n, GV_WIRE_U64, GV_SHOW_SIZE, NULL }
#define GV_HEX(n)	{ n, GV_WIRE_U32, GV_SHOW_HEX, NULL }
#define GV_CLASS(n)	{ n, GV_WIRE_U32, GV_SHOW_CLASS, NULL }
#define GV_BOOL(n)	{ n, GV_WIRE_U32, GV_SHOW_BOOL, NULL }
#define GV_SWITCH(n)	{ n, GV_WIRE_U32, GV_SHOW_SWITCH, NULL }
#define GV_ENUM(n, e)	{ n, GV_WIRE_U32, GV_SHOW_ENUM, &(e) }
#define GV_FLAG32(n, e)	{ n, GV_WIRE_U32, GV_SHOW_FLAGS, &(e) }
#define GV_FLAG64(n, e)	{ n, GV_WIRE_U64, GV_SHOW_FLAGS, &(e) }

static const struct gv_attr info_attr[] = {
	[GPUVIRT_A_INFO_VERSION]	= GV_STR("version"),
	[GPUVIRT_A_INFO_CAPABILITIES]	= GV_FLAG64("capabilities", capability),
	[GPUVIRT_A_INFO_GENERATION]	= GV_U64("generation"),
	[GPUVIRT_A_INFO_CONFIG_SEQ]	= GV_U64("config-seq"),
	[GPUVIRT_A_INFO_RUNTIME_SEQ]	= GV_U64("runtime-seq"),
};

static const struct gv_attr gpu_attr[] = {
	[GPUVIRT_A_GPU_ADDRESS]		= GV_STR("address"),
	[GPUVIRT_A_GPU_VENDOR]		= GV_HEX("vendor"),
	[GPUVIRT_A_GPU_DEVICE]		= GV_HEX("device"),
	[GPUVIRT_A_GPU_SUBVENDOR]	= GV_HEX("subvendor"),
	[GPUVIRT_A_GPU_SUBDEVICE]	= GV_HEX("subdevice"),
	[GPUVIRT_A_GPU_CLASS]		= GV_CLASS("class"),
	[GPUVIRT_A_GPU_DRIVER]		= GV_STR("driver"),
	[GPUVIRT_A_GPU_IOMMU_GROUP]	= GV_U32("iommu-group"),
	[GPUVIRT_A_GPU_NUMA_NODE]	= GV_U32("numa-node"),
	[GPUVIRT_A_GPU_METHODS]		= GV_FLAG32("methods", method),
	[GPUVIRT_A_GPU_BACKEND]		= GV_STR("backend"),
	[GPUVIRT_A_GPU_MODEL]		= GV_STR("model"),
	[GPUVIRT_A_GPU_MDEV_REASON]	= GV_ENUM("mdev-reason",
						  gv_names_reason),
	[GPUVIRT_A_GPU_MDEV_TEXT]	= GV_STR("mdev-text"),
	[GPUVIRT_A_GPU_VRAM]		= GV_SIZE("vram"),
	[GPUVIRT_A_GPU_VRAM_FREE]	= GV_SIZE("vram-free"),
	[GPUVIRT_A_GPU_VRAM_LARGEST]	= GV_SIZE("vram-largest"),
	[GPUVIRT_A_GPU_BACKING_LIMIT]	= GV_SIZE("backing-limit"),
	[GPUVIRT_A_GPU_BACKING_USED]	= GV_SIZE("backing-used"),
	[GPUVIRT_A_GPU_MAX_VGPUS]	= GV_U32("max-vgpus"),
	[GPUVIRT_A_GPU_VGPUS]		= GV_U32("vgpus"),
	[GPUVIRT_A_GPU_TYPES]		= GV_U32("types"),
	[GPUVIRT_A_GPU_DRAIN]		= GV_SWITCH("drain"),
	[GPUVIRT_A_GPU_TOTAL_VFS]	= GV_U32("total-vfs"),
	[GPUVIRT_A_GPU_NUM_VFS]		= GV_U32("num-vfs"),
	[GPUVIRT_A_GPU_VF_DRIVER]	= GV_STR("vf-driver"),
	[GPUVIRT_A_GPU_SRIOV_REASON]	= GV_ENUM("sriov-reason",
						  gv_names_reason),
	[GPUVIRT_A_GPU_SRIOV_TEXT]	= GV_STR("sriov-text"),
	[GPUVIRT_A_GPU_SIM_FAULTS]	= GV_FLAG32("sim-faults", sim_fault),
	[GPUVIRT_A_GPU_GENERATION]	= GV_U64("generation"),
	[GPUVIRT_A_GPU_SEQ]		= GV_U64("seq"),
};

static const struct gv_attr type_attr[] = {
	[GPUVIRT_A_TYPE_GPU]		= GV_STR("gpu"),
	[GPUVIRT_A_TYPE_NAME]		= GV_STR("name"),
	[GPUVIRT_A_TYPE_SERIES]		= GV_STR("series"),
	[GPUVIRT_A_TYPE_FRAMEBUFFER]	= GV_SIZE("framebuffer"),
	[GPUVIRT_A_TYPE_MAX_INSTANCES]	= GV_U32("max-instances"),
	[GPUVIRT_A_TYPE_HEADS]		= GV_U32("heads"),
	[GPUVIRT_A_TYPE_XRES]		= GV_U32("xres"),
	[GPUVIRT_A_TYPE_YRES]		= GV_U32("yres"),
	[GPUVIRT_A_TYPE_WEIGHT]		= GV_U32("weight"),
	[GPUVIRT_A_TYPE_MDEV_TYPE]	= GV_STR("mdev-type"),
	[GPUVIRT_A_TYPE_INSTANCES]	= GV_U32("instances"),
	[GPUVIRT_A_TYPE_AVAILABLE]	= GV_U32("available"),
	[GPUVIRT_A_TYPE_REASON]		= GV_ENUM("reason", gv_names_reason),
	[GPUVIRT_A_TYPE_TEXT]		= GV_STR("text"),
	[GPUVIRT_A_TYPE_GENERATION]	= GV_U64("generation"),
	[GPUVIRT_A_TYPE_SEQ]		= GV_U64("seq"),
};

static const struct gv_attr vgpu_attr[] = {
	[GPUVIRT_A_VGPU_ID]		= GV_STR("id"),
	[GPUVIRT_A_VGPU_GPU]		= GV_STR("gpu"),
	[GPUVIRT_A_VGPU_TYPE]		= GV_STR("type"),
	[GPUVIRT_A_VGPU_VIA]		= GV_ENUM("via", via),
	[GPUVIRT_A_VGPU_SERIAL]		= GV_U64("serial"),
	[GPUVIRT_A_VGPU_FRAMEBUFFER]	= GV_SIZE("framebuffer"),
	[GPUVIRT_A_VGPU_VRAM_OFFSET]	= GV_SIZE("vram-offset"),
	[GPUVIRT_A_VGPU_IOMMU_GROUP]	= GV_U32("iommu-group"),
	[GPUVIRT_A_VGPU_OPEN]		= GV_BOOL("open"),
	[GPUVIRT_A_VGPU_HOLDER_PID]	= GV_U32("holder-pid"),
	[GPUVIRT_A_VGPU_HOLDER_COMM]	= GV_STR("holder-comm"),
	[GPUVIRT_A_VGPU_BACKING_USED]	= GV_SIZE("backing-used"),
	[GPUVIRT_A_VGPU_RESETS]		= GV_U32("resets"),
	[GPUVIRT_A_VGPU_MODE_XRES]	= GV_U32("mode-xres"),
	[GPUVIRT_A_VGPU_MODE_YRES]	= GV_U32("mode-yres"),
	[GPUVIRT_A_VGPU_EVENT]		= GV_ENUM("event", vgpu_event),
	[GPUVIRT_A_VGPU_GENERATION]	= GV_U64("generation"),
	[GPUVIRT_A_VGPU_SEQ]		= GV_U64("seq"),
	[GPUVIRT_A_VGPU_OPERATION]	= GV_U64("operation"),
};

static const struct gv_attr vf_attr[] = {
	[GPUVIRT_A_VF_ADDRESS]		= GV_STR("address"),
	[GPUVIRT_A_VF_GPU]		= GV_STR("gpu"),
	[GPUVIRT_A_VF_INDEX]		= GV_U32("index"),
	[GPUVIRT_A_VF_SERIAL]		= GV_U64("serial"),
	[GPUVIRT_A_VF_VENDOR]		= GV_HEX("vendor"),
	[GPUVIRT_A_VF_DEVICE]		= GV_HEX("device"),
	[GPUVIRT_A_VF_DRIVER]		= GV_STR("driver"),
	[GPUVIRT_A_VF_IOMMU_GROUP]	= GV_U32("iommu-group"),
	[GPUVIRT_A_VF_NUMA_NODE]	= GV_U32("numa-node"),
	[GPUVIRT_A_VF_OPEN]		= GV_BOOL("open"),
	[GPUVIRT_A_VF_COUNT]		= GV_U32("count"),
	[GPUVIRT_A_VF_RESIZE]		= GV_BOOL("resize"),
	[GPUVIRT_A_VF_GENERATION]	= GV_U64("generation"),
	[GPUVIRT_A_VF_SEQ]		= GV_U64("seq"),
	[GPUVIRT_A_VF_OPERATION]	= GV_U64("operation"),
	[GPUVIRT_A_VF_LEAVING]		= GV_BOOL("leaving"),
};

static const struct gv_attr id_attr[] = {
	[GPUVIRT_A_ID_VENDOR]		= GV_HEX("vendor"),
	[GPUVIRT_A_ID_DEVICE]		= GV_HEX("device"),
	[GPUVIRT_A_ID_OPERATION]	= GV_U64("operation"),
};

static const struct gv_attr sim_attr[] = {
	[GPUVIRT_A_SIM_GPU]		= GV_STR("gpu"),
	[GPUVIRT_A_SIM_MODEL]		= GV_STR("model"),
	[GPUVIRT_A_SIM_VRAM]		= GV_SIZE("vram"),
	[GPUVIRT_A_SIM_BACKING_LIMIT]	= GV_SIZE("backing-limit"),
	[GPUVIRT_A_SIM_MAX_VGPUS]	= GV_U32("max-vgpus"),
	[GPUVIRT_A_SIM_DOMAIN]		= GV_HEX("domain"),
	[GPUVIRT_A_SIM_TOTAL_VFS]	= GV_U32("total-vfs"),
	[GPUVIRT_A_SIM_ROOT_PORT]	= GV_ENUM("root-port", root_port),
	[GPUVIRT_A_SIM_FAULTS]		= GV_FLAG32("faults", sim_fault),
	[GPUVIRT_A_SIM_GENERATION]	= GV_U64("generation"),
	[GPUVIRT_A_SIM_OPERATION]	= GV_U64("operation"),
};

static const struct gv_attr operation_attr[] = {
	[GPUVIRT_A_OPERATION_ID]	= GV_U64("id"),
	[GPUVIRT_A_OPERATION_KIND]	= GV_ENUM("kind", operation_kind),
	[GPUVIRT_A_OPERATION_STATE]	= GV_ENUM("state", operation_state),
	[GPUVIRT_A_OPERATION_SUBJECT]	= GV_STR("subject"),
	[GPUVIRT_A_OPERATION_ERRNO]	= GV_U32("errno"),
	[GPUVIRT_A_OPERATION_REASON]	= GV_ENUM("reason", gv_names_reason),
	[GPUVIRT_A_OPERATION_TEXT]	= GV_STR("text"),
	[GPUVIRT_A_OPERATION_GENERATION] = GV_U64("generation"),
	[GPUVIRT_A_OPERATION_COUNT]	= GV_U32("count"),
	[GPUVIRT_A_OPERATION_SEQ]	= GV_U64("seq"),
};

static const struct gv_attr group_attr[] = {
	[GPUVIRT_A_GROUP_ADDRESS]	= GV_STR("address"),
	[GPUVIRT_A_GROUP_GROUP]		= GV_U32("group"),
	[GPUVIRT_A_GROUP_VENDOR]	= GV_HEX("vendor"),
	[GPUVIRT_A_GROUP_DEVICE]	= GV_HEX("device"),
	[GPUVIRT_A_GROUP_CLASS]		= GV_CLASS("class"),
	[GPUVIRT_A_GROUP_DRIVER]	= GV_STR("driver"),
	[GPUVIRT_A_GROUP_UPSTREAM]	= GV_STR("upstream"),
	[GPUVIRT_A_GROUP_PHYSFN]	= GV_STR("physfn"),
	[GPUVIRT_A_GROUP_MULTIFUNCTION]	= GV_BOOL("multifunction"),
	[GPUVIRT_A_GROUP_PCIE_TYPE]	= GV_U32("pcie-type"),
	[GPUVIRT_A_GROUP_ACS]		= GV_BOOL("acs"),
	[GPUVIRT_A_GROUP_ACS_CAP]	= GV_HEX("acs-cap"),
	[GPUVIRT_A_GROUP_ACS_CTRL]	= GV_HEX("acs-ctrl"),
	[GPUVIRT_A_GROUP_ACS_VECTOR]	= GV_HEX("acs-vector"),
	[GPUVIRT_A_GROUP_TOTAL_VFS]	= GV_U32("total-vfs"),
	[GPUVIRT_A_GROUP_NUM_VFS]	= GV_U32("num-vfs"),
	[GPUVIRT_A_GROUP_ATS]		= GV_BOOL("ats"),
	[GPUVIRT_A_GROUP_ISOLATED_MSI]	= GV_BOOL("isolated-msi"),
	[GPUVIRT_A_GROUP_DMA_OWNER]	= GV_BOOL("dma-owner"),
};

#define GV_SET(n)							\
	const struct gv_set gv_set_##n = { #n, n##_attr,		\
					   GV_COUNT(n##_attr) - 1 };	\
	_Static_assert(GV_COUNT(n##_attr) <= GV_ATTR_MAX, #n)

GV_SET(info);
GV_SET(gpu);
GV_SET(type);
GV_SET(vgpu);
GV_SET(vf);
GV_SET(id);
GV_SET(sim);
GV_SET(operation);
GV_SET(group);

static const struct gv_command commands[] = {
	[GPUVIRT_CMD_INFO_GET]		= { "info-get", &gv_set_info },
	[GPUVIRT_CMD_GPU_GET]		= { "gpu-get", &gv_set_gpu },
	[GPUVIRT_CMD_GPU_SET]		= { "gpu-set", &gv_set_gpu },
	[GPUVIRT_CMD_GPU_CREATE_NTF]	= { "gpu-create-ntf", &gv_set_gpu },
	[GPUVIRT_CMD_GPU_DELETE_NTF]	= { "gpu-delete-ntf", &gv_set_gpu },
	[GPUVIRT_CMD_GPU_CHANGE_NTF]	= { "gpu-change-ntf", &gv_set_gpu },
	[GPUVIRT_CMD_TYPE_GET]		= { "type-get", &gv_set_type },
	[GPUVIRT_CMD_TYPE_NEW]		= { "type-new", &gv_set_type },
	[GPUVIRT_CMD_TYPE_DEL]		= { "type-del", &gv_set_type },
	[GPUVIRT_CMD_TYPE_CREATE_NTF]	= { "type-create-ntf", &gv_set_type },
	[GPUVIRT_CMD_TYPE_DELETE_NTF]	= { "type-delete-ntf", &gv_set_type },
	[GPUVIRT_CMD_VGPU_GET]		= { "vgpu-get", &gv_set_vgpu },
	[GPUVIRT_CMD_VGPU_RETIRE]	= { "vgpu-retire", &gv_set_vgpu },
	[GPUVIRT_CMD_VGPU_RESET]	= { "vgpu-reset", &gv_set_vgpu },
	[GPUVIRT_CMD_VGPU_CREATE_NTF]	= { "vgpu-create-ntf", &gv_set_vgpu },
	[GPUVIRT_CMD_VGPU_DELETE_NTF]	= { "vgpu-delete-ntf", &gv_set_vgpu },
	[GPUVIRT_CMD_VGPU_EVENT_NTF]	= { "vgpu-event-ntf", &gv_set_vgpu },
	[GPUVIRT_CMD_VF_GET]		= { "vf-get", &gv_set_vf },
	[GPUVIRT_CMD_VF_ENABLE]		= { "vf-enable", &gv_set_vf },
	[GPUVIRT_CMD_VF_DISABLE]	= { "vf-disable", &gv_set_vf },
	[GPUVIRT_CMD_VF_RESET]		= { "vf-reset", &gv_set_vf },
	[GPUVIRT_CMD_VF_CREATE_NTF]	= { "vf-create-ntf", &gv_set_vf },
	[GPUVIRT_CMD_VF_DELETE_NTF]	= { "vf-delete-ntf", &gv_set_vf },
	[GPUVIRT_CMD_VF_CHANGE_NTF]	= { "vf-change-ntf", &gv_set_vf },
	[GPUVIRT_CMD_ID_GET]		= { "id-get", &gv_set_id },
	[GPUVIRT_CMD_ID_NEW]		= { "id-new", &gv_set_id },
	[GPUVIRT_CMD_ID_DEL]		= { "id-del", &gv_set_id },
	[GPUVIRT_CMD_SIM_NEW]		= { "sim-new", &gv_set_sim },
	[GPUVIRT_CMD_SIM_DEL]		= { "sim-del", &gv_set_sim },
	[GPUVIRT_CMD_SIM_SET]		= { "sim-set", &gv_set_sim },
	[GPUVIRT_CMD_OPERATION_GET]	= { "operation-get",
					    &gv_set_operation },
	[GPUVIRT_CMD_OPERATION_NTF]	= { "operation-ntf",
					    &gv_set_operation },
	[GPUVIRT_CMD_GROUP_GET]		= { "group-get", &gv_set_group },
};

const struct gv_command *gv_command(unsigned int cmd)
{
	if (cmd >= GV_COUNT(commands) || !commands[cmd].name)
		return NULL;
	return &commands[cmd];
}

const struct gv_attr *gv_attr(const struct gv_set *set, unsigned int type)
{
	if (type > set->max || !set->attr[type].name)
		return NULL;
	return &set->attr[type];
}

const char *gv_name(const struct gv_names *names, uint64_t value)
{
	return value < names->count ? names->name[value] : NULL;
}
