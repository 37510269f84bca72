// SPDX-License-Identifier: GPL-2.0
/*
 * timeout: 180
 * config: VFIO_MDEV
 *
 * VRAM is charged to the memory cgroup of its user: who has a limit there can't
 * get round it by way of a vGPU, and pays for it alone.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host.h"
#include "ktap.h"
#include "vfio.h"

#define ID "0a16a000-0000-4000-8000-000000000001"
#define ID2 "0a16a000-0000-4000-8000-000000000002"
#define FB (64 * GV_MIB)
#define ROOT "/tmp/cgroup"
#define GROUP ROOT "/gv-test"

static char gpu[GV_GPU_MAX];

static uint64_t read_num(const char *path, const char *key)
{
	char text[4096], *at = text;
	ssize_t len;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	len = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (len < 0)
		return ~0ULL;
	text[len] = '\0';
	if (key) {
		at = strstr(text, key);
		if (!at)
			return ~0ULL;
		at += strlen(key);
	}
	return strtoull(at, NULL, 10);
}

static uint64_t charged(void)
{
	return read_num(GROUP "/memory.current", NULL);
}

static bool set_up(void)
{
	mkdir(ROOT, 0755);
	if (mount("cgroup2", ROOT, "cgroup2", 0, NULL))
		return false;
	gv_host_write(ROOT "/cgroup.subtree_control", "+memory");
	return !mkdir(GROUP, 0755) && !access(GROUP "/memory.max", F_OK);
}

/* A child in the cgroup, which then does something with the vGPU. */
static pid_t start(void (*work)(struct gv_vfio *v, int report), int *report)
{
	struct gv_vfio v;
	int pipes[2];
	pid_t pid;

	if (pipe2(pipes, O_CLOEXEC))
		gv_ktap_bail("pipe: %m");
	pid = fork();
	if (!pid) {
		close(pipes[0]);
		if (gv_host_write(GROUP "/cgroup.procs", "0"))
			_exit(99);
		gv_vfio_must_open(&v, ID);
		work(&v, pipes[1]);
		_exit(0);
	}
	close(pipes[1]);
	*report = pipes[0];
	return pid;
}

static void said(int report)
{
	if (write(report, "x", 1) != 1)
		_exit(98);
}

static void work_map(struct gv_vfio *v, int report)
{
	uint8_t *vram = gv_map(v, GV_BAR_VRAM, 0, FB, PROT_READ | PROT_WRITE);

	said(report);
	memset(vram, 1, 16 * GV_MIB);
	said(report);
	pause();
}

static void work_write(struct gv_vfio *v, int report)
{
	static uint8_t buf[GV_MIB];
	uint64_t pos;

	said(report);
	memset(buf, 2, sizeof(buf));
	for (pos = 0; pos < 16 * GV_MIB; pos += GV_MIB)
		if (gv_write(v, GV_BAR_VRAM, pos, buf, GV_MIB) != GV_MIB)
			_exit(97);
	said(report);
	pause();
}

static void work_too_much(struct gv_vfio *v, int report)
{
	uint8_t *vram = gv_map(v, GV_BAR_VRAM, 0, FB, PROT_READ | PROT_WRITE);
	size_t pos;

	said(report);
	for (pos = 0; pos < FB; pos += GV_PAGE)
		vram[pos] = 1;
	said(report);
}

static void work_write_too_much(struct gv_vfio *v, int report)
{
	uint64_t pos;
	ssize_t ret;

	said(report);
	for (pos = 0; pos < FB; pos += GV_PAGE) {
		ret = gv_write(v, GV_BAR_VRAM, pos, "x", 1);
		if (ret < 0)
			_exit(ret == -ENOMEM ? 50 : 51);
	}
	said(report);
}

static bool wait_said(int report)
{
	char byte;

	return read(report, &byte, 1) == 1;
}

static void check_charge(const char *how,
			 void (*work)(struct gv_vfio *v, int report))
{
	uint64_t before, after;
	int report, good;
	pid_t pid;

	/* What the last one had is given back by and by. */
	gv_until(5000, charged() < GV_MIB);
	pid = start(work, &report);
	good = wait_said(report);
	before = charged();
	good &= wait_said(report);
	after = charged();
	gv_ktap_note("charged %llu KiB, then %llu",
		     (unsigned long long)before >> 10,
		     (unsigned long long)after >> 10);
	gv_ktap_check(good && after >= before + 15 * GV_MIB &&
		      gv_num("gpu", gpu, "backing-used") == 16 * GV_MIB,
		      "VRAM that is %s is charged to the cgroup", how);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(report);
	gv_ktap_check(gv_until(5000, charged() < before + 2 * GV_MIB) &&
		      gv_num("gpu", gpu, "backing-used") == 0,
		      "and no more once its user is gone");
}

/* The neighbour is outside the cgroup and must not notice. */
static void check_limit(const char *how,
			void (*work)(struct gv_vfio *v, int report))
{
	uint64_t kills = read_num(GROUP "/memory.events", "oom_kill ");
	static struct gv_vfio other;
	int report, status = 0;
	uint8_t *vram;
	bool failed;
	pid_t pid;

	gv_vfio_must_open(&other, ID2);
	vram = gv_map(&other, GV_BAR_VRAM, 0, FB, PROT_READ | PROT_WRITE);
	if (!vram)
		gv_ktap_bail("VRAM can't be mapped: %m");
	memset(vram, 0x6b, 8 * GV_MIB);

	pid = start(work, &report);
	failed = wait_said(report) && !wait_said(report);
	waitpid(pid, &status, 0);
	close(report);
	gv_ktap_note("status 0x%x, killed %llu", status, (unsigned long long)
		     read_num(GROUP "/memory.events", "oom_kill ") - kills);
	gv_ktap_check(failed && (WIFSIGNALED(status) ?
				 WTERMSIG(status) == SIGKILL :
				 WEXITSTATUS(status) == 50),
		      "beyond the cgroup's limit, %s ends its user", how);
	gv_ktap_check(gv_until(5000, gv_num("vgpu", ID, "open") != 1 &&
			       gv_num("gpu", gpu, "backing-used") ==
			       8 * GV_MIB) && charged() < 4 * GV_MIB,
		      "what it had is given back");
	memset(vram + 8 * GV_MIB, 0x6b, 8 * GV_MIB);
	gv_ktap_check(gv_all(vram, 16 * GV_MIB, 0x6b),
		      "the neighbour keeps its VRAM, and gets more");
	munmap(vram, FB);
	gv_vfio_close(&other);
}

int main(void)
{
	gv_host_begin();
	if (!set_up()) {
		umount2(ROOT, MNT_DETACH);
		gv_ktap_skip_all("there is no cgroup v2 with memory here");
	}
	gv_ktap_plan(10);
	gv_host_sim_add(gpu, "vram 256MiB backing-limit 256MiB");
	gv_host_type_new(gpu, "t", "framebuffer 64MiB");
	gv_host_vgpu_new(gpu, "t", ID);
	gv_host_vgpu_new(gpu, "t", ID2);

	check_charge("mapped", work_map);
	check_charge("written through the file", work_write);
	gv_host_write("/dev/kmsg", "gv-test: expect oom-killer");
	if (gv_host_write(GROUP "/memory.max", "12582912"))
		gv_ktap_bail("memory.max can't be set");
	check_limit("storing to a mapping", work_too_much);
	check_limit("writing through the file", work_write_too_much);

	gv_until(5000, !rmdir(GROUP));
	umount2(ROOT, MNT_DETACH);
	rmdir(ROOT);
	return gv_ktap_end();
}
