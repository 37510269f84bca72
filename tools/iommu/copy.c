// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

#include "capture.h"

int gv_copy_open(struct gv_copy *copy, const char *dir)
{
	memset(copy, 0, sizeof(*copy));
	if (mkdir(dir, 0777))
		return -errno;
	copy->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return copy->dir < 0 ? -errno : 0;
}

int gv_copy_close(struct gv_copy *copy)
{
	close(copy->dir);
	return -copy->error;
}

static void gv_copy_failed(struct gv_copy *copy, const char *path)
{
	if (copy->error)
		return;
	copy->error = errno;
	snprintf(copy->path, sizeof(copy->path), "%s", path);
}

/* The directories above path. */
static void gv_copy_above(struct gv_copy *copy, const char *path)
{
	char above[1024], *slash;

	snprintf(above, sizeof(above), "%s", path);
	for (slash = strchr(above, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = 0;
		if (mkdirat(copy->dir, above, 0777) && errno != EEXIST)
			gv_copy_failed(copy, above);
		*slash = '/';
	}
}

void gv_copy_file(struct gv_copy *copy, const char *path, const void *data,
		  size_t size)
{
	const char *at = data;
	ssize_t len;
	int fd;

	gv_copy_above(copy, path);
	fd = openat(copy->dir, path,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (fd < 0) {
		gv_copy_failed(copy, path);
		return;
	}
	while (size) {
		len = write(fd, at, size);
		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0) {
			gv_copy_failed(copy, path);
			break;
		}
		at += len;
		size -= len;
	}
	if (close(fd))
		gv_copy_failed(copy, path);
}

void gv_copy_text(struct gv_copy *copy, const char *path, const char *text)
{
	char line[4200];

	snprintf(line, sizeof(line), "%s\n", text);
	gv_copy_file(copy, path, line, strlen(line));
}

void gv_copy_link(struct gv_copy *copy, const char *path, const char *to)
{
	gv_copy_above(copy, path);
	if (symlinkat(to, copy->dir, path))
		gv_copy_failed(copy, path);
}
