// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

#include "../value.h"
#include "record.h"
#include "sys.h"

#define GV_PT_RUN	"/run/gpuvirt"
#define GV_PT_RECORDS	GV_PT_RUN "/passthrough"
#define GV_PT_LOCKS	GV_PT_RUN "/lock"
#define GV_PT_RECORD	384

static void gv_pt_record_word(const char *line, const char *key, char *value,
			      size_t size)
{
	size_t len = strlen(key);

	if (!strncmp(line, key, len) && line[len] == ' ')
		snprintf(value, size, "%s", line + len + 1);
}

static void gv_pt_record_parse(char *text, struct gv_pt_record *record)
{
	char *line, *save = NULL, ids[16] = "";
	uint64_t vendor, device;

	for (line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		gv_pt_record_word(line, "driver", record->driver,
				  sizeof(record->driver));
		gv_pt_record_word(line, "override", record->override,
				  sizeof(record->override));
		gv_pt_record_word(line, "gpu", record->gpu,
				  sizeof(record->gpu));
		gv_pt_record_word(line, "device", ids, sizeof(ids));
	}
	if (gv_parse_id(ids, &vendor, &device)) {
		record->vendor = vendor;
		record->device = device;
	}
	record->found = record->gpu[0];
}

static void gv_pt_record_read(int fd, struct gv_pt_record *record)
{
	char text[GV_PT_RECORD];
	ssize_t len = pread(fd, text, sizeof(text) - 1, 0);

	if (len <= 0)
		return;
	text[len] = 0;
	gv_pt_record_parse(text, record);
}

static void gv_pt_record_init(struct gv_pt_record *record)
{
	memset(record, 0, sizeof(*record));
	record->fd = -1;
	record->lock = -1;
}

/* Of the open file, not the process: the worker inherits it. */
static int gv_pt_record_flock(int fd, int cmd, struct flock *lock)
{
	memset(lock, 0, sizeof(*lock));
	lock->l_type = cmd == F_OFD_GETLK ? F_RDLCK : F_WRLCK;
	lock->l_whence = SEEK_SET;
	return fcntl(fd, cmd, lock) ? -errno : 0;
}

void gv_pt_record_look(const char *address, struct gv_pt_record *record)
{
	char path[GV_PT_PATH];
	struct flock lock;
	int fd;

	gv_pt_record_init(record);
	if (!gv_pt_path(path, GV_PT_RECORDS "/%s", address))
		return;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	gv_pt_record_read(fd, record);
	record->busy = !gv_pt_record_flock(fd, F_OFD_GETLK, &lock) &&
		lock.l_type != F_UNLCK;
	close(fd);
}

/* Whatever the umask: everybody may look, and one that is there is left alone. */
static int gv_pt_record_mkdir(const char *path, mode_t mode)
{
	if (mkdir(path, mode))
		return errno == EEXIST ? 0 : -errno;
	return chmod(path, mode) ? -errno : 0;
}

static int gv_pt_record_dir(void)
{
	static const struct {
		const char *path;
		mode_t mode;
	} dir[] = {
		{ "/run", 0755 },
		{ GV_PT_RUN, 0755 },
		{ GV_PT_RECORDS, 0755 },
		{ GV_PT_LOCKS, 0700 },
	};
	char path[GV_PT_PATH];
	unsigned int i;
	int ret;

	for (i = 0; i < sizeof(dir) / sizeof(dir[0]); i++) {
		if (!gv_pt_path(path, "%s", dir[i].path))
			return -ENAMETOOLONG;
		ret = gv_pt_record_mkdir(path, dir[i].mode);
		if (ret)
			return ret;
	}
	return 0;
}

static int gv_pt_record_open(const char *dir, const char *address, mode_t mode)
{
	char path[GV_PT_PATH];
	int fd, ret;

	if (!gv_pt_path(path, "%s/%s", dir, address))
		return -ENAMETOOLONG;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, mode);
	if (fd < 0)
		return -errno;
	if (fchmod(fd, mode)) {
		ret = -errno;
		close(fd);
		return ret;
	}
	return fd;
}

static pid_t gv_pt_record_locker(int lock)
{
	char pid[16];
	ssize_t len = pread(lock, pid, sizeof(pid) - 1, 0);

	pid[len > 0 ? len : 0] = 0;
	return atoi(pid);
}

/* In one write: whoever is killed leaves all of it or nothing. */
static int gv_pt_record_put(int fd, const char *text, int len)
{
	ssize_t done = pwrite(fd, text, len, 0);

	if (done < 0)
		return -errno;
	if (done != len)
		return -ENOSPC;
	return ftruncate(fd, len) ? -errno : 0;
}

int gv_pt_record_mine(const struct gv_pt_record *record)
{
	char pid[16];
	int len = snprintf(pid, sizeof(pid), "%d\n", (int)getpid());

	return gv_pt_record_put(record->lock, pid, len);
}

/* The lock files stay: to remove one would be to share it out. */
static int gv_pt_record_acquire(const char *address,
				struct gv_pt_record *record)
{
	struct flock lock;
	int ret;

	record->lock = gv_pt_record_open(GV_PT_LOCKS, address, 0600);
	if (record->lock < 0)
		return record->lock;
	ret = gv_pt_record_flock(record->lock, F_OFD_SETLK, &lock);
	if (!ret)
		return gv_pt_record_mine(record);
	if (ret != -EACCES && ret != -EAGAIN)
		return ret;
	record->worker = gv_pt_record_locker(record->lock);
	return -EBUSY;
}

int gv_pt_record_lock(const char *address, struct gv_pt_record *record)
{
	struct flock lock;
	int ret;

	gv_pt_record_init(record);
	ret = gv_pt_record_dir();
	if (!ret)
		ret = gv_pt_record_acquire(address, record);
	if (!ret) {
		record->fd = gv_pt_record_open(GV_PT_RECORDS, address, 0644);
		ret = record->fd < 0 ? record->fd : 0;
	}
	if (ret) {
		gv_pt_record_leave(record);
		return ret;
	}
	/*
	 * For who may only look. A user who has locked the record to read it
	 * can hide the change from others so, but not be in its way.
	 */
	gv_pt_record_flock(record->fd, F_OFD_SETLK, &lock);
	gv_pt_record_read(record->fd, record);
	return 0;
}

void gv_pt_record_match(struct gv_pt_record *record,
			const struct gv_pt_func *func)
{
	/* one that an older version wrote has no ids */
	if (!record->found || (!record->vendor && !record->device) ||
	    (record->vendor == func->vendor && record->device == func->device))
		return;
	record->found = false;
	record->other = true;
	record->driver[0] = 0;
	record->override[0] = 0;
	record->gpu[0] = 0;
}

int gv_pt_record_write(struct gv_pt_record *record,
		       const struct gv_pt_func *func)
{
	char text[GV_PT_RECORD];
	int len, ret;

	len = snprintf(text, sizeof(text),
		       "driver %s\noverride %s\ngpu %s\ndevice %04x:%04x\n",
		       record->driver, record->override, record->gpu,
		       func->vendor, func->device);
	if (len >= (int)sizeof(text))
		return -ENAMETOOLONG;
	ret = gv_pt_record_put(record->fd, text, len);
	if (!ret)
		record->found = true;
	return ret;
}

void gv_pt_record_forget(struct gv_pt_record *record)
{
	if (record->fd >= 0 && ftruncate(record->fd, 0))
		return;
	record->found = false;
}

void gv_pt_record_unlock(const char *address, struct gv_pt_record *record)
{
	char path[GV_PT_PATH];
	struct stat st;

	if (record->fd < 0)
		return;
	/* no link: the other of parent and child was here before */
	if (!fstat(record->fd, &st) && st.st_nlink && !st.st_size &&
	    gv_pt_path(path, GV_PT_RECORDS "/%s", address))
		unlink(path);
	gv_pt_record_leave(record);
}

void gv_pt_record_leave(struct gv_pt_record *record)
{
	if (record->fd >= 0)
		close(record->fd);
	if (record->lock >= 0)
		close(record->lock);
	record->fd = -1;
	record->lock = -1;
}

void gv_pt_record_of(const char *gpu, struct gv_pt_list *list)
{
	struct gv_pt_record record;
	struct gv_pt_func func;
	char path[GV_PT_PATH], address[40];
	struct dirent *entry;
	DIR *dir;

	list->count = 0;
	if (!gv_pt_path(path, GV_PT_RECORDS))
		return;
	dir = opendir(path);
	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		if (!gv_parse_address(entry->d_name, address))
			continue;
		gv_pt_record_look(entry->d_name, &record);
		if (gv_pt_read(entry->d_name, &func))
			continue;
		gv_pt_record_match(&record, &func);
		if (record.found && !strcmp(record.gpu, gpu))
			gv_pt_add(list, &func);
	}
	closedir(dir);
	gv_pt_sort(list);
}
