// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "attr.h"
#include "err.h"

static const char *const hint[] = {
	[GPUVIRT_REASON_NONE] =
		"",
	[GPUVIRT_REASON_NOT_PERMITTED] =
		"run it as root",
	[GPUVIRT_REASON_MISSING_ATTRIBUTE] =
		"the tool and the module may be of different releases: "
		"compare them with `gpuvirt`",
	[GPUVIRT_REASON_BAD_VALUE] =
		"give a value in the range that the sentence names",
	[GPUVIRT_REASON_STALE_GENERATION] =
		"look again with `gpuvirt`, then repeat the command with "
		"the new generation",
	[GPUVIRT_REASON_NO_MEMORY] =
		"free host memory, then try again",
	[GPUVIRT_REASON_KERNEL_NO_MDEV] =
		"boot a kernel with CONFIG_VFIO_MDEV (Debian's cloud "
		"kernels lack it)",
	[GPUVIRT_REASON_GPU_UNKNOWN] =
		"list the GPUs with `gpuvirt gpu show`",
	[GPUVIRT_REASON_GPU_NO_BACKEND] =
		"see what this GPU offers with `gpuvirt gpu show`, or make "
		"a simulated one with `gpuvirt sim add`",
	[GPUVIRT_REASON_GPU_NO_DRIVER] =
		"load the GPU's driver, then try again",
	[GPUVIRT_REASON_GPU_LEAVING] =
		"wait until the GPU is gone; `gpuvirt monitor` shows when",
	[GPUVIRT_REASON_GPU_DRAINING] =
		"let it take vGPUs again with `gpuvirt gpu set ADDRESS drain "
		"off`, or use another GPU",
	[GPUVIRT_REASON_GPU_BUSY] =
		"find its vGPUs with `gpuvirt vgpu show gpu ADDRESS`, stop "
		"the virtual machines that hold them, then try again",
	[GPUVIRT_REASON_GPU_FULL] =
		"delete a vGPU of this GPU, or use another GPU",
	[GPUVIRT_REASON_NOT_SIMULATED] =
		"list the simulated GPUs with `gpuvirt sim show`",
	[GPUVIRT_REASON_TYPE_UNKNOWN] =
		"list the types with `gpuvirt type show`, or create this one "
		"with `gpuvirt type new`",
	[GPUVIRT_REASON_TYPE_EXISTS] =
		"choose another name, or delete the type first with "
		"`gpuvirt type del`",
	[GPUVIRT_REASON_TYPE_IN_USE] =
		"delete its vGPUs first: `gpuvirt vgpu show` lists them",
	[GPUVIRT_REASON_TYPE_FULL] =
		"delete a vGPU of this type, or create a type with a larger "
		"max-instances",
	[GPUVIRT_REASON_TYPE_LIMIT] =
		"delete a type that is not used with `gpuvirt type del`",
	[GPUVIRT_REASON_NAME_INVALID] =
		"use letters, digits and . _ + - only, a letter or digit "
		"first, at most 64 in all",
	[GPUVIRT_REASON_FRAMEBUFFER_INVALID] =
		"give a multiple of 1 MiB from 4 MiB to 1 TiB",
	[GPUVIRT_REASON_FRAMEBUFFER_TOO_LARGE] =
		"give at most the VRAM that `gpuvirt gpu show` tells",
	[GPUVIRT_REASON_RESOLUTION_INVALID] =
		"give a resolution in the range that the sentence names, or "
		"a larger framebuffer",
	[GPUVIRT_REASON_VRAM_EXHAUSTED] =
		"delete a vGPU of this GPU, or use a type with a smaller "
		"framebuffer",
	[GPUVIRT_REASON_VRAM_FRAGMENTED] =
		"delete a vGPU next to the largest free piece: `gpuvirt vgpu "
		"show gpu ADDRESS` tells the offsets",
	[GPUVIRT_REASON_VGPU_UNKNOWN] =
		"list the vGPUs with `gpuvirt vgpu show`",
	[GPUVIRT_REASON_VGPU_OPEN] =
		"stop the virtual machine first; `gpuvirt vgpu show`, as "
		"root, names the process",
	[GPUVIRT_REASON_VGPU_RETIRED] =
		"wait for the other process that deletes it",
	[GPUVIRT_REASON_BACKING_LIMIT] =
		"give a limit above what is used now: `gpuvirt gpu show` "
		"tells backing-used",
	[GPUVIRT_REASON_NOT_SUPPORTED] =
		"if it is not the device that can't do it, compare the "
		"releases of tool and module with `gpuvirt`",
	[GPUVIRT_REASON_BACKEND_MISSING] =
		"see why with `modprobe gpuvirt-sim`",
	[GPUVIRT_REASON_MODEL_UNKNOWN] =
		"gpuvirt-sim(8) of the module's release lists the models",
	[GPUVIRT_REASON_DOMAIN_IN_USE] =
		"give another domain, or none: the first free one is taken",
	[GPUVIRT_REASON_FUNCTION_UNKNOWN] =
		"list them with `gpuvirt iommu show all`",
	[GPUVIRT_REASON_OPERATION_UNKNOWN] =
		"list them with `gpuvirt operation show`; only the last that "
		"ended are kept",
	[GPUVIRT_REASON_OPERATION_LIMIT] =
		"wait until one has ended: `gpuvirt operation show`",
	[GPUVIRT_REASON_DEVICE_ERROR] =
		"the kernel log may say more: `dmesg`",
	[GPUVIRT_REASON_GPU_CHANGING] =
		"wait until it has ended: `gpuvirt operation show`",
	[GPUVIRT_REASON_SRIOV_NONE] =
		"look for SR-IOV in the settings of firmware and card, or use "
		"another method: `gpuvirt gpu show`",
	[GPUVIRT_REASON_SRIOV_DRIVER] =
		"use the vendor's SR-IOV driver for this GPU, if there is one",
	[GPUVIRT_REASON_SRIOV_RESOURCES] =
		"turn on SR-IOV, Above 4G Decoding and ARI in the firmware, or "
		"enable fewer VFs",
	[GPUVIRT_REASON_VFS_ENABLED] =
		"disable them with `gpuvirt vf disable ADDRESS`, or enable "
		"with `resize` to do both",
	[GPUVIRT_REASON_VF_UNKNOWN] =
		"list the VFs with `gpuvirt vf show`",
	[GPUVIRT_REASON_VF_OPEN] =
		"stop the virtual machine that has it first",
	[GPUVIRT_REASON_VF_DRIVEN] =
		"remove its mediated devices first, if it has any, then unbind "
		"that driver",
	[GPUVIRT_REASON_DRIVER_UNKNOWN] =
		"load its module with `modprobe`, then try again",
	[GPUVIRT_REASON_ID_EXISTS] =
		"nothing is to be done: `gpuvirt gpu show` has such functions",
	[GPUVIRT_REASON_ID_UNKNOWN] =
		"list the ids with `gpuvirt id show`",
	[GPUVIRT_REASON_ID_LIMIT] =
		"remove one with `gpuvirt id del`",
	[GPUVIRT_REASON_IOMMU_CONFLICT] =
		"boot with intel_iommu=off or amd_iommu=off, or a newer kernel "
		"(6.12)",
	[GPUVIRT_REASON_SRIOV_OFF] =
		"turn SR-IOV on in the settings of the firmware, or of the "
		"card, and boot again",
};

_Static_assert(sizeof(hint) / sizeof(hint[0]) ==
	       GPUVIRT_REASON_SRIOV_OFF + 1,
	       "a new reason needs a line on what to do next");

const char *gv_hint(uint32_t reason)
{
	if (reason >= sizeof(hint) / sizeof(hint[0]))
		return NULL;
	return hint[reason];
}

__attribute__((format(printf, 3, 0)))
static void gv_err_clear(struct gv_err *err, int num, const char *fmt,
			 va_list ap)
{
	memset(err, 0, sizeof(*err));
	err->num = num;
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
}

int gv_err_set(struct gv_err *err, int num, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	gv_err_clear(err, num, fmt, ap);
	va_end(ap);
	return -num;
}

int gv_err_usage(struct gv_err *err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	gv_err_clear(err, EINVAL, fmt, ap);
	va_end(ap);
	err->usage = true;
	return -EINVAL;
}

int gv_err_memory(struct gv_err *err)
{
	return gv_err_set(err, ENOMEM, "this process is out of memory");
}

void gv_err_hint(struct gv_err *err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err->hint, sizeof(err->hint), fmt, ap);
	va_end(ap);
}
