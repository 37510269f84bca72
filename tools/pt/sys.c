// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../port.h"
#include "sys.h"

bool gv_pt_path(char *path, const char *fmt, ...)
{
	int len = snprintf(path, GV_PT_PATH, "%s", gv_port_root());
	va_list ap;

	if (len >= GV_PT_PATH)
		return false;
	va_start(ap, fmt);
	len += vsnprintf(path + len, GV_PT_PATH - len, fmt, ap);
	va_end(ap);
	return len < GV_PT_PATH;
}

int gv_pt_line(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len;
	int ret = 0;

	buf[0] = 0;
	if (fd < 0)
		return -errno;
	len = read(fd, buf, size - 1);
	if (len < 0) {
		ret = -errno;
		len = 0;
	}
	close(fd);
	buf[len] = 0;
	buf[strcspn(buf, "\n")] = 0;
	return ret;
}

int gv_pt_attr(const char *address, const char *name, char *buf, size_t size)
{
	char path[GV_PT_PATH];

	if (!gv_pt_path(path, GV_PT_PCI "/%s/%s", address, name)) {
		buf[0] = 0;
		return -ENAMETOOLONG;
	}
	return gv_pt_line(path, buf, size);
}

uint64_t gv_pt_attr_num(const char *address, const char *name)
{
	char buf[32];

	if (gv_pt_attr(address, name, buf, sizeof(buf)))
		return 0;
	return strtoull(buf, NULL, 0);
}

int gv_pt_link(const char *address, const char *name, char *buf, size_t size)
{
	char path[GV_PT_PATH], to[GV_PT_PATH];
	const char *last;
	ssize_t len;

	buf[0] = 0;
	if (!gv_pt_path(path, GV_PT_PCI "/%s/%s", address, name))
		return -ENAMETOOLONG;
	len = readlink(path, to, sizeof(to) - 1);
	if (len < 0)
		return -errno;
	to[len] = 0;
	last = strrchr(to, '/');
	snprintf(buf, size, "%s", last ? last + 1 : to);
	return 0;
}

int gv_pt_store(const char *address, const char *name, const char *text)
{
	char path[GV_PT_PATH];

	if (!gv_pt_path(path, GV_PT_PCI "/%s/%s", address, name))
		return -ENAMETOOLONG;
	return gv_port_write(path, text);
}

bool gv_pt_exists(const char *path)
{
	return !access(path, F_OK);
}

void gv_pt_log(const char *line)
{
	char path[GV_PT_PATH];

	if (gv_pt_path(path, "/dev/kmsg"))
		gv_port_write(path, line);
}

/*
 * Descriptors that the tool was started with, and may not know of: one of them
 * could be of the very device whose driver then waits for it. Its own are all
 * to be closed at exec.
 */
static void gv_pt_close_inherited(void)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *entry;
	int fd, flags;

	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		fd = atoi(entry->d_name);
		flags = fcntl(fd, F_GETFD);
		if (fd > STDERR_FILENO && flags >= 0 && !(flags & FD_CLOEXEC))
			close(fd);
	}
	closedir(dir);
}

void gv_pt_detach(void)
{
	int null;

	setsid();
	gv_pt_close_inherited();
	null = open("/dev/null", O_RDWR);
	if (null < 0)
		return;
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	if (null > STDERR_FILENO)
		close(null);
}
