// SPDX-License-Identifier: GPL-2.0
/*
 * libs: libmnl
 * timeout: 240
 * config: VFIO_MDEV
 *
 * Creation, removal and changes of types from several processes at once. What
 * remains can all be removed, also where the mdev core has lost a remove file,
 * and the capacity is whole again.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host.h"
#include "ktap.h"
#include "nl_gpu.h"

#define VRAM (256 * GV_MIB)
#define STORM_MS 5000
#define SHARED 3	/* UUIDs that all processes fight for */
#define OWN 4		/* UUIDs of each process */
#define TRIES 24	/* fewer than there is room for */
#define PATIENCE_MS 20000

static unsigned int pick(unsigned int self)
{
	unsigned int n = rand() % (SHARED + OWN);

	return n < SHARED ? n : 100 * (self + 1) + n;
}

/* What the core and the module may answer; anything else is a bug. */
static bool allowed(int err)
{
	switch (err) {
	case 0:
	case EEXIST:
	case ENOSPC:
	case ENOENT:
	case ENODEV:
	case EAGAIN:
		return true;
	}
	return false;
}

static int vgpu_storm(const char *gpu, unsigned int self)
{
	uint64_t end = gv_now_ms() + gv_patience(STORM_MS);
	char uuid[GV_UUID_LEN + 1];
	unsigned int done = 0;
	int err;

	srand(self + 1);
	while (gv_now_ms() < end) {
		gv_uuid(uuid, pick(self));
		err = rand() % 2 ?
			gv_vgpu_new(gpu, rand() % 2 ? "one" : "two", uuid) :
			gv_vgpu_remove(uuid);
		/* A file that goes between open and write says ENODEV. */
		if (!allowed(err)) {
			gv_ktap_note("%s: %s", uuid, strerror(err));
			return 255;
		}
		done += !err;
	}
	return done > 10 ? 0 : 254;
}

static int type_storm(const char *gpu, unsigned int self)
{
	uint64_t end = gv_now_ms() + gv_patience(STORM_MS);
	char name[16], uuid[GV_UUID_LEN + 1];
	struct gv_nl nl;
	int err;

	gv_nl_open(&nl);
	snprintf(name, sizeof(name), "storm%u", self);
	gv_uuid(uuid, 9000 + self);
	while (gv_now_ms() < end) {
		if (gv_type_new(&nl, gpu, name, 4 * GV_MIB, 0))
			return 253;
		err = gv_vgpu_new(gpu, name, uuid);
		if (err && err != ENOSPC)
			return 252;
		if (!err && gv_type_del(&nl, gpu, name) != EBUSY)
			return 251;
		if (!err && gv_vgpu_remove(uuid))
			return 250;
		if (gv_type_del(&nl, gpu, name))
			return 249;
	}
	return 0;
}

static int reader_storm(const char *gpu, unsigned int self)
{
	uint64_t end = gv_now_ms() + gv_patience(STORM_MS);
	struct gv_nl nl;
	int err;

	gv_nl_open(&nl);
	while (gv_now_ms() < end) {
		err = gv_nl_dump_cmd(&nl, GPUVIRT_CMD_TYPE_GET, NULL, NULL);
		if (err && err != EINTR)
			return 248;
		err = gv_nl_dump_cmd(&nl, GPUVIRT_CMD_VGPU_GET, NULL, NULL);
		if (err && err != EINTR)
			return 247;
		gv_type_available(gpu, "storm4");
		gv_type_available(gpu, "one");
	}
	return 0;
}

static bool storm(const char *gpu)
{
	int status, bad = 0;
	unsigned int i;
	pid_t pid;

	for (i = 0; i < 7; i++) {
		pid = fork();
		if (pid < 0)
			gv_ktap_bail("fork: %m");
		if (pid)
			continue;
		_exit(i < 4 ? vgpu_storm(gpu, i) :
		      i < 6 ? type_storm(gpu, i) : reader_storm(gpu, i));
	}
	while (wait(&status) > 0) {
		if (status) {
			gv_ktap_note("a process ended with %d",
				     WEXITSTATUS(status));
			bad++;
		}
	}
	return !bad;
}

struct left {
	char uuids[64][GV_UUID_LEN + 1];
	unsigned int n;
};

static void note_left(const struct gv_msg *msg, void *arg)
{
	struct left *left = arg;

	if (left->n < 64)
		strcpy(left->uuids[left->n++], gv_str(msg, GPUVIRT_A_VGPU_ID));
}

/* All that is there goes; a lost remove file comes back within a second. */
static bool all_go(struct gv_nl *nl)
{
	uint64_t end = gv_now_ms() + PATIENCE_MS;
	unsigned int i, lost = 0;
	struct left left;

	for (;;) {
		left.n = 0;
		gv_nl_dump_cmd(nl, GPUVIRT_CMD_VGPU_GET, note_left, &left);
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

static bool whole(struct gv_nl *nl, const char *gpu)
{
	static struct gv_msg msg;

	gv_gpu_get(nl, gpu, &msg);
	return gv_u64(&msg, GPUVIRT_A_GPU_VRAM_FREE) == VRAM &&
	       gv_u64(&msg, GPUVIRT_A_GPU_VRAM_LARGEST) == VRAM &&
	       gv_u64(&msg, GPUVIRT_A_GPU_BACKING_USED) == 0 &&
	       gv_u32(&msg, GPUVIRT_A_GPU_VGPUS) == 0 &&
	       gv_u32(&msg, GPUVIRT_A_GPU_TYPES) == 2 &&
	       gv_type_available(gpu, "one") == 32 &&
	       gv_type_available(gpu, "two") == 16;
}

/*
 * A removal that meets the end of its creation loses the remove file. Another
 * process writes there as soon as the file shows.
 */
static bool zombies(struct gv_nl *nl, const char *gpu)
{
	char uuid[GV_UUID_LEN + 1];
	unsigned int i, met = 0, made = 0;
	int status;
	pid_t pid;

	for (i = 0; i < TRIES; i++) {
		gv_uuid(uuid, 5000 + i);
		pid = fork();
		if (!pid) {
			uint64_t end = gv_now_ms() + 5000;
			int err = ENOENT;

			while (err == ENOENT && gv_now_ms() < end)
				err = gv_vgpu_remove(uuid);
			_exit(err == EAGAIN);
		}
		made += !gv_vgpu_new(gpu, "one", uuid);
		waitpid(pid, &status, 0);
		met += WEXITSTATUS(status);
	}
	gv_ktap_note("%u of %u removals met the creation", met, TRIES);
	return all_go(nl) && made == TRIES;
}

int main(void)
{
	const struct gv_sim sim = { .vram = VRAM };
	struct gv_gpu gpu;
	struct gv_nl nl;

	gv_ktap_plan(6);
	gv_nl_open(&nl);
	gv_gpu_new(&nl, &sim, &gpu);
	if (gv_type_new(&nl, gpu.address, "one", 8 * GV_MIB, 0) ||
	    gv_type_new(&nl, gpu.address, "two", 16 * GV_MIB, 0))
		gv_ktap_bail("no types");

	gv_ktap_check(storm(gpu.address), "a storm brings known errors only");
	gv_ktap_check(all_go(&nl), "after it, all vGPUs can be removed");
	gv_ktap_check(whole(&nl, gpu.address), "and the capacity is whole");
	gv_ktap_check(zombies(&nl, gpu.address),
		      "vGPUs removed while they are made can be removed again");
	gv_ktap_check(whole(&nl, gpu.address), "and the capacity is whole");
	gv_ktap_check(!gv_gpu_del(&nl, gpu.address), "all of it goes");
	return gv_ktap_end();
}
