// SPDX-License-Identifier: GPL-2.0
/*
 * A PCI core and drivers behind the files of GV_FAKE_ROOT, for scripts with the
 * line "kernel". A function without driver_override goes to the driver that its
 * file native names; a driver that has no directory takes nothing.
 */
#include <errno.h>
#include <fnmatch.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../port.h"
#include "fake.h"

#define FAKE_PATH	512

static void fake_device(char *path, const char *address, const char *name)
{
	snprintf(path, FAKE_PATH, "%s/sys/bus/pci/devices/%s/%s",
		 gv_port_root(), address, name);
}

static void fake_word(const char *address, const char *name, char *word)
{
	char path[FAKE_PATH];
	FILE *file;

	word[0] = 0;
	fake_device(path, address, name);
	file = fopen(path, "re");
	if (!file)
		return;
	if (fscanf(file, "%63s", word) != 1 || !strcmp(word, "(null)"))
		word[0] = 0;
	fclose(file);
}

static int fake_bind(const char *address, const char *driver)
{
	char path[FAKE_PATH], to[FAKE_PATH];

	snprintf(path, sizeof(path), "%s/sys/bus/pci/drivers/%s",
		 gv_port_root(), driver);
	if (!*driver || access(path, F_OK))
		return 0;
	snprintf(to, sizeof(to), "../../../../bus/pci/drivers/%s", driver);
	fake_device(path, address, "driver");
	return symlink(to, path) && errno != EEXIST ? -errno : 0;
}

static int fake_probe(const char *address)
{
	char driver[64];

	fake_word(address, "driver_override", driver);
	if (!driver[0])
		fake_word(address, "native", driver);
	return fake_bind(address, driver);
}

static int fake_put_override(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	if (!file)
		return -errno;
	fputs(*text == '\n' ? "(null)" : text, file);
	return fclose(file) ? -errno : 0;
}

static int fake_apply(const char *path, const char *text)
{
	char copy[FAKE_PATH], *name, *dir;

	snprintf(copy, sizeof(copy), "%s", path);
	name = basename(copy);
	if (!strcmp(name, "driver_override"))
		return fake_put_override(path, text);
	if (!strcmp(name, "drivers_probe"))
		return fake_probe(text);
	if (!strcmp(name, "unbind")) {
		fake_device(copy, text, "driver");
		return unlink(copy) ? -errno : 0;
	}
	if (!strcmp(name, "bind")) {
		dir = dirname(copy);
		return fake_bind(text, basename(dir));
	}
	return 0;
}

int fake_pci_write(const char *path, const char *text)
{
	const struct fake_line *line;
	bool kernel = false;
	int ret = 0;

	for (line = fake_start(); line; line = line->next)
		kernel |= !strcmp(line->argv[0], "kernel");
	if (kernel)
		ret = fake_apply(path, text);
	for (line = fake_start(); line; line = line->next) {
		if (!strcmp(line->argv[0], "when") &&
		    !fnmatch(line->argv[1], path, 0) &&
		    system(line->argv[2]))
			fake_die("\"%s\" failed", line->argv[2]);
	}
	return ret;
}
