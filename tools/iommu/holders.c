// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "holders.h"
#include "read.h"

/* Whether a process has the node open; a process can go at any time. */
static bool gv_holds(int proc, const char *pid, const char *node,
		     bool *hidden)
{
	struct dirent *entry;
	bool holds = false;
	char path[300], to[64];
	ssize_t len;
	DIR *dir;
	int fd;

	snprintf(path, sizeof(path), "%s/fd", pid);
	fd = openat(proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		if (errno == EACCES)
			*hidden = true;
		return false;
	}
	dir = fdopendir(fd);
	if (!dir) {
		close(fd);
		return false;
	}
	while (!holds && (entry = readdir(dir))) {
		len = readlinkat(fd, entry->d_name, to, sizeof(to) - 1);
		if (len <= 0)
			continue;
		to[len] = 0;
		holds = !strcmp(to, node);
	}
	closedir(dir);
	return holds;
}

unsigned int gv_holders(const struct gv_tree *tree, int group,
			struct gv_holder *holders, bool *hidden)
{
	struct dirent *entry;
	unsigned int n = 0;
	char path[4096], node[32];
	DIR *dir;

	*hidden = false;
	snprintf(node, sizeof(node), "/dev/vfio/%d", group);
	snprintf(path, sizeof(path), "%s/proc", tree->root);
	dir = opendir(path);
	if (!dir)
		return 0;
	while (n < GV_HOLDERS_MAX && (entry = readdir(dir))) {
		if (entry->d_name[0] < '1' || entry->d_name[0] > '9' ||
		    !gv_holds(dirfd(dir), entry->d_name, node, hidden))
			continue;
		holders[n].pid = atoi(entry->d_name);
		snprintf(path, sizeof(path), "%s/comm", entry->d_name);
		gv_file_text(dirfd(dir), path, holders[n].comm,
			     sizeof(holders[n].comm));
		n++;
	}
	closedir(dir);
	return n;
}
