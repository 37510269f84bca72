// SPDX-License-Identifier: GPL-2.0
/* The neighbour of a drill. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drill.h"
#include "neighbour.h"
#include "vfio.h"

/* Looked at in one step, and how long it rests between two. */
#define GV_NEIGHBOUR_PIECE (32 << 10)
#define GV_NEIGHBOUR_REST_MS 2
/* If it has not moved for so long it is stuck. */
#define GV_NEIGHBOUR_PATIENCE_MS 60000

/* Written by the neighbour, but for stop. */
struct gv_neighbour_share {
	volatile uint64_t steps;
	volatile bool stop;
	volatile bool bad;
	char text[128];
};

static struct gv_neighbour *gv_neighbours[4];
static pid_t gv_neighbours_parent;

static void gv_neighbours_kill(void)
{
	unsigned int i;

	if (getpid() != gv_neighbours_parent)
		return;
	for (i = 0; i < 4; i++) {
		if (!gv_neighbours[i])
			continue;
		kill(gv_neighbours[i]->pid, SIGKILL);
		waitpid(gv_neighbours[i]->pid, NULL, 0);
	}
}

static void gv_neighbour_note(struct gv_neighbour *n)
{
	unsigned int i;

	if (!gv_neighbours_parent) {
		gv_neighbours_parent = getpid();
		atexit(gv_neighbours_kill);
	}
	for (i = 0; i < 4; i++) {
		if (!gv_neighbours[i]) {
			gv_neighbours[i] = n;
			return;
		}
	}
}

static void gv_neighbour_forget(struct gv_neighbour *n)
{
	unsigned int i;

	for (i = 0; i < 4; i++)
		if (gv_neighbours[i] == n)
			gv_neighbours[i] = NULL;
}

static void gv_neighbour_fill(uint8_t *vram, uint64_t seed)
{
	uint64_t *word = (uint64_t *)vram;
	size_t i;

	for (i = 0; i < GV_NEIGHBOUR_FB / 8; i++)
		word[i] = seed * (2 * i + 1);
}

static bool gv_neighbour_piece(struct gv_neighbour_share *share,
			       const uint8_t *vram, uint64_t seed, size_t at)
{
	const uint64_t *word = (const uint64_t *)vram;
	size_t i, first = at / 8;

	for (i = first; i < first + GV_NEIGHBOUR_PIECE / 8; i++) {
		if (word[i] == seed * (2 * i + 1))
			continue;
		snprintf(share->text, sizeof(share->text),
			 "VRAM at 0x%zx is 0x%llx, not 0x%llx", 8 * i,
			 (unsigned long long)word[i],
			 (unsigned long long)(seed * (2 * i + 1)));
		return false;
	}
	return true;
}

static bool gv_neighbour_whole(struct gv_neighbour_share *share,
			       const uint8_t *vram, uint64_t seed)
{
	size_t at;

	for (at = 0; at < GV_NEIGHBOUR_FB; at += GV_NEIGHBOUR_PIECE)
		if (!gv_neighbour_piece(share, vram, seed, at))
			return false;
	return true;
}

/* Registers keep what is written, and an interrupt comes. */
static bool gv_neighbour_device(struct gv_neighbour_share *share,
				const struct gv_vfio *v, int intx,
				uint32_t step)
{
	gv_put(v, GV_BAR_ENGINE, GV_ENGINE_SCRATCH, 4, step);
	gv_put(v, GV_BAR_ENGINE, GV_ENGINE_RAISE, 4, 1);
	if (!gv_fired(intx, GV_NEIGHBOUR_PATIENCE_MS / 2)) {
		snprintf(share->text, sizeof(share->text), "no interrupt came");
		return false;
	}
	gv_put(v, GV_BAR_ENGINE, GV_ENGINE_ACK, 4, ~0U);
	gv_irq_none(v, GV_IRQ_INTX, VFIO_IRQ_SET_ACTION_UNMASK, 1);
	if (gv_get(v, GV_BAR_ENGINE, GV_ENGINE_SCRATCH, 4) == step)
		return true;
	snprintf(share->text, sizeof(share->text), "a register has changed");
	return false;
}

static int gv_neighbour_run(struct gv_neighbour_share *share, const char *uuid,
			    uint64_t seed)
{
	int intx = gv_eventfd();
	struct gv_vfio v;
	uint8_t *vram;
	size_t at = 0;

	gv_vfio_must_open(&v, uuid);
	vram = gv_map(&v, GV_BAR_VRAM, 0, GV_NEIGHBOUR_FB,
		      PROT_READ | PROT_WRITE);
	if (!vram)
		gv_ktap_bail("the neighbour can't map its VRAM: %m");
	gv_neighbour_fill(vram, seed);
	if (gv_irq_fd(&v, GV_IRQ_INTX, VFIO_IRQ_SET_ACTION_TRIGGER, intx))
		gv_ktap_bail("the neighbour has no interrupt");
	gv_irq_none(&v, GV_IRQ_INTX, VFIO_IRQ_SET_ACTION_UNMASK, 1);

	while (!share->stop) {
		if (!gv_neighbour_piece(share, vram, seed, at) ||
		    !gv_neighbour_device(share, &v, intx, share->steps)) {
			share->bad = true;
			return 1;
		}
		at = (at + GV_NEIGHBOUR_PIECE) % GV_NEIGHBOUR_FB;
		share->steps++;
		gv_msleep(GV_NEIGHBOUR_REST_MS);
	}
	share->bad = !gv_neighbour_whole(share, vram, seed);
	return share->bad;
}

void gv_neighbour_start(struct gv_neighbour *n, struct gv_nl *nl,
			const char *gpu, uint64_t seed)
{
	static unsigned int number;
	pid_t parent = getpid();

	memset(n, 0, sizeof(*n));
	gv_uuid(n->uuid, 0xfeed0000 + number++);
	if (gv_type_new(nl, gpu, "neighbour", GV_NEIGHBOUR_FB, 1) ||
	    gv_vgpu_new(gpu, "neighbour", n->uuid))
		gv_ktap_bail("there is no place for a neighbour");
	n->share = mmap(NULL, sizeof(*n->share), PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (n->share == MAP_FAILED)
		gv_ktap_bail("no memory for a neighbour");
	n->pid = fork();
	if (n->pid < 0)
		gv_ktap_bail("fork: %m");
	if (!n->pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(1);
		_exit(gv_neighbour_run(n->share, n->uuid, seed | 1));
	}
	gv_neighbour_note(n);
	if (!gv_neighbour_moves(n))
		gv_ktap_bail("the neighbour does not start");
}

bool gv_neighbour_moves(struct gv_neighbour *n)
{
	uint64_t end = gv_now_ms() + GV_NEIGHBOUR_PATIENCE_MS;

	while (n->share->steps == n->seen && !n->share->bad) {
		if (gv_now_ms() > end ||
		    waitpid(n->pid, NULL, WNOHANG) == n->pid) {
			gv_ktap_note("the neighbour is stuck after %llu steps",
				     (unsigned long long)n->seen);
			return false;
		}
		gv_msleep(1);
	}
	n->seen = n->share->steps;
	if (n->share->bad)
		gv_ktap_note("the neighbour: %s", n->share->text);
	return !n->share->bad;
}

bool gv_neighbour_end(struct gv_neighbour *n)
{
	int status = -1;

	n->share->stop = true;
	while (waitpid(n->pid, &status, 0) < 0 && errno == EINTR)
		;
	gv_neighbour_forget(n);
	gv_ktap_note("the neighbour did %llu steps%s%s",
		     (unsigned long long)n->share->steps,
		     n->share->bad ? ": " : "", n->share->text);
	return !status && !n->share->bad;
}
