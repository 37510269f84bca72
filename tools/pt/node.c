// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <net/if.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "../value.h"
#include "node.h"
#include "sys.h"

#define GV_PT_DEPTH		16
#define GV_PT_NVIDIA_MAJOR	195U

static bool gv_pt_node_add(struct gv_pt_nodes *nodes, unsigned int func,
			   bool block, const char *number, const char *name)
{
	struct gv_pt_node *node = &nodes->node[nodes->count];

	if (nodes->count == GV_PT_NODES ||
	    sscanf(number, "%u:%u", &node->major, &node->minor) != 2 ||
	    gv_pt_node_find(nodes, block, node->major, node->minor))
		return false;
	node->func = func;
	node->block = block;
	node->vfio = !strncmp(name, "vfio/", 5);
	snprintf(node->name, sizeof(node->name), "%s", name);
	nodes->count++;
	return true;
}

const struct gv_pt_node *gv_pt_node_find(const struct gv_pt_nodes *nodes,
					 bool block, unsigned int major,
					 unsigned int minor)
{
	const struct gv_pt_node *node;
	unsigned int i;

	for (i = 0; i < nodes->count; i++) {
		node = &nodes->node[i];
		if (node->block == block && node->major == major &&
		    node->minor == minor)
			return node;
	}
	return NULL;
}

/* DEVNAME=dri/card0 of an uevent file. */
static void gv_pt_node_name(const char *dir, char *name, size_t size)
{
	char path[GV_PT_PATH + 16], line[256];
	FILE *file;

	snprintf(name, size, "?");
	snprintf(path, sizeof(path), "%s/uevent", dir);
	file = fopen(path, "re");
	if (!file)
		return;
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = 0;
		if (!strncmp(line, "DEVNAME=", 8))
			snprintf(name, size, "%.47s", line + 8);
	}
	fclose(file);
}

/* A disk that another is made of is held by whoever has that one. */
static void gv_pt_node_stacked(struct gv_pt_nodes *nodes, unsigned int func,
			       const char *number, int depth)
{
	char path[GV_PT_PATH], file[GV_PT_PATH + 300], other[32], name[48];
	struct dirent *entry;
	DIR *dir;

	if (depth > GV_PT_DEPTH ||
	    !gv_pt_path(path, "/sys/dev/block/%s/holders", number))
		return;
	dir = opendir(path);
	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(file, sizeof(file), "%s/%s/dev", path, entry->d_name);
		snprintf(name, sizeof(name), "%.47s", entry->d_name);
		if (!gv_pt_line(file, other, sizeof(other)) &&
		    gv_pt_node_add(nodes, func, true, other, name))
			gv_pt_node_stacked(nodes, func, other, depth + 1);
	}
	closedir(dir);
}

static void gv_pt_node_dir(struct gv_pt_nodes *nodes, unsigned int func,
			   const char *dir)
{
	char path[GV_PT_PATH + 16], number[32], name[48], to[256] = "";
	bool block;

	snprintf(path, sizeof(path), "%s/dev", dir);
	if (gv_pt_line(path, number, sizeof(number)))
		return;
	snprintf(path, sizeof(path), "%s/subsystem", dir);
	block = readlink(path, to, sizeof(to) - 1) > 6 &&
		!strcmp(to + strlen(to) - 6, "/block");
	gv_pt_node_name(dir, name, sizeof(name));
	if (gv_pt_node_add(nodes, func, block, number, name) && block)
		gv_pt_node_stacked(nodes, func, number, 0);
}

static void gv_pt_node_net(struct gv_pt_nodes *nodes, unsigned int func,
			   const char *dir)
{
	char path[GV_PT_PATH + 16], flags[32];

	snprintf(path, sizeof(path), "%s/flags", dir);
	if (!gv_pt_line(path, flags, sizeof(flags)) &&
	    strtoul(flags, NULL, 0) & IFF_UP)
		snprintf(nodes->up[func], sizeof(nodes->up[func]), "%.31s",
			 strrchr(dir, '/') + 1);
}

/* Directories only: links lead to other devices. */
static void gv_pt_node_walk(struct gv_pt_nodes *nodes, unsigned int func,
			    const char *path, int depth)
{
	char sub[GV_PT_PATH], address[40];
	struct dirent *entry;
	DIR *dir;

	if (depth > GV_PT_DEPTH)
		return;
	dir = opendir(path);
	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		if (entry->d_type != DT_DIR || entry->d_name[0] == '.' ||
		    gv_parse_address(entry->d_name, address))
			continue;
		if (depth == 0 && gv_parse_uuid(entry->d_name, address)) {
			nodes->vgpus[func]++;
			continue;
		}
		if (snprintf(sub, sizeof(sub), "%s/%s", path,
			     entry->d_name) >= (int)sizeof(sub))
			continue;
		gv_pt_node_dir(nodes, func, sub);
		if (strlen(path) > 4 && !strcmp(path + strlen(path) - 4, "/net"))
			gv_pt_node_net(nodes, func, sub);
		gv_pt_node_walk(nodes, func, sub, depth + 1);
	}
	closedir(dir);
}

/* NVIDIA's own nodes are not in sysfs. */
static void gv_pt_node_nvidia(struct gv_pt_nodes *nodes, unsigned int func,
			      const char *address)
{
	char path[GV_PT_PATH], line[256], number[32], name[48];
	unsigned int minor;
	FILE *file;

	if (!gv_pt_path(path, "/proc/driver/nvidia/gpus/%s/information",
			address))
		return;
	file = fopen(path, "re");
	if (!file)
		return;
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "Device Minor: %u", &minor) != 1)
			continue;
		snprintf(number, sizeof(number), "%u:%u", GV_PT_NVIDIA_MAJOR,
			 minor);
		snprintf(name, sizeof(name), "nvidia%u", minor);
		gv_pt_node_add(nodes, func, false, number, name);
	}
	fclose(file);
}

static void gv_pt_node_vfio(struct gv_pt_nodes *nodes, unsigned int func,
			    int group)
{
	char path[GV_PT_PATH], number[32], name[48];
	struct stat st;

	if (group < 0 || !gv_pt_path(path, "/dev/vfio/%d", group) ||
	    stat(path, &st))
		return;
	snprintf(number, sizeof(number), "%u:%u", major(st.st_rdev),
		 minor(st.st_rdev));
	snprintf(name, sizeof(name), "vfio/%d", group);
	gv_pt_node_add(nodes, func, false, number, name);
}

void gv_pt_nodes(const struct gv_pt_list *list, struct gv_pt_nodes *nodes)
{
	const struct gv_pt_func *func;
	char path[GV_PT_PATH];
	unsigned int i;

	memset(nodes, 0, sizeof(*nodes));
	for (i = 0; i < list->count; i++) {
		func = &list->func[i];
		if (gv_pt_path(path, GV_PT_PCI "/%s", func->address))
			gv_pt_node_walk(nodes, i, path, 0);
		gv_pt_node_nvidia(nodes, i, func->address);
		if (gv_pt_is_vfio(func))
			gv_pt_node_vfio(nodes, i, func->group);
	}
}
