// SPDX-License-Identifier: GPL-2.0
/*
 * libs: libmnl
 * config: VFIO_MDEV
 * timeout: 1200
 *
 * R14: what is free is told truly at the moment when a vGPU has gone, however late
 * the kernel frees what it was made of (DEBUG_KOBJECT_RELEASE takes seconds), and
 * whoever still has files of it open. No byte is lost, and none is given twice.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "drill.h"
#include "neighbour.h"
#include "nl_gpu.h"
#include "vfio.h"

#define VRAM_MIB 256
#define MAX_VGPUS 24
#define FIRST 0xc000

static struct gv_drill drill;
static struct gv_nl nl;
static struct gv_gpu gpu;

static const struct {
	const char *name;
	unsigned int mib;
} kinds[] = { { "four", 4 }, { "eight", 8 }, { "odd", 21 }, { "half", 128 } };
#define KINDS 4

/* The vGPUs there are, and what of the VRAM each has. */
static struct {
	unsigned int number;
	unsigned int kind;
	unsigned int place;	/* MiB */
} have[MAX_VGPUS];
static unsigned int n;
static unsigned int last_number;

/* Whose each MiB is; 0 is nobody's. */
static unsigned int owner[VRAM_MIB];

static void uuid_of(char *uuid, unsigned int number)
{
	gv_uuid(uuid, FIRST + number);
}

static bool note_owner(unsigned int place, unsigned int mib, unsigned int who)
{
	unsigned int i;

	for (i = place; i < place + mib; i++) {
		if (i >= VRAM_MIB || (who && owner[i])) {
			gv_drill_failed(&drill, "MiB %u is given twice", i);
			return false;
		}
		owner[i] = who;
	}
	return true;
}

/* As many as fit in each gap, up to the most that the GPU can have. */
static unsigned int model_available(unsigned int kind)
{
	unsigned int i, run = 0, fit = 0, room = MAX_VGPUS - n - 1;

	for (i = 0; i < VRAM_MIB; i++) {
		run = owner[i] ? 0 : run + 1;
		if (run == kinds[kind].mib) {
			fit++;
			run = 0;
		}
	}
	return fit < room ? fit : room;
}

/* At once, without waiting for anything. */
static bool told_truly(const char *when)
{
	static struct gv_msg msg;
	unsigned int i, free_mib = 0;
	int sysfs;

	for (i = 0; i < VRAM_MIB; i++)
		free_mib += !owner[i];
	gv_gpu_get(&nl, gpu.address, &msg);
	if (gv_u64(&msg, GPUVIRT_A_GPU_VRAM_FREE) != free_mib * GV_MIB ||
	    gv_u32(&msg, GPUVIRT_A_GPU_VGPUS) != n + 1) {
		gv_drill_failed(&drill, "%s, %llu MiB are free, not %u", when,
				(unsigned long long)
				gv_u64(&msg, GPUVIRT_A_GPU_VRAM_FREE) >> 20,
				free_mib);
		return false;
	}
	for (i = 0; i < KINDS; i++) {
		sysfs = gv_type_available(gpu.address, kinds[i].name);
		if (sysfs == (int)model_available(i))
			continue;
		gv_drill_failed(&drill, "%s, %d of type %s are available, not %u",
				when, sysfs, kinds[i].name, model_available(i));
		return false;
	}
	return true;
}

static void make(void)
{
	unsigned int kind = gv_drill_below(&drill, KINDS);
	unsigned int room = model_available(kind);
	static struct gv_msg msg;
	char uuid[GV_UUID_LEN + 1];
	int err;

	uuid_of(uuid, ++last_number);
	err = gv_vgpu_new(gpu.address, kinds[kind].name, uuid);
	if (err != (room ? 0 : ENOSPC)) {
		gv_drill_failed(&drill, "with room for %u of type %s: %s", room,
				kinds[kind].name, strerror(err));
		return;
	}
	if (err) {
		if (gv_vgpu_exists(uuid) || !gv_vgpu_get(&nl, uuid, &msg))
			gv_drill_failed(&drill, "a vGPU is half made");
		told_truly("after a refusal");
		return;
	}
	if (gv_vgpu_get(&nl, uuid, &msg)) {
		gv_drill_failed(&drill, "a vGPU is not known");
		return;
	}
	have[n].number = last_number;
	have[n].kind = kind;
	have[n].place = gv_u64(&msg, GPUVIRT_A_VGPU_VRAM_OFFSET) >> 20;
	note_owner(have[n].place, kinds[kind].mib, last_number);
	n++;
	told_truly("after a creation");
}

/* Used or not; and with files of its directory held open across its end. */
static void remove_one(void)
{
	unsigned int i = gv_drill_below(&drill, n), tries = 200;
	char uuid[GV_UUID_LEN + 1], path[128];
	struct gv_vfio v;
	int held[2], err;

	uuid_of(uuid, have[i].number);
	if (gv_drill_below(&drill, 2)) {
		gv_vfio_must_open(&v, uuid);
		if (gv_write(&v, GV_BAR_VRAM, 0, uuid, 8) != 8)
			gv_drill_failed(&drill, "VRAM can't be written");
		gv_vfio_close(&v);
	}
	snprintf(path, sizeof(path), "/sys/bus/mdev/devices/%s", uuid);
	held[0] = open(path, O_RDONLY | O_CLOEXEC);
	snprintf(path, sizeof(path), "/sys/bus/mdev/devices/%s/uevent", uuid);
	held[1] = open(path, O_RDONLY | O_CLOEXEC);

	/* Where the core has lost the file it comes back. */
	while ((err = gv_vgpu_remove(uuid)) && tries--)
		gv_msleep(20);
	if (err) {
		gv_drill_failed(&drill, "%s can't be removed: %s", uuid,
				strerror(err));
		return;
	}
	note_owner(have[i].place, kinds[have[i].kind].mib, 0);
	have[i] = have[--n];
	told_truly("after a removal");
	close(held[0]);
	close(held[1]);
}

int main(int argc, char **argv)
{
	const struct gv_sim sim = { .vram = VRAM_MIB * GV_MIB,
				    .max_vgpus = MAX_VGPUS };
	struct gv_neighbour neighbour;
	static struct gv_msg msg;
	bool moves = true;
	unsigned int i;

	gv_ktap_plan(3);
	gv_drill_begin(&drill, argc, argv, "R14",
		       "creations and removals, what is free looked at after each",
		       (struct gv_goals){ { 300, 5000, 50000 } });
	gv_nl_open(&nl);
	gv_gpu_new(&nl, &sim, &gpu);
	gv_neighbour_start(&neighbour, &nl, gpu.address, drill.seed);
	if (gv_vgpu_get(&nl, neighbour.uuid, &msg))
		gv_ktap_bail("the neighbour is not known");
	note_owner(gv_u64(&msg, GPUVIRT_A_VGPU_VRAM_OFFSET) >> 20,
		   GV_NEIGHBOUR_FB / GV_MIB, ~0U);
	for (i = 0; i < KINDS; i++)
		if (gv_type_new(&nl, gpu.address, kinds[i].name,
				kinds[i].mib * GV_MIB, 0))
			gv_ktap_bail("no type");

	while (gv_drill_goes_on(&drill) && moves) {
		drill.tried++;
		if (n && (n == MAX_VGPUS - 1 || gv_drill_below(&drill, 2)))
			remove_one();
		else
			make();
		if (!(drill.tried % 16))
			moves = gv_neighbour_moves(&neighbour);
	}
	gv_drill_check(&drill, 20);
	gv_ktap_check(moves & gv_neighbour_end(&neighbour),
		      "the neighbour got on, and keeps its VRAM");
	gv_ktap_check(!gv_gpu_del(&nl, gpu.address), "the GPU goes");
	return gv_ktap_end();
}
