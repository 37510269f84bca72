// SPDX-License-Identifier: GPL-2.0
/*
 * libs: libmnl
 * timeout: 180
 * config: VFIO_MDEV
 *
 * Capacity is told truly at every moment: sysfs, netlink and a model of the
 * rules agree after each step of a long walk, and a race can't pass the limit.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ktap.h"
#include "nl_gpu.h"

#define VRAM_MIB 256
#define MAX_VGPUS 12
#define STEPS 250
#define RACERS 30

/* The types of the walk. */
static const struct {
	const char *name;
	unsigned int mib;
	unsigned int max;
} kinds[] = {
	{ "small", 8, 0 },
	{ "few", 16, 3 },
	{ "middle", 48, 0 },
	{ "large", 100, 0 },
	{ "all", VRAM_MIB, 0 },
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/*
 * The model knows each MiB of the VRAM by itself, and tries out what fits; it
 * shares nothing with the module but the rule that the first place is taken.
 */
static int mib[VRAM_MIB];	/* number of the vGPU that has it, or 0 */
static int kind_of[STEPS + 1];	/* kind of a vGPU that lives, or -1 */
static unsigned int living;

static int model_place(const int *map, unsigned int need)
{
	unsigned int i, run = 0;

	for (i = 0; i < VRAM_MIB; i++) {
		run = map[i] ? 0 : run + 1;
		if (run == need)
			return i + 1 - need;
	}
	return -1;
}

static void model_fill(int *map, int place, unsigned int need, int id)
{
	unsigned int i;

	for (i = 0; i < need; i++)
		map[place + i] = id;
}

static unsigned int model_of_kind(unsigned int kind)
{
	unsigned int n = 0;
	int i;

	for (i = 1; i <= STEPS; i++)
		n += kind_of[i] == (int)kind;
	return n;
}

/* What is not given is as many as fit in the empty GPU. */
static unsigned int model_max(unsigned int kind)
{
	unsigned int fit = VRAM_MIB / kinds[kind].mib;

	if (kinds[kind].max)
		return kinds[kind].max;
	return fit < MAX_VGPUS ? fit : MAX_VGPUS;
}

/* Make vGPUs of the kind in a copy of the VRAM until one is refused. */
static unsigned int model_available(unsigned int kind)
{
	unsigned int n = 0, have = model_of_kind(kind);
	int copy[VRAM_MIB];
	int place;

	memcpy(copy, mib, sizeof(copy));
	while (living + n < MAX_VGPUS && have + n < model_max(kind)) {
		place = model_place(copy, kinds[kind].mib);
		if (place < 0)
			break;
		model_fill(copy, place, kinds[kind].mib, -1);
		n++;
	}
	return n;
}

static unsigned int model_reason(unsigned int kind)
{
	unsigned int i, free_mib = 0;

	if (model_available(kind))
		return GPUVIRT_REASON_NONE;
	if (living >= MAX_VGPUS)
		return GPUVIRT_REASON_GPU_FULL;
	if (model_of_kind(kind) >= model_max(kind))
		return GPUVIRT_REASON_TYPE_FULL;
	for (i = 0; i < VRAM_MIB; i++)
		free_mib += !mib[i];
	return free_mib < kinds[kind].mib ? GPUVIRT_REASON_VRAM_EXHAUSTED :
					    GPUVIRT_REASON_VRAM_FRAGMENTED;
}

static bool kind_true(struct gv_nl *nl, const char *gpu, unsigned int kind)
{
	unsigned int available = model_available(kind);
	unsigned int reason = model_reason(kind);
	static struct gv_msg type;
	int sysfs = gv_type_available(gpu, kinds[kind].name);

	if (gv_type_get(nl, gpu, kinds[kind].name, &type))
		return false;
	if (sysfs == (int)available &&
	    gv_u32(&type, GPUVIRT_A_TYPE_AVAILABLE) == available &&
	    gv_u32(&type, GPUVIRT_A_TYPE_INSTANCES) == model_of_kind(kind) &&
	    gv_u32(&type, GPUVIRT_A_TYPE_REASON) == reason &&
	    gv_has(&type, GPUVIRT_A_TYPE_TEXT) == !!reason)
		return true;
	gv_ktap_note("%s: model %u, reason %u; sysfs %d; netlink %u, reason %u",
		     kinds[kind].name, available, reason, sysfs,
		     gv_u32(&type, GPUVIRT_A_TYPE_AVAILABLE),
		     gv_u32(&type, GPUVIRT_A_TYPE_REASON));
	return false;
}

static bool gpu_true(struct gv_nl *nl, const char *gpu)
{
	unsigned int i, run = 0, largest = 0, free_mib = 0;
	static struct gv_msg msg;

	for (i = 0; i < VRAM_MIB; i++) {
		free_mib += !mib[i];
		run = mib[i] ? 0 : run + 1;
		largest = run > largest ? run : largest;
	}
	gv_gpu_get(nl, gpu, &msg);
	return gv_u64(&msg, GPUVIRT_A_GPU_VRAM_FREE) == free_mib * GV_MIB &&
	       gv_u64(&msg, GPUVIRT_A_GPU_VRAM_LARGEST) == largest * GV_MIB &&
	       gv_u32(&msg, GPUVIRT_A_GPU_VGPUS) == living;
}

static bool all_true(struct gv_nl *nl, const char *gpu)
{
	bool good = gpu_true(nl, gpu);
	unsigned int i;

	if (!good)
		gv_ktap_note("the GPU's VRAM is not what the model has");
	for (i = 0; i < KINDS; i++)
		good &= kind_true(nl, gpu, i);
	return good;
}

/* One vGPU more, or the refusal that the model foretells. */
static bool step_new(struct gv_nl *nl, const char *gpu, int id)
{
	unsigned int kind = rand() % KINDS;
	unsigned int room = model_available(kind);
	int place = model_place(mib, kinds[kind].mib);
	char uuid[GV_UUID_LEN + 1];
	static struct gv_msg vgpu;
	int err;

	gv_uuid(uuid, id);
	err = gv_vgpu_new(gpu, kinds[kind].name, uuid);
	if (!room)
		return err == ENOSPC && !gv_vgpu_exists(uuid);
	if (err || gv_vgpu_get(nl, uuid, &vgpu))
		return false;
	kind_of[id] = kind;
	model_fill(mib, place, kinds[kind].mib, id);
	living++;
	return gv_u64(&vgpu, GPUVIRT_A_VGPU_VRAM_OFFSET) == place * GV_MIB &&
	       gv_u64(&vgpu, GPUVIRT_A_VGPU_FRAMEBUFFER) ==
	       kinds[kind].mib * GV_MIB;
}

static bool step_del(int id)
{
	char uuid[GV_UUID_LEN + 1];
	unsigned int i;
	int err;

	gv_uuid(uuid, id);
	err = gv_vgpu_remove(uuid);
	for (i = 0; i < VRAM_MIB; i++)
		if (mib[i] == id)
			mib[i] = 0;
	kind_of[id] = -1;
	living--;
	return !err;
}

static int some_living(void)
{
	int pick = rand() % living, i;

	for (i = 1; i <= STEPS; i++)
		if (kind_of[i] >= 0 && !pick--)
			return i;
	return 0;
}

static bool walk(struct gv_nl *nl, const char *gpu)
{
	unsigned int refused = 0, made = 0;
	int id;
	bool good;

	memset(kind_of, -1, sizeof(kind_of));
	srand(20);
	for (id = 1; id <= STEPS; id++) {
		if (living && rand() % 5 < 2) {
			good = step_del(some_living());
		} else {
			unsigned int before = living;

			good = step_new(nl, gpu, id);
			made += living > before;
			refused += living == before;
		}
		if (!good || !all_true(nl, gpu)) {
			gv_ktap_note("at step %d", id);
			return false;
		}
	}
	while (living)
		if (!step_del(some_living()))
			return false;
	gv_ktap_note("%u made, %u refused", made, refused);
	return all_true(nl, gpu) && made > STEPS / 5 && refused > STEPS / 10;
}

/* The holes between vGPUs that stay add up to enough, and none is. */
static bool fragments(struct gv_nl *nl, const char *gpu)
{
	static struct gv_msg type;
	char uuid[GV_UUID_LEN + 1];
	unsigned int i;
	bool good;

	if (gv_type_new(nl, gpu, "quarter", 64 * GV_MIB, 0) ||
	    gv_type_new(nl, gpu, "half", 128 * GV_MIB, 0))
		return false;
	for (i = 0; i < 4; i++) {
		gv_uuid(uuid, 1000 + i);
		if (gv_vgpu_new(gpu, "quarter", uuid))
			return false;
	}
	for (i = 0; i < 4; i += 2) {
		gv_uuid(uuid, 1000 + i);
		if (gv_vgpu_remove(uuid))
			return false;
	}
	gv_uuid(uuid, 1004);
	good = gv_vgpu_new(gpu, "half", uuid) == ENOSPC &&
	       !gv_type_get(nl, gpu, "half", &type) &&
	       gv_u32(&type, GPUVIRT_A_TYPE_REASON) ==
	       GPUVIRT_REASON_VRAM_FRAGMENTED &&
	       !strcmp(gv_str(&type, GPUVIRT_A_TYPE_TEXT),
		       "type needs 128 MiB, 128 MiB free, 64 in one piece") &&
	       gv_type_available(gpu, "quarter") == 2;
	for (i = 1; i < 4; i += 2) {
		gv_uuid(uuid, 1000 + i);
		good &= !gv_vgpu_remove(uuid);
	}
	return good && gv_type_available(gpu, "half") == 2 &&
	       !gv_type_del(nl, gpu, "half") &&
	       !gv_type_del(nl, gpu, "quarter");
}

static bool uuid_twice(struct gv_nl *nl, const char *gpu)
{
	char uuid[GV_UUID_LEN + 1];
	uint64_t generation;
	bool good;

	gv_uuid(uuid, 2000);
	if (gv_vgpu_new(gpu, "small", uuid))
		return false;
	generation = gv_info(nl, GPUVIRT_A_INFO_GENERATION);
	good = gv_vgpu_new(gpu, "small", uuid) == EEXIST &&
	       gv_vgpu_new(gpu, "middle", uuid) == EEXIST &&
	       gv_info(nl, GPUVIRT_A_INFO_GENERATION) == generation &&
	       gv_vgpu_new(gpu, "small", "not-a-uuid") == EINVAL;
	return !gv_vgpu_remove(uuid) && good && !gv_vgpu_exists(uuid) &&
	       gv_vgpu_remove(uuid) == ENOENT;
}

static bool draining(struct gv_nl *nl, const char *gpu)
{
	static struct gv_msg type, msg;
	char uuid[GV_UUID_LEN + 1];
	bool good;

	gv_uuid(uuid, 2001);
	good = !gv_vgpu_new(gpu, "small", uuid) && !gv_gpu_set(nl, gpu, 1) &&
	       !gv_type_get(nl, gpu, "small", &type) &&
	       gv_u32(&type, GPUVIRT_A_TYPE_REASON) ==
	       GPUVIRT_REASON_GPU_DRAINING &&
	       gv_type_available(gpu, "small") == 0;
	gv_gpu_get(nl, gpu, &msg);
	good = good && gv_u32(&msg, GPUVIRT_A_GPU_DRAIN) == 1 &&
	       gv_u32(&msg, GPUVIRT_A_GPU_MDEV_REASON) ==
	       GPUVIRT_REASON_GPU_DRAINING;
	gv_uuid(uuid, 2002);
	good = good && gv_vgpu_new(gpu, "small", uuid) == EBUSY &&
	       !gv_vgpu_exists(uuid);
	gv_uuid(uuid, 2001);
	return good && !gv_vgpu_remove(uuid) && !gv_gpu_set(nl, gpu, 0) &&
	       gv_type_available(gpu, "small") == MAX_VGPUS;
}

/* Thirty processes start at once, for eight places. */
static bool race(struct gv_nl *nl, const char *gpu)
{
	unsigned int i, made = 0, full = 0, there = 0;
	char uuid[GV_UUID_LEN + 1];
	int gate[2], status;
	char go;

	if (gv_type_new(nl, gpu, "race", 8 * GV_MIB, 8) || pipe(gate))
		return false;
	for (i = 0; i < RACERS; i++) {
		if (fork())
			continue;
		close(gate[1]);
		gv_uuid(uuid, 3000 + i);
		/* Ends when the last writer has closed the pipe. */
		if (read(gate[0], &go, 1) < 0)
			_exit(255);
		_exit(gv_vgpu_new(gpu, "race", uuid));
	}
	close(gate[0]);
	close(gate[1]);
	while (wait(&status) > 0) {
		made += !WEXITSTATUS(status);
		full += WEXITSTATUS(status) == ENOSPC;
	}
	for (i = 0; i < RACERS; i++) {
		gv_uuid(uuid, 3000 + i);
		there += gv_vgpu_exists(uuid);
	}
	gv_ktap_note("%u made, %u refused, %u there", made, full, there);
	if (made != 8 || full != RACERS - 8 || there != 8 ||
	    gv_type_available(gpu, "race") != 0)
		return false;
	for (i = 0; i < RACERS; i++) {
		gv_uuid(uuid, 3000 + i);
		if (gv_vgpu_exists(uuid) && gv_vgpu_remove(uuid))
			return false;
	}
	return gv_type_available(gpu, "race") == 8 &&
	       !gv_type_del(nl, gpu, "race");
}

int main(void)
{
	const struct gv_sim sim = {
		.vram = VRAM_MIB * GV_MIB,
		.max_vgpus = MAX_VGPUS,
	};
	struct gv_gpu gpu;
	struct gv_nl nl;
	unsigned int i;

	gv_ktap_plan(6);
	gv_nl_open(&nl);
	gv_gpu_new(&nl, &sim, &gpu);
	for (i = 0; i < KINDS; i++)
		if (gv_type_new(&nl, gpu.address, kinds[i].name,
				kinds[i].mib * GV_MIB, kinds[i].max))
			gv_ktap_bail("no type %s", kinds[i].name);

	gv_ktap_check(walk(&nl, gpu.address),
		      "capacity is true after each of %d steps", STEPS);
	gv_ktap_check(fragments(&nl, gpu.address),
		      "VRAM in too small pieces is told apart from none");
	gv_ktap_check(uuid_twice(&nl, gpu.address), "a UUID exists once");
	gv_ktap_check(draining(&nl, gpu.address), "a draining GPU takes none");
	gv_ktap_check(race(&nl, gpu.address),
		      "of %d that race for 8 places, 8 win", RACERS);
	for (i = 0; i < KINDS; i++)
		gv_type_del(&nl, gpu.address, kinds[i].name);
	gv_ktap_check(!gv_gpu_del(&nl, gpu.address), "all of it goes");
	return gv_ktap_end();
}
