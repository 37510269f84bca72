// SPDX-License-Identifier: GPL-2.0
/*
 * libs: libmnl
 * config: VFIO_MDEV
 * needs: own-guest
 * qemu: -smp 2
 * timeout: 1500
 *
 * R6: everything at once, on two processors: vGPUs made and removed, used and
 * reset, types made and deleted, settings changed, GPUs made and removed, and
 * all of it read. Only errors that have a reason may come. Afterwards all that is
 * left can be removed, also where the mdev core has lost a remove file, and the
 * capacity is whole. (mdev_storm is a smaller one, without users.)
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <signal.h>
#include <unistd.h>

#include "drill.h"
#include "neighbour.h"
#include "nl_gpu.h"
#include "vmm.h"

#define VRAM (256 * GV_MIB)
#define FB (8 * GV_MIB)
#define SHARED 4	/* UUIDs that all fight for */
#define PATIENCE_MS 60000

static struct gv_drill drill;
static struct gv_nl nl;
static struct gv_gpu gpu;

/* What a process has done; in memory that all share. */
struct tally {
	volatile uint64_t tried;
	volatile uint64_t done;
	volatile int bad;	/* the errno that must not come */
	char what[32];
};

#define WORKERS 9
static struct tally *tallies;

static void tell(struct tally *tally, const char *what, int err,
		 const int *allowed)
{
	tally->tried++;
	if (!err) {
		tally->done++;
		return;
	}
	for (; *allowed; allowed++)
		if (err == *allowed)
			return;
	tally->bad = err;
	snprintf(tally->what, sizeof(tally->what), "%s", what);
}

#define OK(...) (const int []){ __VA_ARGS__, 0 }

/* Without the patience of gv_vgpu_new(): in a storm, a UUID may be taken. */
static int create(const char *type, const char *uuid)
{
	char path[256];

	snprintf(path, sizeof(path),
		 "/sys/bus/pci/devices/%s/mdev_supported_types/gpuvirt-sim-%s/create",
		 gpu.address, type);
	return gv_file_write(path, uuid);
}

static void shared_uuid(char *uuid, uint64_t *state)
{
	gv_uuid(uuid, gv_below(state, SHARED));
}

static void make_and_remove(struct tally *tally, struct gv_nl *my,
			    uint64_t *state)
{
	char uuid[GV_UUID_LEN + 1];

	if (gv_below(state, 3))
		shared_uuid(uuid, state);
	else
		gv_uuid(uuid, 1000 * getpid() + gv_below(state, 4));
	/* A file that goes between open and write says ENODEV. */
	if (gv_below(state, 2))
		tell(tally, "create", create(gv_below(state, 2) ? "one" : "two",
					     uuid),
		     OK(EEXIST, ENOSPC, EBUSY, ENODEV));
	else
		tell(tally, "remove", gv_vgpu_remove(uuid),
		     OK(ENOENT, ENODEV, EAGAIN));
}

static void types(struct tally *tally, struct gv_nl *my, uint64_t *state)
{
	char name[24], uuid[GV_UUID_LEN + 1];
	int err;

	snprintf(name, sizeof(name), "storm%d", getpid());
	gv_uuid(uuid, 1000 * getpid() + 900 + gv_below(state, 64));
	tell(tally, "type-new", gv_type_new(my, gpu.address, name,
					    4 * GV_MIB, 0), OK(EBUSY));
	err = create(name, uuid);
	tell(tally, "create of own type", err, OK(ENOSPC, EBUSY, EEXIST));
	if (!err) {
		if (gv_type_del(my, gpu.address, name) != EBUSY)
			tell(tally, "type-del of a type in use", EINVAL, OK(0));
		tell(tally, "remove of own type", gv_vgpu_remove(uuid), OK(0));
	}
	tell(tally, "type-del", gv_type_del(my, gpu.address, name), OK(0));
}

static void use(struct tally *tally, struct gv_nl *my, uint64_t *state)
{
	static struct gv_vmm vmm;
	char uuid[GV_UUID_LEN + 1];
	unsigned int i;
	int err;

	shared_uuid(uuid, state);
	err = -gv_vmm_open(&vmm, uuid, FB);
	tell(tally, "open", err, OK(ENOENT, ENODEV, EBUSY, EINVAL, EPERM,
				    ENXIO));
	if (err)
		return;
	for (i = gv_below(state, 40); i; i--)
		gv_vmm_step(&vmm, state);
	gv_vmm_close(&vmm, state);
}

/* Retire marks a vGPU, until the socket is closed. */
static void retire_and_reset(struct tally *tally, struct gv_nl *my,
			     uint64_t *state)
{
	char uuid[GV_UUID_LEN + 1];
	static struct gv_msg reply;
	static struct gv_req req;
	bool retire = !gv_below(state, 4);
	int err;

	shared_uuid(uuid, state);
	gv_req_init(&req, my, retire ? GPUVIRT_CMD_VGPU_RETIRE :
		    GPUVIRT_CMD_VGPU_RESET, 0);
	gv_req_str(&req, GPUVIRT_A_VGPU_ID, uuid);
	err = gv_nl_do(my, &req, &reply, NULL);
	tell(tally, retire ? "vgpu-retire" : "vgpu-reset", err,
	     OK(ENOENT, EBUSY, ENODEV));
	/* Else others' operations would be forgotten before they are asked. */
	if (!retire && !err)
		gv_operation_wait(my, gv_u64(&reply, GPUVIRT_A_VGPU_OPERATION),
				  &reply);
	if (retire) {
		gv_nl_close(my);
		gv_nl_open(my);
	}
}

static void set(struct tally *tally, struct gv_nl *my, uint64_t *state)
{
	static struct gv_req req;

	gv_req_init(&req, my, GPUVIRT_CMD_GPU_SET, 0);
	gv_req_str(&req, GPUVIRT_A_GPU_ADDRESS, gpu.address);
	/* Draining is the exception, else nothing else would get on. */
	gv_req_u32(&req, GPUVIRT_A_GPU_DRAIN, !gv_below(state, 8));
	if (gv_below(state, 2))
		gv_req_u64(&req, GPUVIRT_A_GPU_BACKING_LIMIT,
			   (32 + gv_below(state, 64)) * GV_MIB);
	tell(tally, "gpu-set", gv_nl_do(my, &req, NULL, NULL), OK(EBUSY));
	gv_msleep(gv_below(state, 5));
}

static void other_gpus(struct tally *tally, struct gv_nl *my, uint64_t *state)
{
	const struct gv_sim sim = { .vram = 16 * GV_MIB };
	struct gv_gpu other;

	gv_gpu_new(my, &sim, &other);
	tell(tally, "type-new elsewhere",
	     gv_type_new(my, other.address, "t", 4 * GV_MIB, 0), OK(0));
	tell(tally, "sim-del", gv_gpu_del(my, other.address), OK(0));
}

static void read_all(struct tally *tally, struct gv_nl *my, uint64_t *state)
{
	static const uint8_t cmds[] = {
		GPUVIRT_CMD_GPU_GET, GPUVIRT_CMD_TYPE_GET, GPUVIRT_CMD_VGPU_GET,
		GPUVIRT_CMD_OPERATION_GET, GPUVIRT_CMD_GROUP_GET,
	};

	tell(tally, "dump", gv_nl_dump_cmd(my, cmds[gv_below(state, 5)], NULL,
					   NULL), OK(EINTR));
	gv_type_available(gpu.address, "one");
	gv_type_available(gpu.address, "two");
}

static const struct {
	void (*step)(struct tally *tally, struct gv_nl *my, uint64_t *state);
	unsigned int rest_ms;
} kinds[WORKERS] = {
	{ make_and_remove, 0 }, { make_and_remove, 0 }, { types, 0 },
	{ use, 0 }, { use, 0 }, { retire_and_reset, 0 }, { set, 3 },
	{ other_gpus, 10 }, { read_all, 1 },
};

static void worker(unsigned int kind, uint64_t state, pid_t parent)
{
	struct tally *tally = &tallies[kind];
	struct gv_nl my;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	gv_nl_open(&my);
	while (gv_drill_left(&drill) && !tally->bad &&
	       tally->tried < drill.goal) {
		kinds[kind].step(tally, &my, &state);
		gv_msleep(gv_below(&state, kinds[kind].rest_ms + 1));
	}
	_exit(!!tally->bad);
}

static bool storm(struct gv_neighbour *neighbour)
{
	bool moves = true;
	pid_t pids[WORKERS], self = getpid();
	unsigned int i, left = WORKERS;
	int status;

	for (i = 0; i < WORKERS; i++) {
		uint64_t state = gv_random(&drill.state);

		pids[i] = fork();
		if (!pids[i])
			worker(i, state, self);
	}
	while (left) {
		moves &= gv_neighbour_moves(neighbour);
		gv_msleep(50);
		for (i = 0; i < WORKERS; i++) {
			if (!pids[i] || waitpid(pids[i], &status, WNOHANG) !=
			    pids[i])
				continue;
			pids[i] = 0;
			left--;
			if (status)
				gv_drill_failed(&drill,
						"worker %u ended with 0x%x: %s: %s",
						i, status, tallies[i].what,
						strerror(tallies[i].bad));
		}
	}
	for (i = 0; i < WORKERS; i++) {
		drill.tried += tallies[i].tried;
		gv_ktap_note("worker %u: %llu of %llu succeeded", i,
			     (unsigned long long)tallies[i].done,
			     (unsigned long long)tallies[i].tried);
		if (!tallies[i].done)
			gv_drill_failed(&drill, "worker %u did nothing", i);
	}
	return moves;
}

struct left {
	const char *keep;
	char uuids[64][GV_UUID_LEN + 1];
	unsigned int n;
};

static void note_left(const struct gv_msg *msg, void *arg)
{
	const char *uuid = gv_str(msg, GPUVIRT_A_VGPU_ID);
	struct left *left = arg;

	if (left->n < 64 && strcmp(uuid, left->keep))
		strcpy(left->uuids[left->n++], uuid);
}

/* All but the neighbour's goes; a lost remove file comes back. */
static bool all_go(const char *keep)
{
	uint64_t end = gv_now_ms() + PATIENCE_MS;
	struct left left = { .keep = keep };
	unsigned int i, lost = 0;

	for (;;) {
		left.n = 0;
		gv_nl_dump_cmd(&nl, GPUVIRT_CMD_VGPU_GET, note_left, &left);
		if (!left.n)
			break;
		if (gv_now_ms() > end) {
			gv_ktap_note("%u are left, such as %s", left.n,
				     left.uuids[0]);
			return false;
		}
		for (i = 0; i < left.n; i++)
			lost += gv_vgpu_remove(left.uuids[i]) == ENOENT;
		gv_msleep(20);
	}
	gv_ktap_note("%u tries found no remove file", lost);
	return true;
}

/* Of 256 MiB the neighbour has 4. */
static bool whole(void)
{
	static struct gv_msg msg;

	gv_gpu_set(&nl, gpu.address, 0);
	gv_gpu_get(&nl, gpu.address, &msg);
	return gv_u64(&msg, GPUVIRT_A_GPU_VRAM_FREE) == VRAM - GV_NEIGHBOUR_FB &&
	       gv_u64(&msg, GPUVIRT_A_GPU_BACKING_USED) == GV_NEIGHBOUR_FB &&
	       gv_u32(&msg, GPUVIRT_A_GPU_VGPUS) == 1 &&
	       gv_u32(&msg, GPUVIRT_A_GPU_TYPES) == 3 &&
	       gv_type_available(gpu.address, "one") == 31 &&
	       gv_type_available(gpu.address, "two") == 15;
}

int main(int argc, char **argv)
{
	const struct gv_sim sim = { .vram = VRAM };
	struct gv_neighbour neighbour;
	bool moves;

	gv_ktap_plan(5);
	gv_drill_begin(&drill, argc, argv, "R6",
		       "changes from nine processes at once",
		       (struct gv_goals){ { ~0ULL, ~0ULL, ~0ULL } });
	tallies = mmap(NULL, WORKERS * sizeof(*tallies), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (tallies == MAP_FAILED)
		gv_ktap_bail("no memory");
	gv_nl_open(&nl);
	gv_gpu_new(&nl, &sim, &gpu);
	gv_neighbour_start(&neighbour, &nl, gpu.address, drill.seed);
	if (gv_type_new(&nl, gpu.address, "one", FB, 0) ||
	    gv_type_new(&nl, gpu.address, "two", 16 * GV_MIB, 0))
		gv_ktap_bail("no types");

	moves = storm(&neighbour);
	gv_drill_check(&drill, 100);
	gv_ktap_check(all_go(neighbour.uuid),
		      "after it, all vGPUs can be removed");
	gv_ktap_check(whole(), "and the capacity is whole");
	gv_ktap_check(moves & gv_neighbour_end(&neighbour),
		      "the neighbour got on, and keeps its VRAM");
	gv_ktap_check(!gv_gpu_del(&nl, gpu.address), "the GPU goes");
	return gv_ktap_end();
}
