// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../value.h"
#include "func.h"
#include "sys.h"

#define GV_PT_CLASS_AUDIO	0x0403	/* HD Audio */
#define GV_PT_CLASS_SERIAL_BUS	0x0c80	/* UCSI: the USB-C port's controller */
#define GV_PT_CLASS_USB		0x0c03
#define GV_PT_BASE_DISPLAY	0x03
#define GV_PT_BASE_BRIDGE	0x06
/* AMD Instinct has no other class. */
#define GV_PT_CLASS_ACCELERATOR	0x1200

static void gv_pt_read_driver(struct gv_pt_func *func)
{
	gv_pt_link(func->address, "driver", func->driver,
		   sizeof(func->driver));
	gv_pt_link(func->address, "driver/module", func->module,
		   sizeof(func->module));
}

void gv_pt_read_locked(struct gv_pt_func *func)
{
	gv_pt_attr(func->address, "driver_override", func->override,
		   sizeof(func->override));
	if (!strcmp(func->override, "(null)"))
		func->override[0] = 0;
	func->vfs = gv_pt_attr_num(func->address, "sriov_numvfs");
}

int gv_pt_read(const char *address, struct gv_pt_func *func)
{
	char path[GV_PT_PATH], buf[GV_PT_NAME];

	/* address may be its own: a second look */
	snprintf(buf, sizeof(buf), "%s", address);
	memset(func, 0, sizeof(*func));
	snprintf(func->address, sizeof(func->address), "%.19s", buf);
	address = func->address;
	if (!gv_pt_path(path, GV_PT_PCI "/%s/class", address) ||
	    !gv_pt_exists(path))
		return -ENODEV;
	func->vendor = gv_pt_attr_num(address, "vendor");
	func->device = gv_pt_attr_num(address, "device");
	func->class = gv_pt_attr_num(address, "class");
	func->boot_vga = gv_pt_attr_num(address, "boot_vga");
	gv_pt_link(address, "physfn", func->pf, sizeof(func->pf));
	func->group = gv_pt_link(address, "iommu_group", buf, sizeof(buf)) ?
		-1 : atoi(buf);
	gv_pt_read_driver(func);
	return 0;
}

bool gv_pt_is_gpu(const struct gv_pt_func *func)
{
	return !func->pf[0] &&
		(func->class >> 16 == GV_PT_BASE_DISPLAY ||
		 func->class >> 8 == GV_PT_CLASS_ACCELERATOR);
}

bool gv_pt_is_bridge(const struct gv_pt_func *func)
{
	return func->class >> 16 == GV_PT_BASE_BRIDGE;
}

static bool gv_pt_is_companion_class(const struct gv_pt_func *func)
{
	switch (func->class >> 8) {
	case GV_PT_CLASS_AUDIO:
	case GV_PT_CLASS_USB:
	case GV_PT_CLASS_SERIAL_BUS:
		return true;
	}
	return false;
}

bool gv_pt_is_vfio(const struct gv_pt_func *func)
{
	return strstr(func->driver, "vfio");
}

const char *gv_pt_what(const struct gv_pt_func *func, char *buf, size_t size)
{
	if (func->pf[0])
		snprintf(buf, size, "VF of %s", func->pf);
	else if (gv_pt_is_gpu(func))
		snprintf(buf, size, "GPU");
	else if (gv_pt_is_bridge(func))
		snprintf(buf, size, "bridge");
	else if (func->class >> 8 == GV_PT_CLASS_AUDIO)
		snprintf(buf, size, "audio device");
	else if (func->class >> 8 == GV_PT_CLASS_USB)
		snprintf(buf, size, "USB controller");
	else if (func->class >> 8 == GV_PT_CLASS_SERIAL_BUS)
		snprintf(buf, size, "serial bus controller");
	else
		snprintf(buf, size, "PCI function of class 0x%06x",
			 func->class);
	return buf;
}

bool gv_pt_same_slot(const char *a, const char *b)
{
	size_t len = strcspn(a, ".");

	return len == strcspn(b, ".") && !strncmp(a, b, len);
}

bool gv_pt_add(struct gv_pt_list *list, const struct gv_pt_func *func)
{
	if (gv_pt_find(list, func->address))
		return true;
	if (list->count == GV_PT_MAX)
		return false;
	list->func[list->count++] = *func;
	return true;
}

const struct gv_pt_func *gv_pt_find(const struct gv_pt_list *list,
				    const char *address)
{
	unsigned int i;

	for (i = 0; i < list->count; i++) {
		if (!strcmp(list->func[i].address, address))
			return &list->func[i];
	}
	return NULL;
}

/* Addresses of the same length sort as text; a domain may be longer. */
static int gv_pt_compare(const void *a, const void *b)
{
	const struct gv_pt_func *one = a, *two = b;
	size_t len1 = strlen(one->address), len2 = strlen(two->address);

	if (len1 != len2)
		return len1 < len2 ? -1 : 1;
	return strcmp(one->address, two->address);
}

void gv_pt_sort(struct gv_pt_list *list)
{
	qsort(list->func, list->count, sizeof(list->func[0]), gv_pt_compare);
}

/* Functions of a directory that pass; gpu is for the filter. */
static void gv_pt_each(const char *path, const struct gv_pt_func *gpu,
		       bool (*pass)(const struct gv_pt_func *gpu,
				    const char *address),
		       bool (*keep)(const struct gv_pt_func *gpu,
				    const struct gv_pt_func *func),
		       struct gv_pt_list *list)
{
	DIR *dir = opendir(path);
	struct gv_pt_func func;
	struct dirent *entry;
	char address[40];

	list->count = 0;
	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		if (!gv_parse_address(entry->d_name, address) ||
		    (pass && !pass(gpu, entry->d_name)))
			continue;
		if (!gv_pt_read(entry->d_name, &func) &&
		    (!keep || keep(gpu, &func)))
			gv_pt_add(list, &func);
	}
	closedir(dir);
	gv_pt_sort(list);
}

static bool gv_pt_pass_slot(const struct gv_pt_func *gpu, const char *address)
{
	return strcmp(gpu->address, address) &&
		gv_pt_same_slot(gpu->address, address);
}

/*
 * An APU has functions of other makers' ids in its slot, which the machine
 * itself lives on: these go along only if the group leaves no choice.
 */
static bool gv_pt_keep_companion(const struct gv_pt_func *gpu,
				 const struct gv_pt_func *func)
{
	if (func->pf[0] || gv_pt_is_bridge(func))
		return false;
	if (func->group == gpu->group && gpu->group >= 0)
		return true;
	return func->vendor == gpu->vendor && gv_pt_is_companion_class(func);
}

void gv_pt_companions(const struct gv_pt_func *gpu, struct gv_pt_list *list)
{
	char path[GV_PT_PATH];

	list->count = 0;
	if (gv_pt_path(path, GV_PT_PCI))
		gv_pt_each(path, gpu, gv_pt_pass_slot, gv_pt_keep_companion,
			   list);
}

void gv_pt_slot(const struct gv_pt_func *func, struct gv_pt_list *list)
{
	char path[GV_PT_PATH];

	list->count = 0;
	if (gv_pt_path(path, GV_PT_PCI))
		gv_pt_each(path, func, gv_pt_pass_slot, NULL, list);
}
