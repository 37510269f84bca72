// SPDX-License-Identifier: GPL-2.0
/*
 * libs: libmnl
 * config: VFIO_MDEV
 * timeout: 1200
 *
 * R13: memory runs out: the GPU's backing limit is reached, a VMM's memory cgroup
 * is full (by stores it is killed, by writes it is told), and a GPU is filled up
 * with vGPUs. What is refused leaves nothing, who is killed gives all back, and
 * the neighbour, which is in no cgroup, gets on.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drill.h"
#include "neighbour.h"
#include "nl_gpu.h"
#include "vfio.h"

#define FB (32 * GV_MIB)
#define VRAM (128 * GV_MIB)
#define CGROUP_MAX "8388608"
#define UUID "7e57ab1e-0000-4000-8000-00000000013a"
#define ROOT "/tmp/cgroup"
#define GROUP ROOT "/gv-drill"
#define PATIENCE_MS 30000
#define RW (PROT_READ | PROT_WRITE)

static struct gv_drill drill;
static struct gv_nl nl;
static struct gv_gpu gpu;

enum way { LIMIT_STORE, LIMIT_WRITE, CGROUP_STORE, CGROUP_WRITE, FULL, WAYS };

static const char *const ways[] = {
	"store beyond the backing limit", "write beyond the backing limit",
	"store beyond the cgroup's limit", "write beyond the cgroup's limit",
	"creation on a full GPU",
};

static uint64_t done[WAYS];

static void set_up_cgroup(void)
{
	mkdir(ROOT, 0755);
	if (mount("cgroup2", ROOT, "cgroup2", 0, NULL))
		gv_ktap_bail("there are no cgroups: %m");
	gv_file_write(ROOT "/cgroup.subtree_control", "+memory");
	if (mkdir(GROUP, 0755) || gv_file_write(GROUP "/memory.max", CGROUP_MAX))
		gv_ktap_bail("there is no memory cgroup");
}

static void take_down_cgroup(void)
{
	unsigned int tries = 100;

	while (rmdir(GROUP) && errno == EBUSY && tries--)
		gv_msleep(50);
	umount2(ROOT, MNT_DETACH);
	rmdir(ROOT);
}

static uint64_t backed(void)
{
	static struct gv_msg msg;

	gv_gpu_get(&nl, gpu.address, &msg);
	return gv_u64(&msg, GPUVIRT_A_GPU_BACKING_USED);
}

static int set_limit(uint64_t limit)
{
	static struct gv_req req;

	gv_req_init(&req, &nl, GPUVIRT_CMD_GPU_SET, 0);
	gv_req_str(&req, GPUVIRT_A_GPU_ADDRESS, gpu.address);
	gv_req_u64(&req, GPUVIRT_A_GPU_BACKING_LIMIT, limit);
	return gv_nl_do(&nl, &req, NULL, NULL);
}

/* All of the VRAM, from one page on; the end is a signal or exit 50, or 0. */
static void greedy(bool cgroup, bool store, uint64_t first)
{
	uint64_t pos, at;
	uint8_t *vram;
	struct gv_vfio v;
	ssize_t ret;

	if (cgroup && gv_file_write(GROUP "/cgroup.procs", "0"))
		_exit(99);
	if (gv_vfio_open(&v, UUID))
		_exit(98);
	vram = gv_map(&v, GV_BAR_VRAM, 0, FB, RW);
	if (!vram)
		_exit(97);
	for (pos = 0; pos < FB; pos += GV_PAGE) {
		at = (first + pos) % FB;
		if (store) {
			vram[at] = 1;
			continue;
		}
		ret = gv_write(&v, GV_BAR_VRAM, at, "x", 1);
		if (ret < 0)
			_exit(ret == (cgroup ? -ENOMEM : -ENOSPC) ? 50 : 51);
	}
	_exit(0);
}

/* How the greedy one must end. */
static bool ended_well(enum way way, int status)
{
	switch (way) {
	case LIMIT_STORE:
		return WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS;
	case CGROUP_STORE:
		return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
	default:
		return WIFEXITED(status) && WEXITSTATUS(status) == 50;
	}
}

static void run_out(enum way way)
{
	bool cgroup = way == CGROUP_STORE || way == CGROUP_WRITE;
	bool store = way == LIMIT_STORE || way == CGROUP_STORE;
	uint64_t first = gv_drill_below(&drill, FB / GV_PAGE) * GV_PAGE, end;
	uint64_t limit = cgroup ? VRAM : (8 + gv_drill_below(&drill, 16)) *
			 GV_MIB;
	int status;
	pid_t pid;

	if (set_limit(limit)) {
		gv_drill_failed(&drill, "the limit can't be set");
		return;
	}
	pid = fork();
	if (!pid)
		greedy(cgroup, store, first);
	waitpid(pid, &status, 0);
	/* In its cgroup a write may also be what it is killed for. */
	if (!ended_well(way, status) &&
	    !(way == CGROUP_WRITE && ended_well(CGROUP_STORE, status)))
		gv_drill_failed(&drill, "%s ends with 0x%x", ways[way], status);
	end = gv_now_ms() + PATIENCE_MS;
	while (backed() != GV_NEIGHBOUR_FB && gv_now_ms() < end)
		gv_msleep(1);
	if (backed() != GV_NEIGHBOUR_FB)
		gv_drill_failed(&drill, "after %s, %llu KiB stay backed",
				ways[way], (unsigned long long)backed() >> 10);
}

/* As many as are said to be available can be made, and not one more. */
static void fill_up(void)
{
	int available = gv_type_available(gpu.address, "small"), made = 0, err;
	char uuid[GV_UUID_LEN + 1], one_more[GV_UUID_LEN + 1];
	/* Others each time, as the kernel may not have forgotten the last. */
	unsigned int first = 0xf0000000 + 256 * drill.tried;
	static struct gv_msg msg;

	for (;;) {
		gv_uuid(one_more, first + made);
		err = gv_vgpu_new(gpu.address, "small", one_more);
		if (err || made > available)
			break;
		made++;
	}
	if (err != ENOSPC || made != available)
		gv_drill_failed(&drill, "%d of %d made, then errno %d", made,
				available, err);
	if (gv_vgpu_exists(one_more) || !gv_vgpu_get(&nl, one_more, &msg) ||
	    gv_type_available(gpu.address, "small"))
		gv_drill_failed(&drill, "a vGPU is half made");
	while (made--) {
		gv_uuid(uuid, first + made);
		if (gv_vgpu_remove(uuid))
			gv_drill_failed(&drill, "%s can't be removed", uuid);
	}
	if (gv_type_available(gpu.address, "small") != available)
		gv_drill_failed(&drill, "not all is free again");
}

int main(int argc, char **argv)
{
	const struct gv_sim sim = { .vram = VRAM, .limit = VRAM };
	struct gv_neighbour neighbour;
	bool moves = true;
	unsigned int way;

	gv_ktap_plan(3);
	gv_drill_begin(&drill, argc, argv, "R13",
		       "times that memory, or room on the GPU, ran out",
		       (struct gv_goals){ { 30, 200, 1000 } });
	set_up_cgroup();
	gv_file_write("/dev/kmsg", "gv-test: expect oom-killer");
	gv_nl_open(&nl);
	gv_gpu_new(&nl, &sim, &gpu);
	gv_neighbour_start(&neighbour, &nl, gpu.address, drill.seed);
	if (gv_type_new(&nl, gpu.address, "t", FB, 1) ||
	    gv_type_new(&nl, gpu.address, "small", 4 * GV_MIB, 0) ||
	    gv_vgpu_new(gpu.address, "t", UUID))
		gv_ktap_bail("no vGPU");

	while (gv_drill_goes_on(&drill) && moves) {
		way = gv_drill_way(&drill, WAYS);
		drill.tried++;
		done[way]++;
		if (way == FULL)
			fill_up();
		else
			run_out(way);
		moves = gv_neighbour_moves(&neighbour);
	}
	for (way = 0; way < WAYS; way++)
		gv_ktap_note("%llu times %s", (unsigned long long)done[way],
			     ways[way]);
	take_down_cgroup();
	gv_drill_check(&drill, 5);
	gv_ktap_check(moves & gv_neighbour_end(&neighbour),
		      "the neighbour got on, and keeps its VRAM");
	gv_ktap_check(!gv_gpu_del(&nl, gpu.address), "the GPU goes");
	return gv_ktap_end();
}
