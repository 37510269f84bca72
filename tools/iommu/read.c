// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "read.h"

#define GV_FNS_MAX	65536

struct gv_reader {
	struct gv_tree *tree;
	int dir;		/* /sys/bus/pci/devices */
	struct gv_config cfg;
};

static size_t gv_fetch(void *arg, size_t off, void *buf, size_t len)
{
	size_t got = 0;
	ssize_t ret;

	do {
		ret = pread(*(int *)arg, (char *)buf + got, len - got,
			    off + got);
		if (ret > 0)
			got += ret;
	} while ((ret > 0 && got < len) || (ret < 0 && errno == EINTR));
	return got;
}

static void gv_read_config(struct gv_reader *reader, struct gv_fn *fn)
{
	struct gv_config *cfg = &reader->cfg;
	uint32_t class;
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "%s/config", fn->address);
	fd = gv_file_open(reader->dir, path);
	if (fd < 0)
		return;
	gv_config_init(cfg, gv_fetch, &fd);
	gv_config_parse(cfg, &fn->bits);
	if (gv_config_u16(cfg, 0, &fn->vendor) &&
	    gv_config_u16(cfg, 2, &fn->device) && gv_config_u32(cfg, 8, &class))
		fn->class = class >> 8;
	close(fd);
}

static unsigned long gv_read_hex(struct gv_reader *reader,
				 const struct gv_fn *fn, const char *name)
{
	char path[64], text[32];

	snprintf(path, sizeof(path), "%s/%s", fn->address, name);
	if (gv_file_text(reader->dir, path, text, sizeof(text)))
		return 0;
	return strtoul(text, NULL, 16);
}

/* A VF has no ids of its own, and a function that sleeps too deep none. */
static void gv_read_ids(struct gv_reader *reader, struct gv_fn *fn)
{
	if (!fn->virtfn && fn->bits.answers)
		return;
	fn->vendor = gv_read_hex(reader, fn, "vendor");
	fn->device = gv_read_hex(reader, fn, "device");
	fn->class = gv_read_hex(reader, fn, "class") & 0xffffff;
}

static int gv_read_number(const char *text)
{
	unsigned long number;
	char *end;

	if (*text < '0' || *text > '9')
		return -1;
	errno = 0;
	number = strtoul(text, &end, 10);
	return *end || errno || number > 0x7fffffff ? -1 : (int)number;
}

static void gv_read_links(struct gv_reader *reader, struct gv_fn *fn)
{
	char path[64], name[64];

	snprintf(path, sizeof(path), "%s/driver", fn->address);
	gv_link_name(reader->dir, path, fn->driver, sizeof(fn->driver));
	snprintf(path, sizeof(path), "%s/iommu", fn->address);
	gv_link_name(reader->dir, path, fn->iommu, sizeof(fn->iommu));
	snprintf(path, sizeof(path), "%s/physfn", fn->address);
	gv_link_name(reader->dir, path, name, sizeof(name));
	fn->virtfn = *name;
	snprintf(path, sizeof(path), "%s/iommu_group", fn->address);
	gv_link_name(reader->dir, path, name, sizeof(name));
	fn->group = gv_read_number(name);
}

static int gv_read_fn(struct gv_reader *reader, const char *address)
{
	struct gv_tree *tree = reader->tree;
	struct gv_fn *fn;

	if (!(tree->n & (tree->n - 1))) {
		fn = realloc(tree->fns, sizeof(*fn) * (tree->n ? tree->n * 2 : 1));
		if (!fn)
			return -ENOMEM;
		tree->fns = fn;
	}
	fn = &tree->fns[tree->n];
	memset(fn, 0, sizeof(*fn));
	if (strlen(address) >= sizeof(fn->address) ||
	    !gv_address_split(address, &fn->domain, &fn->bus, &fn->devfn))
		return 0;
	strcpy(fn->address, address);
	gv_read_links(reader, fn);
	gv_read_config(reader, fn);
	gv_read_ids(reader, fn);
	if (!fn->bits.known)
		tree->hidden++;
	tree->n++;
	return 0;
}

static int gv_read_fns(struct gv_reader *reader)
{
	struct dirent *entry;
	DIR *dir;
	int fd, ret = 0;

	fd = dup(reader->dir);
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		if (fd >= 0)
			close(fd);
		return -errno;
	}
	while (!ret && reader->tree->n < GV_FNS_MAX && (entry = readdir(dir)))
		ret = gv_read_fn(reader, entry->d_name);
	closedir(dir);
	return ret;
}

/*
 * A function's place: its directory lies in that of the bridge above it, or of
 * its root bus (pci0000:00), which may lie in that of the device it belongs to.
 */
static void gv_read_place(struct gv_reader *reader, struct gv_fn *fn)
{
	struct gv_fn *above = NULL, *found;
	char path[1024], *word, *save;
	ssize_t len;

	len = readlinkat(reader->dir, fn->address, path, sizeof(path) - 1);
	if (len <= 0)
		return;
	path[len] = 0;
	for (word = strtok_r(path, "/", &save); word;
	     word = strtok_r(NULL, "/", &save)) {
		found = gv_tree_find(reader->tree, word);
		if (found == fn)
			break;
		if (found) {
			above = found;
		} else if (above && !strncmp(word, "pci", 3)) {
			fn->owner = above;
			above = NULL;
		}
	}
	fn->up = above;
}

static bool gv_is_gpu_class(const struct gv_fn *fn)
{
	return fn->class >> 16 == 0x03 || fn->class >> 16 == 0x12;
}

static void gv_read_relations(struct gv_reader *reader, struct gv_fn *fn)
{
	char path[64], name[64];

	gv_read_place(reader, fn);
	/* below a port of PCI Express, each device is one */
	if (!fn->virtfn)
		fn->multifunction = fn->bits.multifunction ||
			(fn->up && fn->up->bits.pcie &&
			 (fn->up->bits.type == 4 || fn->up->bits.type == 6) ?
			 fn->devfn : fn->devfn & 7);
	fn->gpu = gv_is_gpu_class(fn);
	if (!fn->virtfn)
		return;
	snprintf(path, sizeof(path), "%s/physfn", fn->address);
	gv_link_name(reader->dir, path, name, sizeof(name));
	fn->pf = gv_tree_find(reader->tree, name);
	if (fn->pf && gv_is_gpu_class(fn->pf))
		fn->gpu = true;
}

/* A bridge can't lie below itself, but a copy can say so. */
static void gv_cut_loops(struct gv_tree *tree)
{
	struct gv_fn *fn, *up;
	unsigned int depth;

	gv_for_each_fn(fn, tree) {
		depth = 0;
		for (up = fn->up; up; up = up->up) {
			if (up == fn || depth++ > 256) {
				fn->up = NULL;
				break;
			}
		}
	}
}

static int gv_add_group(struct gv_tree *tree, int number)
{
	struct gv_group *group;

	if (number < 0 || gv_tree_group(tree, number))
		return 0;
	if (!(tree->n_groups & (tree->n_groups - 1))) {
		group = realloc(tree->groups, sizeof(*group) *
				(tree->n_groups ? tree->n_groups * 2 : 1));
		if (!group)
			return -ENOMEM;
		tree->groups = group;
	}
	group = &tree->groups[tree->n_groups++];
	memset(group, 0, sizeof(*group));
	group->number = number;
	return 0;
}

int gv_tree_read(const char *root, struct gv_tree *tree, struct gv_err *err)
{
	struct gv_reader reader = { .tree = tree };
	char path[4096];
	struct gv_fn *fn;
	int ret;

	memset(tree, 0, sizeof(*tree));
	tree->root = root;
	snprintf(path, sizeof(path), "%s/sys/bus/pci/devices", root);
	reader.dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (reader.dir < 0)
		return gv_err_set(err, errno, "%s: %s", path, strerror(errno));
	ret = gv_read_fns(&reader);
	if (!ret) {
		gv_tree_sort(tree);
		gv_for_each_fn(fn, tree)
			gv_read_relations(&reader, fn);
		gv_cut_loops(tree);
		for (fn = tree->fns; !ret && fn < tree->fns + tree->n; fn++)
			ret = gv_add_group(tree, fn->group);
	}
	close(reader.dir);
	if (ret) {
		gv_tree_free(tree);
		return gv_err_set(err, -ret, "%s: %s", path, strerror(-ret));
	}
	gv_read_host(tree);
	return 0;
}

void gv_tree_free(struct gv_tree *tree)
{
	free(tree->fns);
	free(tree->groups);
	memset(tree, 0, sizeof(*tree));
}
