// SPDX-License-Identifier: GPL-2.0
/*
 * What a good program does by itself, without the tool, to compare with:
 *
 *	vf_rival enable GPU N	enable N VFs that no driver takes
 *	vf_rival bind GPU N	bind them to vfio-pci, one after another
 *
 * It prints nanoseconds.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define DEVICES "/sys/bus/pci/devices"

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

/* As careful as the tool: it looks whether the driver is really bound. */
static void bind(const char *gpu, int n)
{
	char path[256], link[256], *vf;
	ssize_t len;
	int i;

	for (i = 0; i < n; i++) {
		snprintf(path, sizeof(path), DEVICES "/%s/virtfn%d", gpu, i);
		len = readlink(path, link, sizeof(link) - 1);
		if (len < 0) {
			perror(path);
			exit(1);
		}
		link[len] = '\0';
		vf = strrchr(link, '/') + 1;
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

int main(int argc, char **argv)
{
	unsigned long long start = now();

	if (argc != 4)
		return 2;
	if (!strcmp(argv[1], "enable"))
		enable(argv[2], argv[3]);
	else if (!strcmp(argv[1], "bind"))
		bind(argv[2], atoi(argv[3]));
	else
		return 2;
	printf("%llu\n", now() - start);
	return 0;
}
