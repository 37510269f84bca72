// SPDX-License-Identifier: GPL-2.0
/* What belongs to the machine and not to one function. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "read.h"

static int gv_root_text(const struct gv_tree *tree, const char *name,
			char *buf, size_t size)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s%s", tree->root, name);
	return gv_file_text(AT_FDCWD, path, buf, size);
}

static bool gv_root_has(const struct gv_tree *tree, const char *name)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s%s", tree->root, name);
	return !access(path, F_OK);
}

/* How many entries a directory has, at most limit. */
static unsigned int gv_root_count(const struct gv_tree *tree,
				  const char *name, unsigned int limit)
{
	struct dirent *entry;
	unsigned int count = 0;
	char path[4096];
	DIR *dir;

	snprintf(path, sizeof(path), "%s%s", tree->root, name);
	dir = opendir(path);
	if (!dir)
		return 0;
	while (count < limit && (entry = readdir(dir)))
		count += entry->d_name[0] != '.';
	closedir(dir);
	return count;
}

/*
 * The names of interrupt controllers start with IR- if an IOMMU of x86 remaps
 * their interrupts. There is always one of the IO-APIC.
 */
static enum gv_maybe gv_read_ir(const struct gv_tree *tree)
{
	size_t size = 1 << 20;
	enum gv_maybe ir;
	char *text;

	text = malloc(size);
	if (!text || gv_root_text(tree, "/proc/interrupts", text, size))
		ir = GV_UNKNOWN;
	else if (strstr(text, " IR-"))
		ir = GV_YES;
	else
		ir = strstr(text, "IO-APIC") || strstr(text, "PCI-MSI") ?
			GV_NO : GV_UNKNOWN;
	free(text);
	return ir;
}

/* The real root has no such files. */
static void gv_read_told(struct gv_tree *tree)
{
	struct gv_group *group;
	char path[64], text[4];
	struct gv_fn *fn;

	for (group = tree->groups; group < tree->groups + tree->n_groups;
	     group++) {
		snprintf(path, sizeof(path), "/" GV_TOLD_MSI "/%d",
			 group->number);
		if (!gv_root_text(tree, path, text, sizeof(text)))
			group->isolated_msi = text[0] == '1' ? GV_YES : GV_NO;
	}
	gv_for_each_fn(fn, tree) {
		snprintf(path, sizeof(path), "/" GV_TOLD_GPU "/%s",
			 fn->address);
		fn->gpu |= gv_root_has(tree, path);
	}
}

void gv_read_host(struct gv_tree *tree)
{
	char text[16];

	gv_root_text(tree, "/proc/cmdline", tree->cmdline,
		     sizeof(tree->cmdline));
	gv_root_text(tree, "/proc/sys/kernel/osrelease", tree->release,
		     sizeof(tree->release));
	tree->iommus = tree->n_groups ||
		gv_root_count(tree, "/sys/class/iommu", 1);
	tree->dmar = gv_root_has(tree, "/sys/firmware/acpi/tables/DMAR");
	tree->ivrs = gv_root_has(tree, "/sys/firmware/acpi/tables/IVRS");
	tree->ir = gv_read_ir(tree);
	tree->unsafe = !gv_root_text(tree,
		"/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts",
		text, sizeof(text)) && text[0] == 'Y';
	if (gv_root_has(tree, "/gpuvirt"))
		gv_read_told(tree);
}

static void gv_read_domain(struct gv_group *group)
{
	const char *name = group->domain_name;

	if (!strcmp(name, "identity"))
		group->domain = GV_DOMAIN_IDENTITY;
	else if (!strncmp(name, "DMA", 3))
		group->domain = GV_DOMAIN_DMA;
	else if (!strcmp(name, "blocked"))
		group->domain = GV_DOMAIN_BLOCKED;
}

/* Lines of "0xSTART 0xEND TYPE". */
static void gv_read_regions(struct gv_group *group, char *text)
{
	struct gv_region *region;
	char *line, *save;

	for (line = strtok_r(text, "\n", &save);
	     line && group->n_regions < GV_REGIONS_MAX;
	     line = strtok_r(NULL, "\n", &save)) {
		region = &group->regions[group->n_regions];
		if (sscanf(line, "%" SCNx64 " %" SCNx64 " %23s",
			   &region->start, &region->end, region->type) == 3)
			group->n_regions++;
	}
}

void gv_group_read(const struct gv_tree *tree, struct gv_group *group)
{
	unsigned int members, functions = 0;
	char name[128], text[4096];
	struct gv_fn *fn;

	if (group->read)
		return;
	group->read = true;
	snprintf(name, sizeof(name), "/sys/kernel/iommu_groups/%d/type",
		 group->number);
	gv_root_text(tree, name, group->domain_name,
		     sizeof(group->domain_name));
	gv_read_domain(group);
	snprintf(name, sizeof(name),
		 "/sys/kernel/iommu_groups/%d/reserved_regions",
		 group->number);
	if (!gv_root_text(tree, name, text, sizeof(text)))
		gv_read_regions(group, text);
	snprintf(name, sizeof(name), "/sys/kernel/iommu_groups/%d/devices",
		 group->number);
	members = gv_root_count(tree, name, GV_MEMBERS_MAX);
	gv_for_each_fn(fn, tree)
		functions += fn->group == group->number;
	group->others = members > functions ? members - functions : 0;
}
