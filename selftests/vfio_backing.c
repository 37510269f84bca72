// SPDX-License-Identifier: GPL-2.0
/*
 * timeout: 120
 * config: VFIO_MDEV
 *
 * VRAM is backed by host memory when it is first written, up to a limit. Who
 * goes past that is told, and nobody else is hurt.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host.h"
#include "ktap.h"
#include "vfio.h"

#define ID "0a16a000-0000-4000-8000-000000000001"
#define ID2 "0a16a000-0000-4000-8000-000000000002"
#define FB (64 * GV_MIB)
#define LIMIT (4 * GV_MIB)
#define RW (PROT_READ | PROT_WRITE)

static char gpu[GV_GPU_MAX];
static struct gv_vfio vgpu;
static uint8_t *vram;
static sigjmp_buf fault_jump;

static void fault(int sig)
{
	siglongjmp(fault_jump, sig);
}

static int touch(uint64_t pos)
{
	int sig = sigsetjmp(fault_jump, 1);

	if (!sig)
		((volatile uint8_t *)vram)[pos] = 0x42;
	return sig;
}

static uint64_t used(void)
{
	return gv_num("gpu", gpu, "backing-used");
}

/* Lines that `gpuvirt monitor` prints, in a file. */
static pid_t monitor;
static char events[] = "/tmp/events-XXXXXX";

static unsigned int count_events(const char *what)
{
	static char text[65536];
	const char *at = text;
	unsigned int n = 0;
	ssize_t len;
	int fd;

	fd = open(events, O_RDONLY | O_CLOEXEC);
	len = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[len > 0 ? len : 0] = '\0';
	while ((at = strstr(at, what))) {
		at++;
		n++;
	}
	return n;
}

/* It listens once it prints a reset that we ask for. */
static void start_monitor(void)
{
	int fd = mkstemp(events);

	monitor = fork();
	if (!monitor) {
		dup2(fd, 1);
		execlp("gpuvirt", "gpuvirt", "-j", "monitor", "runtime", NULL);
		_exit(127);
	}
	close(fd);
	if (!gv_until(10000, (gv_must("gpuvirt vgpu reset %s", ID),
			      count_events("\"reset\""))))
		gv_ktap_bail("the monitor prints no events");
}

static void check_lazy(void)
{
	uint8_t buf[4096];
	uint64_t pos;

	gv_ktap_check(used() == 0, "nothing is backed when it is opened");
	for (pos = 0; pos < FB; pos += GV_MIB)
		gv_read(&vgpu, GV_BAR_VRAM, pos, buf, sizeof(buf));
	gv_ktap_check(gv_all(buf, sizeof(buf), 0) && used() == 0,
		      "reading through the file backs nothing");
	vram = gv_map(&vgpu, GV_BAR_VRAM, 0, FB, RW);
	if (!vram)
		gv_ktap_bail("VRAM can't be mapped: %m");
	gv_ktap_check(used() == 0, "mapping backs nothing");

	touch(0);
	touch(100);
	touch(8 * GV_MIB);
	gv_ktap_check(used() == 2 * GV_PAGE &&
		      gv_num("vgpu", ID, "backing-used") == 2 * GV_PAGE,
		      "touching two pages backs two pages");
	gv_write(&vgpu, GV_BAR_VRAM, 16 * GV_MIB - 1, "ab", 2);
	gv_ktap_check(used() == 4 * GV_PAGE,
		      "writing across the border of two pages backs both");
	gv_write(&vgpu, GV_BAR_VRAM, 0, buf, sizeof(buf));
	gv_ktap_check(used() == 4 * GV_PAGE, "what is backed is not again");
}

static void check_limit(void)
{
	uint64_t pos, backed = 0;
	uint8_t byte = 1, page[GV_PAGE];
	int sig = 0;

	for (pos = 0; pos < FB && !sig; pos += GV_PAGE)
		sig = touch(pos);
	backed = used();
	gv_ktap_check(sig == SIGBUS && backed == LIMIT,
		      "a store beyond the limit is SIGBUS, at the limit");
	gv_ktap_check(gv_until(5000, count_events("backing-limit") >= 1),
		      "an event tells of it");
	gv_ktap_check(gv_write(&vgpu, GV_BAR_VRAM, FB - 1, &byte, 1) == -ENOSPC,
		      "a write beyond the limit is ENOSPC");
	memset(page, 7, sizeof(page));
	gv_ktap_check(gv_write(&vgpu, GV_BAR_VRAM, pos - 2 * GV_PAGE, page,
			       sizeof(page)) == sizeof(page) &&
		      gv_read(&vgpu, GV_BAR_VRAM, FB - 8, page, 8) == 8 &&
		      gv_all(page, 8, 0),
		      "what is backed can be written, what is not be read");
	for (pos = FB / 2; pos < FB; pos += 64 * GV_PAGE)
		sig &= touch(pos);
	gv_ktap_check(sig == SIGBUS && used() == LIMIT,
		      "it fails each time and counts nothing");

	/* The bad pages must not be half there. */
	gv_must("gpuvirt vgpu reset %s", ID);
	gv_until(5000, count_events("\"reset\"") >= 2);
	gv_ktap_check(count_events("backing-limit") == 1,
		      "however often it fails there is one event");
}

static void check_raise(void)
{
	gv_ktap_check(!gv_run("gpuvirt gpu set %s backing-limit 8MiB", gpu) &&
		      !touch(FB - 1) && vram[FB - 1] == 0x42 &&
		      used() == LIMIT + GV_PAGE,
		      "with a higher limit the same access works");
	gv_ktap_check(gv_run("gpuvirt gpu set %s backing-limit 4MiB", gpu) &&
		      gv_said_all("4100 KiB are backed already",
				  "(backing-limit, attribute backing-limit)",
				  NULL) &&
		      gv_num("gpu", gpu, "backing-limit") == 2 * LIMIT,
		      "a limit below what is backed is refused");
	gv_ktap_check(gv_run("gpuvirt gpu set %s backing-limit 8193KiB", gpu) &&
		      gv_num("gpu", gpu, "backing-limit") == 2 * LIMIT,
		      "so is one that is not a multiple of a page");
}

/* The limit is the GPU's: one that took it all starves its neighbour. */
static void check_neighbour(void)
{
	struct gv_vfio other;
	uint64_t pos;
	uint8_t byte = 1;

	gv_vfio_must_open(&other, ID2);
	for (pos = 0; pos < FB && !touch(pos); pos += GV_PAGE)
		;
	gv_ktap_check(gv_write(&other, GV_BAR_VRAM, 0, &byte, 1) == -ENOSPC,
		      "the limit is shared by the GPU's vGPUs");
	munmap(vram, FB);
	gv_vfio_close(&vgpu);
	gv_ktap_check(used() == 0 &&
		      gv_write(&other, GV_BAR_VRAM, 0, &byte, 1) == 1 &&
		      used() == GV_PAGE,
		      "what the one that is closed had, the other can have");
	gv_vfio_close(&other);
	gv_ktap_check(used() == 0, "at the end nothing is backed");
}

int main(void)
{
	gv_host_begin();
	gv_ktap_plan(18);
	gv_host_sim_add(gpu, "vram 128MiB backing-limit 4MiB");
	gv_host_type_new(gpu, "t", "framebuffer 64MiB");
	gv_host_vgpu_new(gpu, "t", ID);
	gv_host_vgpu_new(gpu, "t", ID2);
	start_monitor();
	gv_vfio_must_open(&vgpu, ID);
	signal(SIGBUS, fault);

	check_lazy();
	check_limit();
	check_raise();
	check_neighbour();
	kill(monitor, SIGTERM);
	waitpid(monitor, NULL, 0);
	unlink(events);
	return gv_ktap_end();
}
