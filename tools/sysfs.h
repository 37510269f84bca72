/* SPDX-License-Identifier: GPL-2.0 */
/* What only sysfs and /dev can do: make and remove mdevs, and say who may. */
#ifndef GV_SYSFS_H
#define GV_SYSFS_H

#include <stdbool.h>
#include <stdint.h>

/* 0 or -errno. */
int gv_sysfs_create(const char *gpu, const char *mdev_type, const char *uuid);
int gv_sysfs_remove(const char *uuid);
bool gv_sysfs_exists(const char *uuid);
/* Whether an uevent daemon runs and has our rule. */
bool gv_sysfs_udev(void);

#define GV_NODE_NAME	64

/* The node of a VFIO group, and who may open it. */
struct gv_node {
	char path[32];
	bool exists;
	bool group;		/* may read and write */
	bool others;
	unsigned int mode;
	char user_name[GV_NODE_NAME];
	char group_name[GV_NODE_NAME];
};

void gv_node_read(uint32_t group, struct gv_node *node);
/* "user root, group kvm", "user root only"; buf has room for 192 bytes. */
const char *gv_node_who(const struct gv_node *node, char *buf);

#endif
