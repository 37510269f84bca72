// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

#include "port.h"
#include "sysfs.h"

#define GV_MDEV_DEVICES	"/sys/bus/mdev/devices"

int gv_sysfs_create(const char *gpu, const char *mdev_type, const char *uuid)
{
	char path[512];
	int len;

	/* both names come from the kernel: neither may leave its directory */
	if (strchr(gpu, '/') || strchr(mdev_type, '/'))
		return -EINVAL;
	len = snprintf(path, sizeof(path),
		       "%s/sys/bus/pci/devices/%s/mdev_supported_types/%s/create",
		       gv_port_root(), gpu, mdev_type);
	if (len >= (int)sizeof(path))
		return -ENAMETOOLONG;
	return gv_port_write(path, uuid);
}

static int gv_sysfs_device(const char *uuid, const char *file, char *path,
			   size_t size)
{
	int len = snprintf(path, size, "%s" GV_MDEV_DEVICES "/%s%s",
			   gv_port_root(), uuid, file);

	return len >= (int)size ? -ENAMETOOLONG : 0;
}

int gv_sysfs_remove(const char *uuid)
{
	char path[512];
	int ret;

	ret = gv_sysfs_device(uuid, "/remove", path, sizeof(path));
	return ret ? ret : gv_port_write(path, "1");
}

bool gv_sysfs_exists(const char *uuid)
{
	char path[512];
	struct stat st;

	return !gv_sysfs_device(uuid, "", path, sizeof(path)) &&
		!lstat(path, &st);
}

static bool gv_sysfs_there(const char *name, struct stat *st)
{
	char path[512];

	snprintf(path, sizeof(path), "%s%s", gv_port_root(), name);
	return !stat(path, st);
}

/* One that is empty, or /dev/null, says that the others are not wanted. */
static bool gv_sysfs_look_for_udev(void)
{
	static const char *const rules[] = {
		"/etc/udev/rules.d/70-gpuvirt.rules",
		"/usr/lib/udev/rules.d/70-gpuvirt.rules",
		"/lib/udev/rules.d/70-gpuvirt.rules",
	};
	struct stat st;
	unsigned int i;

	if (!gv_sysfs_there("/run/udev/control", &st))
		return false;
	for (i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (gv_sysfs_there(rules[i], &st))
			return S_ISREG(st.st_mode) && st.st_size;
	return false;
}

bool gv_sysfs_udev(void)
{
	static bool known, udev;

	if (!known) {
		udev = gv_sysfs_look_for_udev();
		known = true;
	}
	return udev;
}

static bool gv_node_allows(unsigned int mode, int shift)
{
	return (mode >> shift & 06) == 06;
}

static void gv_node_name(char *buf, const char *name, unsigned int id)
{
	if (name)
		snprintf(buf, GV_NODE_NAME, "%s", name);
	else
		snprintf(buf, GV_NODE_NAME, "%u", id);
}

/* Nodes mostly have the same owner: each new look-up reads a file or more. */
static void gv_node_owner(struct gv_node *node, const struct stat *st)
{
	static struct gv_node last;
	static uid_t uid;
	static gid_t gid;
	struct passwd *pw;
	struct group *gr;

	if (!last.exists || uid != st->st_uid || gid != st->st_gid) {
		uid = st->st_uid;
		gid = st->st_gid;
		pw = getpwuid(uid);
		gv_node_name(last.user_name, pw ? pw->pw_name : NULL, uid);
		gr = getgrgid(gid);
		gv_node_name(last.group_name, gr ? gr->gr_name : NULL, gid);
		last.exists = true;
	}
	memcpy(node->user_name, last.user_name, GV_NODE_NAME);
	memcpy(node->group_name, last.group_name, GV_NODE_NAME);
}

void gv_node_read(uint32_t group, struct gv_node *node)
{
	char path[512];
	struct stat st;

	memset(node, 0, sizeof(*node));
	snprintf(node->path, sizeof(node->path), "/dev/vfio/%u", group);
	snprintf(path, sizeof(path), "%s%s", gv_port_root(), node->path);
	if (stat(path, &st))
		return;
	node->exists = true;
	node->mode = st.st_mode & 07777;
	node->group = gv_node_allows(node->mode, 3);
	node->others = gv_node_allows(node->mode, 0);
	gv_node_owner(node, &st);
}

const char *gv_node_who(const struct gv_node *node, char *buf)
{
	if (!node->exists)
		strcpy(buf, "nobody: the node does not exist");
	else if (node->others)
		strcpy(buf, "everybody");
	else if (node->group)
		snprintf(buf, 192, "user %s, group %s", node->user_name,
			 node->group_name);
	else
		snprintf(buf, 192, "user %s only", node->user_name);
	return buf;
}
