// SPDX-License-Identifier: GPL-2.0
/*
 * What a good program does by itself, without the tool, to compare with:
 *
 *	vf_rival enable GPU N	enable N VFs that no driver takes
 *	vf_rival bind GPU N	bind them to vfio-pci, one after another
 *	vf_rival open GPU N	open them as a VMM does, one after another
 *	vf_rival threads GPU N	the same, each in a thread of its own
 *	vf_rival reset GPU N	reset them, one after another
 *	vf_rival groups		read of each function in an IOMMU group what a report
 *				says of it, and where it is, to see what isolates it
 *
 * It prints nanoseconds.
 */
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ktap.h"
#include "vfio.h"

#define VFS_MAX 64
#define DEVICES "/sys/bus/pci/devices"
#define GROUPS "/sys/kernel/iommu_groups"

static unsigned long long now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0) {
		perror(path);
		exit(1);
	}
	close(fd);
}

static void enable(const char *gpu, const char *n)
{
	char path[256];

	snprintf(path, sizeof(path), DEVICES "/%s/sriov_drivers_autoprobe", gpu);
	put(path, "0");
	snprintf(path, sizeof(path), DEVICES "/%s/sriov_numvfs", gpu);
	put(path, n);
}

/* The address of VF number i, which lasts until the next call. */
static const char *vf_of(const char *gpu, int i)
{
	static char link[256];
	char path[256];
	ssize_t len;

	snprintf(path, sizeof(path), DEVICES "/%s/virtfn%d", gpu, i);
	len = readlink(path, link, sizeof(link) - 1);
	if (len < 0) {
		perror(path);
		exit(1);
	}
	link[len] = '\0';
	return strrchr(link, '/') + 1;
}

/* As careful as the tool: it looks whether the driver is really bound. */
static void bind(const char *gpu, int n)
{
	char path[256];
	const char *vf;
	int i;

	for (i = 0; i < n; i++) {
		vf = vf_of(gpu, i);
		snprintf(path, sizeof(path), DEVICES "/%s/driver_override", vf);
		put(path, "vfio-pci");
		put("/sys/bus/pci/drivers_probe", vf);
		snprintf(path, sizeof(path), DEVICES "/%s/driver", vf);
		if (access(path, F_OK)) {
			perror(path);
			exit(1);
		}
	}
}

static struct gv_vfio vfs[VFS_MAX];
static char names[VFS_MAX][16];

static void *open_one(void *arg)
{
	int i = (int)(long)arg;

	gv_vfio_must_open(&vfs[i], names[i]);
	return NULL;
}

/* What is closed is not timed, but ends with the process. */
static void open_all(const char *gpu, int n, int threads)
{
	pthread_t ids[VFS_MAX];
	int i;

	for (i = 0; i < n; i++)
		snprintf(names[i], sizeof(names[i]), "%.15s", vf_of(gpu, i));
	for (i = 0; i < n; i++) {
		if (!threads)
			open_one((void *)(long)i);
		else if (pthread_create(&ids[i], NULL, open_one,
					(void *)(long)i))
			exit(1);
	}
	for (i = 0; i < n && threads; i++)
		pthread_join(ids[i], NULL);
}

static void reset_all(const char *gpu, int n)
{
	char path[256];
	int i;

	for (i = 0; i < n; i++) {
		snprintf(path, sizeof(path), DEVICES "/%s/reset",
			 vf_of(gpu, i));
		put(path, "1");
	}
}

/* What ACS and the header type say is in the configuration space. */
static void read_function(const char *address)
{
	static const char *const files[] = {
		"vendor", "device", "class", "config", "reset_method",
	};
	static const char *const links[] = { "driver", "physfn", "" };
	char path[512], buf[4096];
	unsigned int i;
	int fd;

	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), DEVICES "/%s/%s", address, files[i]);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		while (read(fd, buf, sizeof(buf)) > 0)
			;
		close(fd);
	}
	for (i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		snprintf(path, sizeof(path), DEVICES "/%s%s%s", address,
			 *links[i] ? "/" : "", links[i]);
		if (readlink(path, buf, sizeof(buf)) < 0 && i == 2)
			exit(1);
	}
}

static void read_groups(void)
{
	struct dirent *group, *function;
	DIR *groups = opendir(GROUPS), *functions;
	unsigned int n = 0;
	char path[512];

	if (!groups)
		exit(1);
	while ((group = readdir(groups))) {
		if (group->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), GROUPS "/%s/devices", group->d_name);
		functions = opendir(path);
		if (!functions)
			exit(1);
		while ((function = readdir(functions))) {
			if (function->d_name[0] == '.')
				continue;
			read_function(function->d_name);
			n++;
		}
		closedir(functions);
	}
	closedir(groups);
	if (n < 256)
		exit(1);
}

int main(int argc, char **argv)
{
	unsigned long long start = now();

	if (argc == 2 && !strcmp(argv[1], "groups")) {
		read_groups();
		printf("%llu\n", now() - start);
		return 0;
	}
	if (argc != 4 || atoi(argv[3]) > VFS_MAX)
		return 2;
	if (!strcmp(argv[1], "enable"))
		enable(argv[2], argv[3]);
	else if (!strcmp(argv[1], "bind"))
		bind(argv[2], atoi(argv[3]));
	else if (!strcmp(argv[1], "open"))
		open_all(argv[2], atoi(argv[3]), 0);
	else if (!strcmp(argv[1], "threads"))
		open_all(argv[2], atoi(argv[3]), 1);
	else if (!strcmp(argv[1], "reset"))
		reset_all(argv[2], atoi(argv[3]));
	else
		return 2;
	printf("%llu\n", now() - start);
	return 0;
}
