// SPDX-License-Identifier: GPL-2.0
/*
 * timeout: 300
 * config: VFIO_MDEV
 *
 * A client that tries whatever comes to its mind, from two threads, while its
 * neighbour's VRAM must stay what it is and the kernel must have nothing to
 * say. The numbers are random but the same each time; GV_SEED gives others.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/klog.h>
#include <unistd.h>

#include "host.h"
#include "ktap.h"
#include "vfio.h"

#define ID "0a16a000-0000-4000-8000-000000000001"
#define ID2 "0a16a000-0000-4000-8000-000000000002"
#define ID3 "0a16a000-0000-4000-8000-000000000003"
#define FB (5 * GV_MIB)
#define ROUNDS 50000
#define THREADS 2

static struct gv_vfio vgpu;
static int eventfds[4];

/* xorshift, one state a thread. */
static uint64_t next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* A number that is often small, near a limit, or near a power of two. */
static uint64_t odd(uint64_t *state)
{
	uint64_t r = next(state);

	switch (r & 7) {
	case 0:	return (r >> 8) & 15;
	case 1:	return (1ULL << (r >> 8 & 63)) - (r >> 16 & 1);
	case 2:	return ~0ULL - (r >> 8 & 15);
	case 3:	return (r >> 8) & 0xfff;
	case 4:	return FB - 64 + (r >> 8 & 127);
	case 5:	return (r >> 8) & 0xffffff;
	default: return r >> 8;
	}
}

static void do_access(uint64_t *state, uint8_t *buf)
{
	unsigned int region = next(state) % (GV_NR_REGIONS + 2);
	uint64_t at = gv_at(region, odd(state));
	size_t len = odd(state) % 8192;

	/* So that registers are hit, not only the void around them. */
	if (next(state) & 1)
		at = gv_at(region, next(state) % 0x620);
	if (next(state) & 1)
		len = 1 << (next(state) & 3);
	if (next(state) & 1)
		pread(vgpu.device, buf, len, at);
	else
		pwrite(vgpu.device, buf, len, at);
	if (!(next(state) & 255))
		pread(vgpu.device, (void *)odd(state), len, at);
}

static void do_ioctl(uint64_t *state)
{
	uint64_t room[40];
	uint32_t *arg = (uint32_t *)room;
	unsigned int cmd, i;

	for (i = 0; i < 40; i++)
		room[i] = odd(state);
	cmd = VFIO_BASE + next(state) % 24;
	if (next(state) & 3) {
		/* The right size, so that it gets further. */
		arg[0] = 256;
		if (next(state) & 1)
			arg[2] = next(state) % 6;
	}
	ioctl(vgpu.device, _IO(VFIO_TYPE, cmd), room);
}

static void do_irqs(uint64_t *state)
{
	uint64_t r = next(state);
	int32_t fd = eventfds[r & 3];

	if (r & 64)
		fd = -1;
	gv_irq(&vgpu, r >> 8 & 7, 1U << (r >> 16 & 3) | 8U << (r >> 20 & 3),
	       0, r >> 24 & 1, &fd, 4);
	if (r & 128)
		write(fd, "\1\0\0\0\0\0\0", 8);
}

static void do_map(uint64_t *state)
{
	size_t len = (odd(state) % (2 * FB)) & ~(GV_PAGE - 1);
	uint64_t pos = odd(state) & ~(GV_PAGE - 1);
	int prot = next(state) & 7;
	void *map;

	map = mmap(NULL, len, prot, next(state) & 7 ? MAP_SHARED : MAP_PRIVATE,
		   vgpu.device, gv_at(next(state) % 12, pos & 0xffffff));
	if (map == MAP_FAILED)
		return;
	/* Through a file, since it may be beyond the backing limit. */
	if (prot & PROT_WRITE)
		pread(vgpu.device, (char *)map + len - GV_PAGE, 64,
		      gv_at(GV_CONFIG, 0));
	mprotect(map, GV_PAGE, PROT_READ | PROT_WRITE);
	munmap(map, len);
}

static void *attack(void *arg)
{
	uint64_t state = (uintptr_t)arg;
	uint8_t buf[8192];
	unsigned int i;

	memset(buf, 0xee, sizeof(buf));
	for (i = 0; i < ROUNDS; i++) {
		switch (next(&state) % 16) {
		case 0 ... 9:
			do_access(&state, buf);
			break;
		case 10 ... 11:
			do_ioctl(&state);
			break;
		case 12 ... 13:
			do_irqs(&state);
			break;
		case 14:
			do_map(&state);
			break;
		case 15:
			if (!(next(&state) & 63))
				ioctl(vgpu.device, VFIO_DEVICE_RESET);
		}
	}
	return NULL;
}

/* How much the kernel has logged, ever: the runner's mark is in there. */
static unsigned int log_lines(char *last, size_t size)
{
	static char log[1 << 20];
	unsigned int lines = 0;
	char *at = log;
	int len;

	len = klogctl(3 /* SYSLOG_ACTION_READ_ALL */, log, sizeof(log) - 1);
	if (len < 0)
		gv_ktap_bail("the kernel log can't be read: %m");
	log[len] = '\0';
	last[0] = '\0';
	while (*at) {
		size_t n = strcspn(at, "\n");
		char *line = at;

		at += n + (at[n] == '\n');
		/* The machine is busy: that is not the attacker's doing. */
		if (memmem(line, n, "hrtimer: interrupt took", 23))
			continue;
		snprintf(last, size, "%.*s", (int)n, line);
		lines++;
	}
	return lines;
}

static void fill(uint8_t *vram, uint64_t seed)
{
	uint64_t *word = (uint64_t *)vram;
	size_t i;

	for (i = 0; i < FB / 8; i++)
		word[i] = next(&seed);
}

static bool filled(const uint8_t *vram, uint64_t seed)
{
	const uint64_t *word = (const uint64_t *)vram;
	size_t i;

	for (i = 0; i < FB / 8; i++)
		if (word[i] != next(&seed))
			return false;
	return true;
}

int main(void)
{
	const char *seed_text = getenv("GV_SEED");
	uint64_t seed = seed_text ? strtoull(seed_text, NULL, 0) : 0x5eed;
	pthread_t threads[THREADS];
	char gpu[GV_GPU_MAX], before[256], last[256];
	struct gv_vfio low, high;
	uint8_t *vram_low, *vram_high;
	unsigned int lines, i;

	gv_host_begin();
	gv_ktap_plan(6);
	gv_ktap_note("seed 0x%llx", (unsigned long long)seed);
	gv_host_sim_add(gpu, "vram 16MiB");
	gv_host_type_new(gpu, "t", "framebuffer 5MiB");
	/* The attacker is between its neighbours. */
	gv_host_vgpu_new(gpu, "t", ID2);
	gv_host_vgpu_new(gpu, "t", ID);
	gv_host_vgpu_new(gpu, "t", ID3);
	gv_vfio_must_open(&low, ID2);
	gv_vfio_must_open(&high, ID3);
	gv_vfio_must_open(&vgpu, ID);
	vram_low = gv_map(&low, GV_BAR_VRAM, 0, FB, PROT_READ | PROT_WRITE);
	vram_high = gv_map(&high, GV_BAR_VRAM, 0, FB, PROT_READ | PROT_WRITE);
	if (!vram_low || !vram_high)
		gv_ktap_bail("VRAM can't be mapped: %m");
	fill(vram_low, 11);
	fill(vram_high, 12);
	for (i = 0; i < 4; i++)
		eventfds[i] = gv_eventfd();

	lines = log_lines(before, sizeof(before));
	for (i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, attack,
				   (void *)(uintptr_t)(seed + i)))
			gv_ktap_bail("no thread");
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	lines = log_lines(last, sizeof(last)) - lines;
	gv_ktap_check(!lines && !strcmp(before, last),
		      "the kernel has logged nothing: %u lines, %s", lines,
		      lines ? last : "");

	gv_ktap_check(filled(vram_low, 11) && filled(vram_high, 12),
		      "the neighbours' VRAM is what it was");
	gv_ktap_check(gv_get(&low, GV_CONFIG, 4, 2) == 0 &&
		      gv_get(&high, GV_BAR_ENGINE, GV_ENGINE_SCRATCH, 4) == 0 &&
		      gv_get(&high, GV_BAR_MMIO, GV_DISPI(1), 2) == 0,
		      "so are their registers");
	gv_ktap_check(gv_num("gpu", gpu, "backing-used") <= 3 * FB,
		      "no more is backed than there is VRAM");
	gv_ktap_check(!gv_dev_ioctl(&vgpu, VFIO_DEVICE_RESET, NULL) &&
		      gv_get(&vgpu, GV_CONFIG, 0, 4) == 0x11111234 &&
		      gv_get(&vgpu, GV_BAR_MMIO, GV_DISPI(0), 2) == 0xb0c5,
		      "a reset makes it usable again");
	gv_vfio_close(&vgpu);
	gv_ktap_check(gv_until(5000, gv_num("gpu", gpu, "backing-used") ==
				     2 * FB),
		      "closed, it holds nothing");
	return gv_ktap_end();
}
