// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "port.h"
#include "variant.h"

/* The VFs are not there yet: the file tells their id, the rest is the PF's. */
static bool gv_variant_alias(const struct gv_obj *gpu, char *alias, size_t size)
{
	uint32_t class = gv_obj_num(gpu, GPUVIRT_A_GPU_CLASS);
	char path[512], id[16], *end;
	unsigned long device;
	FILE *file;
	bool good;

	snprintf(path, sizeof(path), "%s/sys/bus/pci/devices/%s/sriov_vf_device",
		 gv_port_root(), gv_obj_word(gpu, GPUVIRT_A_GPU_ADDRESS));
	file = fopen(path, "re");
	if (!file)
		return false;
	good = fgets(id, sizeof(id), file);
	fclose(file);
	if (!good)
		return false;
	device = strtoul(id, &end, 16);
	if (end == id)
		return false;

	snprintf(alias, size,
		 "vfio_pci:v%08Xd%08lXsv%08Xsd%08Xbc%02Xsc%02Xi%02X",
		 (uint32_t)gv_obj_num(gpu, GPUVIRT_A_GPU_VENDOR), device,
		 (uint32_t)gv_obj_num(gpu, GPUVIRT_A_GPU_SUBVENDOR),
		 (uint32_t)gv_obj_num(gpu, GPUVIRT_A_GPU_SUBDEVICE),
		 class >> 16 & 0xff, class >> 8 & 0xff, class & 0xff);
	return true;
}

/* A driver is seldom called what its module is. */
static bool gv_variant_driver(const char *module, char *driver, size_t size)
{
	static const char bus[] = "pci:";
	struct dirent *entry;
	char path[512];
	bool found = false;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/sys/module/%s/drivers", gv_port_root(),
		 module);
	dir = opendir(path);
	if (!dir)
		return false;
	while (!found && (entry = readdir(dir)))
		if (!strncmp(entry->d_name, bus, strlen(bus)))
			found = snprintf(driver, size, "%s", entry->d_name +
					 strlen(bus)) < (int)size;
	closedir(dir);
	return found;
}

bool gv_variant_of_vfs(const struct gv_obj *gpu, char *driver, size_t size)
{
	char alias[96], module[64];

	return gv_variant_alias(gpu, alias, sizeof(alias)) &&
		!gv_port_variant(alias, module, sizeof(module)) &&
		gv_variant_driver(module, driver, size);
}
