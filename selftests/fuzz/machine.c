// SPDX-License-Identifier: GPL-2.0
/*
 * A copy of a machine that somebody sent (root DIR). The input is a list of
 * files, each "kind, function, length, bytes"; those of a machine are written
 * to a directory, read, and reasoned about.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "iommu/read.h"
#include "iommu/story.h"
#include "iommu/verdict.h"

#define FNS 8

static char root[64];
static const char *const address[FNS] = {
	"0000:00:00.0", "0000:00:01.0", "0000:00:01.1", "0000:01:00.0",
	"0000:01:00.1", "0000:02:00.0", "0000:02:01.0", "10000:00:00.0",
};

static void put(const char *name, const uint8_t *data, size_t size)
{
	char path[300];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", root, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	close(fd);
}

static void put_link(const char *name, const uint8_t *data, size_t size)
{
	char path[300], to[256];

	if (!size || size >= sizeof(to) || memchr(data, 0, size))
		return;
	memcpy(to, data, size);
	to[size] = '\0';
	snprintf(path, sizeof(path), "%s/%s", root, name);
	unlink(path);
	if (symlink(to, path))
		return;
}

static void make_dir(const char *name)
{
	char path[300];

	snprintf(path, sizeof(path), "%s/%s", root, name);
	mkdir(path, 0700);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static const char *const dirs[] = {
		"proc", "proc/sys", "proc/sys/kernel", "sys", "sys/kernel",
		"sys/kernel/iommu_groups", "sys/kernel/iommu_groups/1",
		"sys/bus", "sys/bus/pci", "sys/bus/pci/devices",
	};
	char name[100];
	unsigned int i;

	snprintf(root, sizeof(root), "/dev/shm/gpuvirt-fuzz.%d", getpid());
	mkdir(root, 0700);
	for (i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		make_dir(dirs[i]);
	for (i = 0; i < FNS; i++) {
		snprintf(name, sizeof(name), "sys/bus/pci/devices/%s",
			 address[i]);
		make_dir(name);
	}
	return 0;
}

static void put_file(unsigned int kind, unsigned int fn, const uint8_t *data,
		     size_t size)
{
	static const char *const files[] = {
		"config", "vendor", "device", "class", "iommu_group", "driver",
		"physfn", "iommu",
	};
	static const char *const others[] = {
		"proc/cmdline", "proc/interrupts", "proc/sys/kernel/osrelease",
		"sys/kernel/iommu_groups/1/type",
		"sys/kernel/iommu_groups/1/reserved_regions",
	};
	char name[100];

	if (kind >= 8) {
		put(others[kind % 5], data, size);
		return;
	}
	snprintf(name, sizeof(name), "sys/bus/pci/devices/%s/%s",
		 address[fn % FNS], files[kind]);
	if (kind < 4)
		put(name, data, size);
	else
		put_link(name, data, size);
}

static void reason_about(struct gv_tree *tree)
{
	static struct gv_lines lines;
	struct gv_report report;
	struct gv_fn *fn;
	unsigned int i;

	for (i = 0; i < tree->n_groups; i++)
		gv_group_read(tree, &tree->groups[i]);
	gv_groups(tree);
	gv_for_each_fn(fn, tree) {
		gv_report(tree, fn, &report);
		lines.n = 0;
		gv_story(tree, fn, &report, &lines);
		gv_fixes(tree, fn, &report, &lines);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gv_tree tree = { 0 };
	struct gv_err err;
	size_t len;

	while (size > 3) {
		len = data[2] * 2;
		if (len > size - 3)
			len = size - 3;
		put_file(data[0] % 13, data[1], data + 3, len);
		data += 3 + len;
		size -= 3 + len;
	}
	if (!gv_tree_read(root, &tree, &err))
		reason_about(&tree);
	gv_tree_free(&tree);
	return 0;
}
