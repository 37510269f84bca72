// SPDX-License-Identifier: GPL-2.0
/*
 * libs: libmnl
 * config: VFIO_MDEV
 * timeout: 1200
 *
 * R5: a VMM is killed at any moment, one of those on four vGPUs. What it had is
 * given back within a second, the next one can open the vGPU and sees nothing of
 * it, and the neighbour does not notice.
 */
#include <signal.h>
#include <pthread.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drill.h"
#include "neighbour.h"
#include "nl_gpu.h"
#include "vmm.h"

#define FB (4 * GV_MIB)
#define VGPUS 3
#define BACK_MS 1000
#define PATIENCE_MS 30000

static struct gv_drill drill;
static struct gv_nl nl;
static struct gv_gpu gpu;
static char uuids[VGPUS][GV_UUID_LEN + 1];
static uint64_t longest;

struct worker {
	struct gv_vmm *vmm;
	uint64_t state;
};

static void *work(void *arg)
{
	struct worker *worker = arg;

	for (;;)
		gv_vmm_step(worker->vmm, &worker->state);
	return NULL;
}

/* The VMM: it tells when it is open, and never ends by itself. */
static void client(const char *uuid, uint64_t state, int ready)
{
	static struct gv_vmm vmm;
	struct worker second = { &vmm, state ^ 0x123456789 };
	pthread_t thread;

	if (gv_vmm_open(&vmm, uuid, FB))
		_exit(1);
	if (write(ready, "x", 1) != 1)
		_exit(1);
	if (gv_below(&state, 2))
		pthread_create(&thread, NULL, work, &second);
	for (;;)
		gv_vmm_step(&vmm, &state);
}

static bool is_back(const char *uuid)
{
	static struct gv_msg msg;

	if (gv_vgpu_get(&nl, uuid, &msg) || gv_u32(&msg, GPUVIRT_A_VGPU_OPEN) ||
	    gv_u64(&msg, GPUVIRT_A_VGPU_BACKING_USED))
		return false;
	gv_gpu_get(&nl, gpu.address, &msg);
	return gv_u64(&msg, GPUVIRT_A_GPU_BACKING_USED) == GV_NEIGHBOUR_FB;
}

/* All of it reads as zeros for whoever comes next. */
static bool is_clean(const char *uuid)
{
	static uint8_t buf[FB];
	struct gv_vfio v;
	bool clean;

	if (gv_vfio_open(&v, uuid))
		return false;
	clean = gv_read(&v, GV_BAR_VRAM, 0, buf, FB) == (ssize_t)FB &&
		gv_all(buf, FB, 0) &&
		!gv_get(&v, GV_BAR_ENGINE, GV_ENGINE_SCRATCH, 4) &&
		!gv_get(&v, GV_CONFIG, 4, 2);
	gv_vfio_close(&v);
	return clean;
}

/* Let it live until it is open and a while longer, or not even so long. */
static void live(int ready)
{
	char byte;

	if (gv_drill_below(&drill, 8) && read(ready, &byte, 1) != 1)
		gv_ktap_bail("a VMM did not start");
	usleep(gv_drill_below(&drill, 8) ? gv_drill_below(&drill, 20000) : 0);
}

static void kill_one(void)
{
	const char *uuid = uuids[gv_drill_below(&drill, VGPUS)];
	uint64_t state = gv_random(&drill.state), start, took;
	int ready[2];
	pid_t pid;

	drill.tried++;
	if (pipe(ready))
		gv_ktap_bail("pipe: %m");
	pid = fork();
	if (!pid)
		client(uuid, state, ready[1]);
	close(ready[1]);
	live(ready[0]);
	kill(pid, SIGKILL);
	start = gv_now_ms();
	waitpid(pid, NULL, 0);
	close(ready[0]);

	while (!is_back(uuid) && gv_now_ms() < start + PATIENCE_MS)
		gv_msleep(1);
	took = gv_now_ms() - start;
	if (took > longest)
		longest = took;
	if (!is_back(uuid))
		gv_drill_failed(&drill, "%s is not given back", uuid);
	else if (took > BACK_MS * gv_drill_slow())
		gv_drill_failed(&drill, "%s is given back after %llu ms", uuid,
				(unsigned long long)took);
	else if (!is_clean(uuid))
		gv_drill_failed(&drill, "%s is not clean", uuid);
}

int main(int argc, char **argv)
{
	const struct gv_sim sim = { .vram = 16 * GV_MIB };
	struct gv_neighbour neighbour;
	bool moves = true;
	unsigned int i;

	gv_ktap_plan(3);
	gv_drill_begin(&drill, argc, argv, "R5", "VMMs killed at any moment",
		       (struct gv_goals){ { 100, 1000, 5000 } });
	gv_nl_open(&nl);
	gv_gpu_new(&nl, &sim, &gpu);
	gv_neighbour_start(&neighbour, &nl, gpu.address, drill.seed);
	if (gv_type_new(&nl, gpu.address, "t", FB, 0))
		gv_ktap_bail("no type");
	for (i = 0; i < VGPUS; i++) {
		gv_uuid(uuids[i], i);
		if (gv_vgpu_new(gpu.address, "t", uuids[i]))
			gv_ktap_bail("no vGPU");
	}

	while (gv_drill_goes_on(&drill) && moves) {
		kill_one();
		moves = gv_neighbour_moves(&neighbour);
	}
	gv_ktap_note("the longest took %llu ms", (unsigned long long)longest);
	gv_drill_check(&drill, 5);
	gv_ktap_check(moves & gv_neighbour_end(&neighbour),
		      "the neighbour got on, and keeps its VRAM");
	gv_ktap_check(!gv_gpu_del(&nl, gpu.address), "the GPU goes");
	return gv_ktap_end();
}
