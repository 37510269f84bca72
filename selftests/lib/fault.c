// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fault.h"
#include "host.h"
#include "ktap.h"

#define DEBUGFS "/sys/kernel/debug/"
#define WORKERS_MAX 64

/* Also what may wait, also single pages, of any memory; and no word in the log. */
static const char * const knobs[][2] = {
	{ DEBUGFS "failslab/ignore-gfp-wait", "N" },
	{ DEBUGFS "failslab/verbose", "0" },
	{ DEBUGFS "failslab/probability", "0" },
	{ DEBUGFS "fail_page_alloc/ignore-gfp-wait", "N" },
	{ DEBUGFS "fail_page_alloc/ignore-gfp-highmem", "N" },
	{ DEBUGFS "fail_page_alloc/min-order", "0" },
	{ DEBUGFS "fail_page_alloc/verbose", "0" },
	{ DEBUGFS "fail_usercopy/verbose", "0" },
};

static int nth_fd = -1;
static unsigned int asked;
static unsigned int used;

/* Those that have been told, and what. */
static int workers[WORKERS_MAX];
static unsigned int nr_workers;

const char *gv_fault_init(void)
{
	unsigned int i;

	for (i = 0; i < sizeof(knobs) / sizeof(knobs[0]); i++)
		if (gv_host_write(knobs[i][0], knobs[i][1]))
			return "this kernel injects no faults";
	nth_fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	return nth_fd < 0 ? "this kernel has no fail-nth" : NULL;
}

void gv_fault_on(unsigned int n)
{
	char text[16];

	asked = n;
	snprintf(text, sizeof(text), "%u", n);
	if (pwrite(nth_fd, text, strlen(text), 0) < 0)
		gv_ktap_bail("no fault can be asked for: %m");
}

/* To read the count is a chance as well, then it was 1; so is writing to it. */
bool gv_fault_off(void)
{
	char text[16] = "";
	int err = errno;

	if (pread(nth_fd, text, sizeof(text) - 1, 0) < 0)
		strcpy(text, "1");
	while (pwrite(nth_fd, "0", 1, 0) < 0)
		if (errno != EFAULT)
			gv_ktap_bail("faults can't be ended: %m");
	errno = err;
	used = asked - atoi(text);
	return atoi(text) == 0;
}

unsigned int gv_fault_used(void)
{
	return used;
}

/* A worker of no CPU of its own is called kworker/uN:M, by its first name. */
static bool is_worker(const char *pid)
{
	char path[64], name[32] = "";
	FILE *file;

	if (!isdigit(pid[0]))
		return false;
	snprintf(path, sizeof(path), "/proc/%.10s/comm", pid);
	file = fopen(path, "re");
	if (!file)
		return false;
	if (!fgets(name, sizeof(name), file))
		name[0] = '\0';
	fclose(file);
	return !strncmp(name, "kworker/u", 9);
}

static int open_worker(int pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/fail-nth", pid);
	return open(path, O_RDWR | O_CLOEXEC);
}

void gv_fault_workers_on(unsigned int n)
{
	const struct dirent *entry;
	DIR *proc = opendir("/proc");
	char text[16];
	int fd;

	if (!proc)
		gv_ktap_bail("/proc can't be read: %m");
	nr_workers = 0;
	snprintf(text, sizeof(text), "%u", n);
	while ((entry = readdir(proc)) && nr_workers < WORKERS_MAX) {
		if (!is_worker(entry->d_name))
			continue;
		fd = open_worker(atoi(entry->d_name));
		/* It may have gone. */
		if (fd < 0)
			continue;
		if (pwrite(fd, text, strlen(text), 0) > 0)
			workers[nr_workers++] = atoi(entry->d_name);
		close(fd);
	}
	closedir(proc);
	if (!nr_workers)
		gv_ktap_bail("there are no workers");
}

bool gv_fault_workers_off(void)
{
	bool hit = false;
	unsigned int i;
	char text[16];
	int fd;

	for (i = 0; i < nr_workers; i++) {
		fd = open_worker(workers[i]);
		if (fd < 0)
			continue;
		memset(text, 0, sizeof(text));
		if (pread(fd, text, sizeof(text) - 1, 0) > 0) {
			hit |= !atoi(text);
			(void)!pwrite(fd, "0", 1, 0);
		}
		close(fd);
	}
	return hit;
}

/* Frames of the allocator, of one function that it was called by, and ours. */
#define DEPTH "7"
#define SLAB DEBUGFS "failslab/"
/* More than a drill can meet: it is counted down. */
#define RANDOM_MAX 1000000000

static const char * const kinds[] = {
	SLAB, DEBUGFS "fail_page_alloc/", DEBUGFS "fail_usercopy/",
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

bool gv_fault_has_filter(void)
{
	return !access(SLAB "require-start", F_OK);
}

/* Where a function is, and how long: to the next symbol. */
static bool find_function(const char *function, unsigned long *start,
			  unsigned long *size)
{
	FILE *file = fopen("/proc/kallsyms", "re");
	unsigned long at, next = ~0UL;
	char line[512], name[256];

	*start = 0;
	if (!file)
		return false;
	while (!*start && fgets(line, sizeof(line), file))
		if (strstr(line, "[gpuvirt") &&
		    sscanf(line, "%lx %*c %255s", &at, name) == 2 &&
		    !strcmp(name, function))
			*start = at;
	rewind(file);
	while (*start && fgets(line, sizeof(line), file)) {
		at = strtoul(line, NULL, 16);
		if (at > *start && at < next)
			next = at;
	}
	fclose(file);
	*size = next - *start;
	return *start;
}

static void set_knob(const char *kind, const char *name, const char *text)
{
	char path[96];

	snprintf(path, sizeof(path), "%s%s", kind, name);
	if (gv_host_write(path, text))
		gv_ktap_bail("%s can't be set to %s", path, text);
}

/* How many of its faults are left. */
static long times_left(const char *kind)
{
	char path[96], text[16] = "";
	int fd;

	snprintf(path, sizeof(path), "%stimes", kind);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) < 0)
		gv_ktap_bail("there is no knowing whether there was a fault");
	close(fd);
	return atol(text);
}

static void faults_between(const char *kind, unsigned long start,
			   unsigned long end, long times, unsigned int percent)
{
	char text[32];

	snprintf(text, sizeof(text), "%#lx", start);
	set_knob(kind, "require-start", text);
	snprintf(text, sizeof(text), "%#lx", end);
	set_knob(kind, "require-end", text);
	set_knob(kind, "stacktrace-depth", DEPTH);
	snprintf(text, sizeof(text), "%ld", times);
	set_knob(kind, "times", text);
	snprintf(text, sizeof(text), "%u", percent);
	set_knob(kind, "probability", text);
}

bool gv_fault_in_on(const char *function, unsigned int part,
		    unsigned int parts)
{
	unsigned long start, size;

	if (!find_function(function, &start, &size))
		return false;
	faults_between(SLAB, start + size * part / parts,
		       start + size * (part + 1) / parts, 1, 100);
	return true;
}

bool gv_fault_in_keep_on(const char *function)
{
	unsigned long start, size;

	if (!find_function(function, &start, &size))
		return false;
	faults_between(SLAB, start, start + size, -1, 100);
	return true;
}

bool gv_fault_in_off(void)
{
	set_knob(SLAB, "probability", "0");
	return !times_left(SLAB);
}

/* From the first to the last of our modules. */
static void find_modules(unsigned long *start, unsigned long *end)
{
	FILE *file = fopen("/proc/modules", "re");
	unsigned long at, size;
	char line[512], name[64];

	*start = ~0UL;
	*end = 0;
	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%63s %lu %*s %*s %*s %lx", name, &size,
			   &at) != 3 || strncmp(name, "gpuvirt", 7))
			continue;
		if (at < *start)
			*start = at;
		if (at + size > *end)
			*end = at + size;
	}
	if (file)
		fclose(file);
}

void gv_fault_random_on(unsigned int percent)
{
	unsigned long start, end;
	unsigned int i;

	find_modules(&start, &end);
	if (start >= end)
		gv_ktap_bail("our modules are not there");
	set_knob(DEBUGFS "fail_usercopy/", "task-filter", "Y");
	if (gv_host_write("/proc/self/make-it-fail", "1"))
		gv_ktap_bail("no faults for this process");
	for (i = 0; i < KINDS; i++)
		faults_between(kinds[i], start, end, RANDOM_MAX, percent);
}

void gv_fault_random_off(struct gv_faults *faults)
{
	unsigned long met[KINDS];
	unsigned int i;

	for (i = 0; i < KINDS; i++) {
		set_knob(kinds[i], "probability", "0");
		met[i] = RANDOM_MAX - times_left(kinds[i]);
	}
	faults->slab += met[0];
	faults->pages += met[1];
	faults->copies += met[2];
}
