// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "out.h"
#include "pciname.h"
#include "show.h"

#define GV_ATTRS(...)	(const unsigned int []){ __VA_ARGS__, 0 }
#define GV_DEEP		4

bool gv_is_sim(const struct gv_obj *gpu)
{
	/* from an older module only the driver tells */
	return gv_obj_has(gpu, GPUVIRT_A_GPU_SIM_FAULTS) ||
		!strcmp(gv_obj_word(gpu, GPUVIRT_A_GPU_BACKEND),
			"gpuvirt-sim") ||
		!strcmp(gv_obj_word(gpu, GPUVIRT_A_GPU_DRIVER),
			"gpuvirt-sim");
}

void gv_show_gpu_title(const struct gv_obj *gpu)
{
	char buf[256], title[300];
	const char *name;

	if (gv_out_json())
		return;
	name = gv_obj_str(gpu, GPUVIRT_A_GPU_MODEL);
	if (!name)
		name = gv_pciname(gv_obj_num(gpu, GPUVIRT_A_GPU_VENDOR),
				  gv_obj_num(gpu, GPUVIRT_A_GPU_DEVICE), buf,
				  sizeof(buf));
	snprintf(title, sizeof(title), "%s%s%s",
		 gv_obj_word(gpu, GPUVIRT_A_GPU_ADDRESS), name ? "  " : "",
		 name ? name : "");
	gv_out_titled(0, title, gpu,
		      GV_ATTRS(GPUVIRT_A_GPU_DRIVER, GPUVIRT_A_GPU_METHODS));
}

void gv_show_gpu(const struct gv_obj *gpu)
{
	gv_out_obj(NULL, gpu);
	gv_show_gpu_title(gpu);
	gv_out_line(GV_DEEP, gpu,
		    GV_ATTRS(GPUVIRT_A_GPU_VENDOR, GPUVIRT_A_GPU_DEVICE,
			     GPUVIRT_A_GPU_SUBVENDOR,
			     GPUVIRT_A_GPU_SUBDEVICE, GPUVIRT_A_GPU_CLASS));
	gv_out_line(GV_DEEP, gpu,
		    GV_ATTRS(GPUVIRT_A_GPU_BACKEND, GPUVIRT_A_GPU_IOMMU_GROUP,
			     GPUVIRT_A_GPU_NUMA_NODE, GPUVIRT_A_GPU_DRAIN,
			     GPUVIRT_A_GPU_TOTAL_VFS, GPUVIRT_A_GPU_NUM_VFS,
			     GPUVIRT_A_GPU_VF_DRIVER));
	gv_out_line(GV_DEEP, gpu,
		    GV_ATTRS(GPUVIRT_A_GPU_VRAM, GPUVIRT_A_GPU_VRAM_FREE,
			     GPUVIRT_A_GPU_VRAM_LARGEST));
	gv_out_line(GV_DEEP, gpu,
		    GV_ATTRS(GPUVIRT_A_GPU_BACKING_LIMIT,
			     GPUVIRT_A_GPU_BACKING_USED));
	gv_out_line(GV_DEEP, gpu,
		    GV_ATTRS(GPUVIRT_A_GPU_MAX_VGPUS, GPUVIRT_A_GPU_VGPUS,
			     GPUVIRT_A_GPU_TYPES));
	if (gv_obj_num(gpu, GPUVIRT_A_GPU_SIM_FAULTS))
		gv_out_line(GV_DEEP, gpu, GV_ATTRS(GPUVIRT_A_GPU_SIM_FAULTS));
	if (gv_obj_has(gpu, GPUVIRT_A_GPU_MDEV_TEXT))
		gv_out_text(GV_DEEP, "no mdev vGPUs: %s",
			    gv_obj_word(gpu, GPUVIRT_A_GPU_MDEV_TEXT));
	if (gv_obj_has(gpu, GPUVIRT_A_GPU_SRIOV_TEXT))
		gv_out_text(GV_DEEP, "no VFs: %s",
			    gv_obj_word(gpu, GPUVIRT_A_GPU_SRIOV_TEXT));
	gv_out_object_end();
}

void gv_show_type(const struct gv_obj *type)
{
	char title[160];

	gv_out_obj(NULL, type);
	snprintf(title, sizeof(title), "%s %s",
		 gv_obj_word(type, GPUVIRT_A_TYPE_GPU),
		 gv_obj_word(type, GPUVIRT_A_TYPE_NAME));
	gv_out_titled(0, title, type,
		      GV_ATTRS(GPUVIRT_A_TYPE_FRAMEBUFFER,
			       GPUVIRT_A_TYPE_INSTANCES,
			       GPUVIRT_A_TYPE_AVAILABLE));
	gv_out_line(GV_DEEP, type,
		    GV_ATTRS(GPUVIRT_A_TYPE_SERIES,
			     GPUVIRT_A_TYPE_MAX_INSTANCES,
			     GPUVIRT_A_TYPE_HEADS, GPUVIRT_A_TYPE_XRES,
			     GPUVIRT_A_TYPE_YRES, GPUVIRT_A_TYPE_WEIGHT));
	gv_out_line(GV_DEEP, type, GV_ATTRS(GPUVIRT_A_TYPE_MDEV_TYPE));
	if (gv_obj_has(type, GPUVIRT_A_TYPE_TEXT))
		gv_out_text(GV_DEEP, "no more: %s",
			    gv_obj_word(type, GPUVIRT_A_TYPE_TEXT));
	gv_out_object_end();
}

void gv_show_node(const struct gv_obj *vgpu)
{
	struct gv_node node;
	char who[192], mode[8];

	if (!gv_obj_has(vgpu, GPUVIRT_A_VGPU_IOMMU_GROUP))
		return;
	gv_node_read(gv_obj_num(vgpu, GPUVIRT_A_VGPU_IOMMU_GROUP), &node);
	gv_out_str("device", node.path);
	if (node.exists) {
		snprintf(mode, sizeof(mode), "%04o", node.mode);
		gv_out_str("device-user", node.user_name);
		gv_out_str("device-group", node.group_name);
		gv_out_str("device-mode", mode);
	}
	gv_out_text(GV_DEEP, "device %s  may be opened by %s", node.path,
		    gv_node_who(&node, who));
	if (!node.exists || node.group || node.others)
		return;
	if (gv_sysfs_udev())
		gv_out_text(GV_DEEP,
			    "udev has not applied 70-gpuvirt.rules to it, yet or at all: `udevadm trigger -s vfio`");
	else
		gv_out_text(GV_DEEP,
			    "for users in group kvm: install 70-gpuvirt.rules, then `udevadm trigger -s vfio`");
}

void gv_show_vgpu(const struct gv_obj *vgpu)
{
	gv_out_obj(NULL, vgpu);
	gv_out_titled(0, gv_obj_word(vgpu, GPUVIRT_A_VGPU_ID), vgpu,
		      GV_ATTRS(GPUVIRT_A_VGPU_GPU, GPUVIRT_A_VGPU_TYPE,
			       GPUVIRT_A_VGPU_VIA, GPUVIRT_A_VGPU_OPEN));
	gv_out_line(GV_DEEP, vgpu,
		    GV_ATTRS(GPUVIRT_A_VGPU_FRAMEBUFFER,
			     GPUVIRT_A_VGPU_VRAM_OFFSET,
			     GPUVIRT_A_VGPU_BACKING_USED,
			     GPUVIRT_A_VGPU_SERIAL));
	gv_show_node(vgpu);
	/* 0 is the width of no mode: the guest has not set one */
	if (gv_obj_num(vgpu, GPUVIRT_A_VGPU_MODE_XRES))
		gv_out_line(GV_DEEP, vgpu,
			    GV_ATTRS(GPUVIRT_A_VGPU_HOLDER_PID,
				     GPUVIRT_A_VGPU_HOLDER_COMM,
				     GPUVIRT_A_VGPU_MODE_XRES,
				     GPUVIRT_A_VGPU_MODE_YRES,
				     GPUVIRT_A_VGPU_RESETS));
	else
		gv_out_line(GV_DEEP, vgpu,
			    GV_ATTRS(GPUVIRT_A_VGPU_HOLDER_PID,
				     GPUVIRT_A_VGPU_HOLDER_COMM,
				     GPUVIRT_A_VGPU_RESETS));
	gv_out_object_end();
}

/* What nobody can refuse: a change that somebody else makes elsewhere. */
static void gv_show_vf_open(const struct gv_obj *vf)
{
	if (!gv_obj_num(vf, GPUVIRT_A_VF_OPEN))
		return;
	if (gv_obj_num(vf, GPUVIRT_A_VF_LEAVING))
		gv_out_text(GV_DEEP,
			    "its driver is being taken away: the kernel waits for who has it open");
	else
		gv_out_text(GV_DEEP,
			    "if others disable, unbind or remove it, the kernel waits for who has it open");
}

void gv_show_vf(const struct gv_obj *vf)
{
	bool leaving = gv_obj_num(vf, GPUVIRT_A_VF_LEAVING);

	gv_out_obj(NULL, vf);
	gv_out_titled(0, gv_obj_word(vf, GPUVIRT_A_VF_ADDRESS), vf,
		      GV_ATTRS(GPUVIRT_A_VF_GPU, GPUVIRT_A_VF_INDEX,
			       GPUVIRT_A_VF_DRIVER, GPUVIRT_A_VF_IOMMU_GROUP,
			       GPUVIRT_A_VF_OPEN, GPUVIRT_A_VF_SERIAL,
			       leaving ? GPUVIRT_A_VF_LEAVING : 0));
	gv_show_vf_open(vf);
	gv_out_object_end();
}

void gv_show_operation(const struct gv_obj *operation)
{
	char title[32];

	gv_out_obj(NULL, operation);
	snprintf(title, sizeof(title), "%llu", (unsigned long long)
		 gv_obj_num(operation, GPUVIRT_A_OPERATION_ID));
	gv_out_titled(0, title, operation,
		      GV_ATTRS(GPUVIRT_A_OPERATION_KIND,
			       GPUVIRT_A_OPERATION_STATE,
			       GPUVIRT_A_OPERATION_SUBJECT,
			       GPUVIRT_A_OPERATION_COUNT,
			       GPUVIRT_A_OPERATION_ERRNO,
			       GPUVIRT_A_OPERATION_REASON));
	if (gv_obj_has(operation, GPUVIRT_A_OPERATION_TEXT))
		gv_out_text(GV_DEEP, "%s",
			    gv_obj_word(operation, GPUVIRT_A_OPERATION_TEXT));
	gv_out_object_end();
}

void gv_show_operation_id(uint64_t id)
{
	gv_out_object(NULL);
	gv_out_num("operation", id);
	gv_out_object_end();
	gv_out_text(0, "%llu", (unsigned long long)id);
}
