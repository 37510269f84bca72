// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "capture.h"
#include "read.h"

#define GV_DEVICES	"sys/bus/pci/devices"
#define GV_GROUPS	"sys/kernel/iommu_groups"

struct gv_capture {
	const struct gv_tree *tree;
	struct gv_copy *copy;
	int dir;		/* what tree->root is */
	char place[1024];	/* of the function, below the root */
};

/* path has no slash in front, so as to be the same below the copy. */
static void gv_capture_text(struct gv_capture *cap, const char *path)
{
	char text[4096];

	if (!gv_file_text(cap->dir, path, text, sizeof(text)))
		gv_copy_text(cap->copy, path, text);
}

static void gv_capture_link(struct gv_capture *cap, const char *path)
{
	char to[1024];
	ssize_t len;

	len = readlinkat(cap->dir, path, to, sizeof(to) - 1);
	if (len <= 0)
		return;
	to[len] = 0;
	gv_copy_link(cap->copy, path, to);
}

static size_t gv_capture_fetch(void *arg, size_t off, void *buf, size_t len)
{
	ssize_t ret = pread(*(int *)arg, buf, len, off);

	return ret < 0 ? 0 : ret;
}

static void gv_capture_config(struct gv_capture *cap, const char *path)
{
	uint8_t bytes[GV_CONFIG_SIZE];
	struct gv_config cfg;
	size_t size;
	int fd;

	fd = gv_file_open(cap->dir, path);
	if (fd < 0)
		return;
	gv_config_init(&cfg, gv_capture_fetch, &fd);
	size = gv_config_public(&cfg, bytes);
	gv_copy_file(cap->copy, path, bytes, size);
	close(fd);
}

/*
 * Where a function is: links of /sys/bus/pci/devices lead to ../../../devices,
 * and that is all that may be written to.
 */
static bool gv_capture_place(struct gv_capture *cap, const struct gv_fn *fn)
{
	char path[64], to[1000];
	ssize_t len;

	snprintf(path, sizeof(path), GV_DEVICES "/%s", fn->address);
	len = readlinkat(cap->dir, path, to, sizeof(to) - 1);
	if (len <= 0)
		return false;
	to[len] = 0;
	if (strncmp(to, "../../../devices/", 17) || strstr(to + 17, ".."))
		return false;
	snprintf(cap->place, sizeof(cap->place), "sys/%s", to + 9);
	gv_copy_link(cap->copy, path, to);
	return true;
}

static void gv_capture_fn(struct gv_capture *cap, const struct gv_fn *fn)
{
	static const char *const texts[] = {
		"vendor", "device", "class", "reset_method",
	};
	static const char *const links[] = {
		"driver", "iommu", "iommu_group", "physfn",
	};
	char path[1100];
	unsigned int i;

	if (!gv_capture_place(cap, fn))
		return;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", cap->place, texts[i]);
		gv_capture_text(cap, path);
	}
	for (i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", cap->place, links[i]);
		gv_capture_link(cap, path);
	}
	snprintf(path, sizeof(path), "%s/config", cap->place);
	gv_capture_config(cap, path);
}

static void gv_capture_members(struct gv_capture *cap, const char *devices)
{
	struct dirent *entry;
	char path[600];
	DIR *dir;
	int fd;

	fd = openat(cap->dir, devices, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return;
	dir = fdopendir(fd);
	if (!dir) {
		close(fd);
		return;
	}
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", devices, entry->d_name);
		gv_capture_link(cap, path);
	}
	closedir(dir);
}

static void gv_capture_group(struct gv_capture *cap, int number)
{
	char path[64];

	snprintf(path, sizeof(path), GV_GROUPS "/%d/type", number);
	gv_capture_text(cap, path);
	snprintf(path, sizeof(path), GV_GROUPS "/%d/reserved_regions", number);
	gv_capture_text(cap, path);
	snprintf(path, sizeof(path), GV_GROUPS "/%d/devices", number);
	gv_capture_members(cap, path);
}

/* Of the command line, what has to do with it: the rest is nobody's business. */
static void gv_capture_cmdline(struct gv_capture *cap)
{
	static const char *const wanted[] = {
		"intel_iommu", "amd_iommu", "iommu", "pci=", "pcie_", "vfio",
		"intremap", "nointremap", "noapic", "arm-smmu", "driver_override",
	};
	char line[sizeof(cap->tree->cmdline)], kept[sizeof(line)] = "";
	char *word, *save;
	unsigned int i;

	memcpy(line, cap->tree->cmdline, sizeof(line));
	for (word = strtok_r(line, " \n", &save); word;
	     word = strtok_r(NULL, " \n", &save)) {
		for (i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
			if (strncmp(word, wanted[i], strlen(wanted[i])))
				continue;
			if (*kept)
				strcat(kept, " ");
			strcat(kept, word);
			break;
		}
	}
	gv_copy_text(cap->copy, "proc/cmdline", kept);
}

/* What the module told, which no file of the kernel has. */
static void gv_capture_told(struct gv_capture *cap)
{
	const struct gv_tree *tree = cap->tree;
	const struct gv_fn *fn;
	char path[64];
	unsigned int i;

	for (i = 0; i < tree->n_groups; i++) {
		if (tree->groups[i].isolated_msi == GV_UNKNOWN)
			continue;
		snprintf(path, sizeof(path), GV_TOLD_MSI "/%d",
			 tree->groups[i].number);
		gv_copy_text(cap->copy, path, tree->groups[i].isolated_msi ==
			     GV_YES ? "1" : "0");
	}
	gv_for_each_fn(fn, tree) {
		if (!fn->gpu)
			continue;
		snprintf(path, sizeof(path), GV_TOLD_GPU "/%s", fn->address);
		gv_copy_text(cap->copy, path, "1");
	}
}

static void gv_capture_host(struct gv_capture *cap)
{
	const struct gv_tree *tree = cap->tree;

	gv_capture_cmdline(cap);
	gv_copy_text(cap->copy, "proc/sys/kernel/osrelease", tree->release);
	if (tree->ir != GV_UNKNOWN)
		gv_copy_text(cap->copy, "proc/interrupts",
			     tree->ir == GV_YES ? " 0: 0 IR-IO-APIC" :
			     " 0: 0 IO-APIC");
	if (tree->dmar)
		gv_copy_text(cap->copy, "sys/firmware/acpi/tables/DMAR", "");
	if (tree->ivrs)
		gv_copy_text(cap->copy, "sys/firmware/acpi/tables/IVRS", "");
	if (tree->unsafe)
		gv_copy_text(cap->copy,
			     "sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts",
			     "Y");
}

void gv_capture(const struct gv_tree *tree, struct gv_copy *copy)
{
	struct gv_capture cap = { .tree = tree, .copy = copy };
	const struct gv_fn *fn;
	unsigned int i;

	cap.dir = open(*tree->root ? tree->root : "/",
		       O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (cap.dir < 0)
		return;
	gv_capture_host(&cap);
	gv_capture_told(&cap);
	gv_for_each_fn(fn, tree)
		gv_capture_fn(&cap, fn);
	for (i = 0; i < tree->n_groups; i++)
		gv_capture_group(&cap, tree->groups[i].number);
	close(cap.dir);
}
