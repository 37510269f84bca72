// SPDX-License-Identifier: GPL-2.0
/*
 * libs: libmnl
 *
 * What a good program does by itself, without the tool, to compare with:
 *
 *	vgpu_rival create TYPE_DIR N	write N UUIDs to TYPE_DIR/create
 *	vgpu_rival delete N		and to their remove files
 *	vgpu_rival walk TIMES		the facts on all vGPUs, from sysfs
 *	vgpu_rival dump TIMES		the same facts, by one netlink dump each
 *	vgpu_rival types GPU N		create N types, list them, delete them
 *
 * It prints nanoseconds, one number a line.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ktap.h"
#include "nl_gpu.h"

#define MDEV "/sys/bus/mdev/devices"

static uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

static void tell(uint64_t start)
{
	printf("%llu\n", (unsigned long long)(now() - start));
}

static void die(const char *what)
{
	fprintf(stderr, "vgpu_rival: %s: %s\n", what, strerror(errno));
	exit(1);
}

/*
 * As careful as the tool: is there room, was it made, what is its group? These
 * are the checks that a script would leave out and a manager would not.
 */
static void create(const char *dir, unsigned int n)
{
	char path[512], text[64], link[256], uuid[GV_UUID_LEN + 1];
	uint64_t start = now();
	unsigned int i;

	for (i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/available_instances", dir);
		if (!gv_file_read(path, text, sizeof(text)) || !atoi(text))
			die("no room");
		gv_uuid(uuid, i);
		snprintf(path, sizeof(path), "%s/create", dir);
		errno = gv_file_write(path, uuid);
		if (errno)
			die("create");
		snprintf(path, sizeof(path), MDEV "/%s/iommu_group", uuid);
		if (readlink(path, link, sizeof(link)) < 0)
			die("iommu_group");
	}
	tell(start);
}

static void delete(unsigned int n)
{
	char uuid[GV_UUID_LEN + 1];
	uint64_t start = now();
	unsigned int i;

	for (i = 0; i < n; i++) {
		gv_uuid(uuid, i);
		if (!gv_vgpu_exists(uuid))
			die(uuid);
		errno = gv_vgpu_remove(uuid);
		if (errno)
			die("remove");
	}
	tell(start);
}

static size_t link_name(const char *id, const char *name, char *to, size_t size)
{
	char path[320];
	ssize_t len;

	snprintf(path, sizeof(path), MDEV "/%s/%s", id, name);
	len = readlink(path, to, size - 1);
	if (len < 0)
		die(path);
	to[len] = '\0';
	return len;
}

/* GPU, type's name and framebuffer, group, driver: what sysfs knows. */
static unsigned int walk_device(const char *id)
{
	char link[512], path[384], text[256];

	snprintf(path, sizeof(path), MDEV "/%s", id);
	if (readlink(path, link, sizeof(link)) < 0)	/* its GPU */
		die(path);
	link_name(id, "iommu_group", link, sizeof(link));
	link_name(id, "driver", link, sizeof(link));
	link_name(id, "mdev_type", link, sizeof(link));
	snprintf(path, sizeof(path), MDEV "/%s/mdev_type/name", id);
	if (!gv_file_read(path, text, sizeof(text)))
		die(path);
	/* The framebuffer is in the description, and only there. */
	snprintf(path, sizeof(path), MDEV "/%s/mdev_type/description", id);
	if (!gv_file_read(path, text, sizeof(text)))
		die(path);
	return 1;
}

static void walk(unsigned int times)
{
	uint64_t start = now();
	struct dirent *entry;
	unsigned int n = 0;
	DIR *dir;

	while (times--) {
		dir = opendir(MDEV);
		if (!dir)
			die(MDEV);
		while ((entry = readdir(dir)))
			if (entry->d_name[0] != '.')
				n += walk_device(entry->d_name);
		closedir(dir);
	}
	if (!n)
		die("no vGPUs");
	tell(start);
}

static void count(const struct gv_msg *msg, void *arg)
{
	*(unsigned int *)arg += gv_has(msg, GPUVIRT_A_VGPU_IOMMU_GROUP);
}

static void dump(unsigned int times)
{
	unsigned int n = 0;
	struct gv_nl nl;
	uint64_t start;

	gv_nl_open(&nl);
	start = now();
	while (times--)
		if (gv_nl_dump_cmd(&nl, GPUVIRT_CMD_VGPU_GET, count, &n))
			die("dump");
	if (!n)
		die("no vGPUs");
	tell(start);
}

static void types(const char *gpu, unsigned int n)
{
	struct gv_nl nl;
	uint64_t start;
	unsigned int i;
	char name[16];

	gv_nl_open(&nl);
	start = now();
	for (i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "b%u", i);
		if (gv_type_new(&nl, gpu, name, 4 * GV_MIB, 0))
			die("type-new");
	}
	tell(start);
	start = now();
	if (gv_nl_dump_cmd(&nl, GPUVIRT_CMD_TYPE_GET, NULL, NULL))
		die("dump");
	tell(start);
	start = now();
	for (i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "b%u", i);
		if (gv_type_del(&nl, gpu, name))
			die("type-del");
	}
	tell(start);
}

int main(int argc, char **argv)
{
	const char *verb = argc > 2 ? argv[1] : "";

	if (!strcmp(verb, "create") && argc == 4)
		create(argv[2], atoi(argv[3]));
	else if (!strcmp(verb, "delete"))
		delete(atoi(argv[2]));
	else if (!strcmp(verb, "walk"))
		walk(atoi(argv[2]));
	else if (!strcmp(verb, "dump"))
		dump(atoi(argv[2]));
	else if (!strcmp(verb, "types") && argc == 4)
		types(argv[2], atoi(argv[3]));
	else
		return 2;
	return 0;
}
