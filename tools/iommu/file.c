// SPDX-License-Identifier: GPL-2.0
/* Files of sysfs, or of a copy that somebody sent. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

#include "read.h"

int gv_file_open(int dir, const char *path)
{
	struct stat st;
	int fd;

	fd = openat(dir, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		close(fd);
		return -EINVAL;
	}
	return fd;
}

int gv_file_text(int dir, const char *path, char *buf, size_t size)
{
	size_t used = 0;
	ssize_t len;
	int fd;

	buf[0] = 0;
	fd = gv_file_open(dir, path);
	if (fd < 0)
		return fd;
	do {
		len = read(fd, buf + used, size - 1 - used);
		if (len > 0)
			used += len;
	} while (len > 0 || (len < 0 && errno == EINTR));
	close(fd);
	buf[used] = 0;
	while (used && (buf[used - 1] == '\n' || buf[used - 1] == ' '))
		buf[--used] = 0;
	return len < 0 ? -errno : 0;
}

void gv_link_name(int dir, const char *path, char *buf, size_t size)
{
	char to[1024];
	const char *slash;
	ssize_t len;

	buf[0] = 0;
	len = readlinkat(dir, path, to, sizeof(to) - 1);
	if (len <= 0)
		return;
	to[len] = 0;
	slash = strrchr(to, '/');
	snprintf(buf, size, "%s", slash ? slash + 1 : to);
}
