// SPDX-License-Identifier: GPL-2.0
/*
 * libs: libmnl
 * config: VFIO_MDEV
 * timeout: 1200
 *
 * R10: VRAM changes hands. Each owner fills all of it with a canary; what the
 * next one sees of that is counted, in bytes. The ways are those by which a use
 * ends: closed, reset by its user or by an administrator, killed, deleted, and
 * deleted to make room for a vGPU of another type.
 */
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drill.h"
#include "neighbour.h"
#include "nl_gpu.h"
#include "vfio.h"

#define SMALL (4 * GV_MIB)
#define LARGE (8 * GV_MIB)
#define FIRST 0xca000000
#define RW (PROT_READ | PROT_WRITE)

static struct gv_drill drill;
static struct gv_nl nl;
static struct gv_gpu gpu;
static bool large;		/* which of the types the vGPU has now */
static uint64_t offset;
static char uuid[GV_UUID_LEN + 1];

static const char *const ways[] = {
	"close", "reset", "reset by an administrator", "kill", "delete",
	"delete, other type",
};

#define WAYS 6

static uint64_t done[WAYS];

static size_t fb(void)
{
	return large ? LARGE : SMALL;
}

static uint64_t where(void)
{
	static struct gv_msg msg;

	if (gv_vgpu_get(&nl, uuid, &msg))
		gv_ktap_bail("the vGPU is lost");
	return gv_u64(&msg, GPUVIRT_A_VGPU_VRAM_OFFSET);
}

/* Each time by another uuid, as the kernel may not have forgotten the last. */
static void make(void)
{
	static unsigned int number;
	int err;

	gv_uuid(uuid, FIRST + number++);
	err = gv_vgpu_new(gpu.address, large ? "large" : "small", uuid);
	if (err)
		gv_ktap_bail("no vGPU: %s", strerror(err));
	if (number == 1)
		offset = where();
	/* Else another's data would be looked for where it never was. */
	if (where() != offset)
		gv_ktap_bail("the vGPU is elsewhere: nothing is tested");
}

/* Bytes of a mapping, or of what is read through the file, that are not 0. */
static uint64_t not_zero(const struct gv_vfio *v, bool mapped)
{
	static uint64_t buf[LARGE / 8];
	const uint64_t *word = buf;
	const uint8_t *byte;
	uint64_t seen = 0;
	size_t i, k;

	if (mapped)
		word = gv_map(v, GV_BAR_VRAM, 0, fb(), RW);
	else if (gv_read(v, GV_BAR_VRAM, 0, buf, fb()) != (ssize_t)fb())
		word = NULL;
	if (!word)
		gv_ktap_bail("VRAM can't be read: %m");
	for (i = 0; i < fb() / 8; i++) {
		if (!word[i])
			continue;
		byte = (const uint8_t *)&word[i];
		for (k = 0; k < 8; k++)
			seen += !!byte[k];
	}
	if (mapped)
		munmap((void *)word, fb());
	return seen;
}

/* All of it, by mapping or file; no byte of a canary is 0. */
static void fill(const struct gv_vfio *v, uint64_t canary, bool mapped)
{
	static uint8_t buf[LARGE];
	uint8_t *map = buf;

	if (mapped)
		map = gv_map(v, GV_BAR_VRAM, 0, fb(), RW);
	if (!map)
		gv_ktap_bail("VRAM can't be mapped: %m");
	memset(map, 1 + canary % 255, fb());
	if (mapped)
		munmap(map, fb());
	else if (gv_write(v, GV_BAR_VRAM, 0, buf, fb()) != (ssize_t)fb())
		gv_ktap_bail("VRAM can't be written");
}

/* Nothing can be reached beyond the slice, where the neighbour may be. */
static bool stays_inside(const struct gv_vfio *v)
{
	uint64_t pos = fb() + gv_drill_below(&drill, LARGE), got = 0;

	if (gv_read(v, GV_BAR_VRAM, pos, &got, 8) > 0 && got != ~0ULL)
		return false;
	return !gv_map(v, GV_BAR_VRAM, fb(), GV_PAGE, RW) &&
	       !gv_map(v, GV_BAR_VRAM, 0, fb() + GV_PAGE, RW);
}

static void look(const struct gv_vfio *v, unsigned int way)
{
	uint64_t seen = not_zero(v, gv_drill_below(&drill, 2));

	if (seen)
		gv_drill_failed(&drill, "%llu bytes seen after %s",
				(unsigned long long)seen, ways[way]);
	else if (!stays_inside(v))
		gv_drill_failed(&drill, "something beyond the slice is seen");
}

static void reset_by_administrator(void)
{
	static struct gv_msg reply;
	static struct gv_req req;

	gv_req_init(&req, &nl, GPUVIRT_CMD_VGPU_RESET, 0);
	gv_req_str(&req, GPUVIRT_A_VGPU_ID, uuid);
	if (gv_nl_do(&nl, &req, &reply, NULL) ||
	    gv_operation_wait(&nl, gv_u64(&reply, GPUVIRT_A_VGPU_OPERATION),
			      &reply))
		gv_ktap_bail("an administrator can't reset");
}

/* A process that is killed while it writes. */
static void killed(uint64_t canary)
{
	struct gv_vfio v;
	int ready[2];
	char byte;
	pid_t pid;

	if (pipe(ready))
		gv_ktap_bail("pipe: %m");
	pid = fork();
	if (!pid) {
		gv_vfio_must_open(&v, uuid);
		fill(&v, canary, true);
		if (write(ready[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			fill(&v, canary, true);
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		gv_ktap_bail("the owner did not start");
	close(ready[0]);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void hand_over(void)
{
	unsigned int way = gv_drill_way(&drill, WAYS);
	uint64_t canary = gv_random(&drill.state) >> 20;
	bool mapped = gv_drill_below(&drill, 4);
	struct gv_vfio v;

	drill.tried++;
	done[way]++;
	if (way == 3) {
		killed(canary);
	} else {
		gv_vfio_must_open(&v, uuid);
		fill(&v, canary, mapped);
	}
	if (way == 1 || way == 2) {
		if (way == 2)
			reset_by_administrator();
		else if (gv_dev_ioctl(&v, VFIO_DEVICE_RESET, NULL))
			gv_ktap_bail("VFIO_DEVICE_RESET failed");
		look(&v, way);
	}
	if (way != 3)
		gv_vfio_close(&v);
	if (way >= 4) {
		if (gv_vgpu_remove(uuid))
			gv_ktap_bail("the vGPU can't be removed");
		large ^= way == 5;
		make();
	}
	if (way != 1 && way != 2) {
		gv_vfio_must_open(&v, uuid);
		look(&v, way);
		gv_vfio_close(&v);
	}
}

int main(int argc, char **argv)
{
	const struct gv_sim sim = { .vram = 16 * GV_MIB };
	struct gv_neighbour neighbour;
	bool moves = true;
	unsigned int i;

	gv_ktap_plan(3);
	gv_drill_begin(&drill, argc, argv, "R10",
		       "VRAM handed over, read by the next owner",
		       (struct gv_goals){ { 120, 1500, 10000 } });
	gv_nl_open(&nl);
	gv_gpu_new(&nl, &sim, &gpu);
	gv_neighbour_start(&neighbour, &nl, gpu.address, drill.seed);
	if (gv_type_new(&nl, gpu.address, "small", SMALL, 0) ||
	    gv_type_new(&nl, gpu.address, "large", LARGE, 0))
		gv_ktap_bail("no types");
	make();

	while (gv_drill_goes_on(&drill) && moves) {
		hand_over();
		if (!(drill.tried % 8))
			moves = gv_neighbour_moves(&neighbour);
	}
	for (i = 0; i < WAYS; i++)
		gv_ktap_note("%llu by %s", (unsigned long long)done[i], ways[i]);
	gv_drill_check(&drill, 5);
	gv_ktap_check(moves & gv_neighbour_end(&neighbour),
		      "the neighbour got on, and keeps its VRAM");
	gv_ktap_check(!gv_gpu_del(&nl, gpu.address), "the GPU goes");
	return gv_ktap_end();
}
