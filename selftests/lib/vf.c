// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>

#include "ktap.h"
#include "vf.h"

int gv_vfs_set(const char *gpu, unsigned int count)
{
	char path[80], text[16];

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/sriov_numvfs",
		 gpu);
	snprintf(text, sizeof(text), "%u", count);
	return gv_host_write(path, text);
}

void gv_vf_name(char name[GV_GPU_MAX], const char *gpu, unsigned int index)
{
	snprintf(name, GV_GPU_MAX, "%.7s:%02x.%u", gpu, (index + 1) / 8 % 32,
		 (index + 1) % 8);
}

void gv_vfs_enable(const char *gpu, unsigned int count)
{
	char name[GV_GPU_MAX];
	unsigned int i;

	gv_must("modprobe vfio_pci && echo 0 >/sys/bus/pci/devices/%s/sriov_drivers_autoprobe",
		gpu);
	if (gv_vfs_set(gpu, count))
		gv_ktap_bail("%u VFs can't be enabled: %m", count);
	for (i = 0; i < count; i++) {
		gv_vf_name(name, gpu, i);
		gv_must("echo vfio-pci >/sys/bus/pci/devices/%s/driver_override && echo %s >/sys/bus/pci/drivers_probe",
			name, name);
	}
}

uint32_t gv_mbox_get(const struct gv_vfio *v, unsigned int reg)
{
	return gv_get(v, GV_CONFIG, GV_VF_MAILBOX + reg, 4);
}

void gv_mbox_put(const struct gv_vfio *v, unsigned int reg, uint32_t val)
{
	gv_put(v, GV_CONFIG, GV_VF_MAILBOX + reg, 4, val);
}

void gv_vf_master(const struct gv_vfio *v, bool on)
{
	gv_put(v, GV_CONFIG, 4, 2, on ? 4 : 0);
}

unsigned int gv_mbox_run(const struct gv_vfio *v, uint32_t command)
{
	gv_mbox_put(v, GV_MBOX_COMMAND, command);
	if (!gv_until(20000, !(gv_mbox_get(v, GV_MBOX_STATUS) & 1)))
		gv_ktap_bail("%s is busy for ever", v->id);
	return gv_mbox_get(v, GV_MBOX_STATUS) >> 8;
}

unsigned int gv_mbox_dma(const struct gv_vfio *v, uint32_t command,
			 uint64_t iova, uint32_t offset, uint32_t length)
{
	gv_mbox_put(v, GV_MBOX_IOVA_LO, iova);
	gv_mbox_put(v, GV_MBOX_IOVA_HI, iova >> 32);
	gv_mbox_put(v, GV_MBOX_OFFSET, offset);
	gv_mbox_put(v, GV_MBOX_LENGTH, length);
	return gv_mbox_run(v, command);
}

unsigned int gv_mbox_fill(const struct gv_vfio *v, uint32_t offset,
			  uint32_t length, uint32_t pattern)
{
	gv_mbox_put(v, GV_MBOX_PATTERN, pattern);
	return gv_mbox_dma(v, GV_OP_FILL, 0, offset, length);
}
