// SPDX-License-Identifier: GPL-2.0
/*
 * libs: libmnl
 * timeout: 120
 * config: VFIO_MDEV
 *
 * Each change is one event, in order and numbered without a gap, in every
 * network namespace; the generation grows with it; a dump that changes got into
 * says so.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ktap.h"
#include "nl_cut.h"
#include "nl_gpu.h"

#define UUID "7e57ab1e-0000-4000-8000-000000000001"
#define PATIENCE 10000

#define MANY 200	/* types: their dump does not fit in one datagram */

/* All sets have seq as their last attribute of an event but one. */
static uint16_t seq_attr(uint8_t cmd)
{
	switch (cmd) {
	case GPUVIRT_CMD_GPU_CREATE_NTF:
	case GPUVIRT_CMD_GPU_DELETE_NTF:
	case GPUVIRT_CMD_GPU_CHANGE_NTF:
		return GPUVIRT_A_GPU_SEQ;
	case GPUVIRT_CMD_TYPE_CREATE_NTF:
	case GPUVIRT_CMD_TYPE_DELETE_NTF:
		return GPUVIRT_A_TYPE_SEQ;
	case GPUVIRT_CMD_VGPU_CREATE_NTF:
	case GPUVIRT_CMD_VGPU_DELETE_NTF:
	case GPUVIRT_CMD_VGPU_EVENT_NTF:
		return GPUVIRT_A_VGPU_SEQ;
	case GPUVIRT_CMD_OPERATION_NTF:
		return GPUVIRT_A_OPERATION_SEQ;
	}
	return 0;
}

/* The next event is @cmd, with the number after *@seq. */
static bool expect(struct gv_nl *nl, uint8_t cmd, uint64_t *seq,
		   struct gv_msg *msg)
{
	uint64_t got;

	if (!gv_nl_event(nl, msg, PATIENCE)) {
		gv_ktap_note("no event came, command %u was due", cmd);
		return false;
	}
	got = gv_u64(msg, seq_attr(msg->cmd));
	if (msg->cmd == cmd && got == *seq + 1) {
		++*seq;
		return true;
	}
	gv_ktap_note("event %u number %llu, not %u number %llu", msg->cmd,
		     (unsigned long long)got, cmd,
		     (unsigned long long)*seq + 1);
	return false;
}

static bool quiet(struct gv_nl *nl)
{
	static struct gv_msg msg;

	if (!gv_nl_event(nl, &msg, 100))
		return true;
	gv_ktap_note("event %u came", msg.cmd);
	return false;
}

static void listen_to(struct gv_nl *nl, bool runtime)
{
	gv_nl_open(nl);
	if (gv_nl_join(nl, runtime ? nl->runtime : nl->config))
		gv_ktap_bail("can't join a group");
}

/*
 * A GPU comes: found on the bus, its driver bound, its backend there. Each event tells
 * that it is simulated, as who gets the first may want to remove it.
 */
static bool gpu_comes(struct gv_nl *nl, struct gv_nl *ev, uint64_t *seq,
		      struct gv_gpu *gpu)
{
	const struct gv_sim sim = { .vram = GV_GIB, .max_vgpus = 1000 };
	uint64_t generation = gv_info(nl, GPUVIRT_A_INFO_GENERATION);
	static struct gv_msg msg;
	bool good, backend = false;
	unsigned int i;

	gv_gpu_new(nl, &sim, gpu);
	good = expect(ev, GPUVIRT_CMD_GPU_CREATE_NTF, seq, &msg) &&
	       !strcmp(gv_str(&msg, GPUVIRT_A_GPU_ADDRESS), gpu->address) &&
	       gv_has(&msg, GPUVIRT_A_GPU_SIM_FAULTS);
	for (i = 0; good && i < 2; i++) {
		good = expect(ev, GPUVIRT_CMD_GPU_CHANGE_NTF, seq, &msg) &&
		       gv_has(&msg, GPUVIRT_A_GPU_SIM_FAULTS);
		backend |= gv_has(&msg, GPUVIRT_A_GPU_BACKEND);
	}
	good = good && backend && gv_has(&msg, GPUVIRT_A_GPU_DRIVER);
	good = good && expect(ev, GPUVIRT_CMD_OPERATION_NTF, seq, &msg) &&
	       gv_u32(&msg, GPUVIRT_A_OPERATION_STATE) ==
	       GPUVIRT_OPERATION_STATE_DONE &&
	       !strcmp(gv_str(&msg, GPUVIRT_A_OPERATION_SUBJECT), gpu->address);
	return good && quiet(ev) &&
	       gv_info(nl, GPUVIRT_A_INFO_GENERATION) > generation &&
	       gv_u64(&msg, GPUVIRT_A_OPERATION_GENERATION) > generation;
}

static bool type_comes(struct gv_nl *nl, struct gv_nl *ev, uint64_t *seq,
		       const char *gpu, const char *name)
{
	uint64_t generation = gv_info(nl, GPUVIRT_A_INFO_GENERATION);
	static struct gv_msg msg;

	return !gv_type_new(nl, gpu, name, 8 * GV_MIB, 0) &&
	       expect(ev, GPUVIRT_CMD_TYPE_CREATE_NTF, seq, &msg) &&
	       !strcmp(gv_str(&msg, GPUVIRT_A_TYPE_NAME), name) &&
	       !strcmp(gv_str(&msg, GPUVIRT_A_TYPE_GPU), gpu) &&
	       gv_u32(&msg, GPUVIRT_A_TYPE_AVAILABLE) == 128 &&
	       gv_info(nl, GPUVIRT_A_INFO_GENERATION) == generation + 1 &&
	       gv_u64(&msg, GPUVIRT_A_TYPE_GENERATION) == generation + 1;
}

static bool vgpu_comes_and_goes(struct gv_nl *nl, struct gv_nl *ev,
				uint64_t *seq, const char *gpu)
{
	uint64_t generation = gv_info(nl, GPUVIRT_A_INFO_GENERATION);
	static struct gv_msg msg;
	uint64_t created;
	bool good;

	good = !gv_vgpu_new(gpu, "one", UUID) &&
	       expect(ev, GPUVIRT_CMD_VGPU_CREATE_NTF, seq, &msg) &&
	       !strcmp(gv_str(&msg, GPUVIRT_A_VGPU_ID), UUID) &&
	       !strcmp(gv_str(&msg, GPUVIRT_A_VGPU_TYPE), "one") &&
	       /* Everybody may listen, so nothing for administrators. */
	       !gv_has(&msg, GPUVIRT_A_VGPU_RESETS);
	created = gv_info(nl, GPUVIRT_A_INFO_GENERATION);
	return good && created > generation && !gv_vgpu_remove(UUID) &&
	       expect(ev, GPUVIRT_CMD_VGPU_DELETE_NTF, seq, &msg) &&
	       !strcmp(gv_str(&msg, GPUVIRT_A_VGPU_ID), UUID) && quiet(ev) &&
	       gv_info(nl, GPUVIRT_A_INFO_GENERATION) > created;
}

static bool set_limit(struct gv_nl *nl, const char *gpu, uint64_t limit)
{
	struct gv_req req;

	gv_req_init(&req, nl, GPUVIRT_CMD_GPU_SET, 0);
	gv_req_str(&req, GPUVIRT_A_GPU_ADDRESS, gpu);
	gv_req_u64(&req, GPUVIRT_A_GPU_BACKING_LIMIT, limit);
	return !gv_nl_do(nl, &req, NULL, NULL);
}

static bool settings(struct gv_nl *nl, struct gv_nl *ev, uint64_t *seq,
		     const char *gpu)
{
	static struct gv_msg msg;

	return !gv_gpu_set(nl, gpu, 1) &&
	       expect(ev, GPUVIRT_CMD_GPU_CHANGE_NTF, seq, &msg) &&
	       gv_u32(&msg, GPUVIRT_A_GPU_DRAIN) == 1 &&
	       !gv_gpu_set(nl, gpu, 0) &&
	       expect(ev, GPUVIRT_CMD_GPU_CHANGE_NTF, seq, &msg) &&
	       gv_u32(&msg, GPUVIRT_A_GPU_DRAIN) == 0 &&
	       set_limit(nl, gpu, 64 * GV_MIB) &&
	       expect(ev, GPUVIRT_CMD_GPU_CHANGE_NTF, seq, &msg) &&
	       gv_u64(&msg, GPUVIRT_A_GPU_BACKING_LIMIT) == 64 * GV_MIB;
}

/* What is so already is no change: no event, no new generation. */
static bool same_settings(struct gv_nl *nl, struct gv_nl *ev, const char *gpu)
{
	uint64_t generation = gv_info(nl, GPUVIRT_A_INFO_GENERATION);

	return !gv_gpu_set(nl, gpu, 0) && set_limit(nl, gpu, 64 * GV_MIB) &&
	       quiet(ev) &&
	       gv_info(nl, GPUVIRT_A_INFO_GENERATION) == generation;
}

static bool refusals(struct gv_nl *nl, struct gv_nl *ev, const char *gpu)
{
	return gv_type_new(nl, gpu, "one", 8 * GV_MIB, 0) == EEXIST &&
	       gv_type_del(nl, gpu, "none") == ENOENT &&
	       gv_vgpu_new(gpu, "one", "nonsense") == EINVAL && quiet(ev);
}

static bool failed_operation(struct gv_nl *nl, struct gv_nl *ev, uint64_t *seq)
{
	static struct gv_msg msg;
	struct gv_req req;
	uint64_t id;

	gv_req_init(&req, nl, GPUVIRT_CMD_SIM_NEW, 0);
	gv_req_str(&req, GPUVIRT_A_SIM_MODEL, "none");
	if (gv_nl_do(nl, &req, &msg, NULL))
		return false;
	id = gv_u64(&msg, GPUVIRT_A_SIM_OPERATION);
	return expect(ev, GPUVIRT_CMD_OPERATION_NTF, seq, &msg) &&
	       gv_u64(&msg, GPUVIRT_A_OPERATION_ID) == id &&
	       gv_u32(&msg, GPUVIRT_A_OPERATION_STATE) ==
	       GPUVIRT_OPERATION_STATE_FAILED &&
	       gv_u32(&msg, GPUVIRT_A_OPERATION_ERRNO) == EINVAL &&
	       gv_u32(&msg, GPUVIRT_A_OPERATION_REASON) ==
	       GPUVIRT_REASON_MODEL_UNKNOWN &&
	       gv_has(&msg, GPUVIRT_A_OPERATION_TEXT);
}

/* A listener in another network namespace sees the same numbers. */
static int elsewhere(int ready)
{
	static struct gv_msg msg;
	struct gv_nl ev;
	uint64_t seq;

	if (unshare(CLONE_NEWNET))
		return 1;
	listen_to(&ev, false);
	seq = gv_info(&ev, GPUVIRT_A_INFO_CONFIG_SEQ);
	if (write(ready, "", 1) != 1)
		return 2;
	return !(expect(&ev, GPUVIRT_CMD_TYPE_CREATE_NTF, &seq, &msg) &&
		 expect(&ev, GPUVIRT_CMD_TYPE_DELETE_NTF, &seq, &msg));
}

static bool heard_elsewhere(struct gv_nl *nl, struct gv_nl *ev, uint64_t *seq,
			    const char *gpu)
{
	static struct gv_msg msg;
	int gate[2], status;
	char go;

	if (pipe(gate))
		return false;
	if (!fork())
		_exit(elsewhere(gate[1]));
	if (read(gate[0], &go, 1) != 1)
		return false;
	return !gv_type_new(nl, gpu, "away", 8 * GV_MIB, 0) &&
	       !gv_type_del(nl, gpu, "away") && wait(&status) > 0 && !status &&
	       expect(ev, GPUVIRT_CMD_TYPE_CREATE_NTF, seq, &msg) &&
	       expect(ev, GPUVIRT_CMD_TYPE_DELETE_NTF, seq, &msg);
}

/* A reset is no change of the configuration: only group runtime has it. */
static bool runtime_apart(struct gv_nl *nl, struct gv_nl *ev, uint64_t *seq,
			  const char *gpu)
{
	static struct gv_msg msg;
	uint64_t runtime_seq, id;
	struct gv_nl runtime;
	struct gv_req req;
	bool good;

	listen_to(&runtime, true);
	runtime_seq = gv_info(nl, GPUVIRT_A_INFO_RUNTIME_SEQ);
	if (gv_vgpu_new(gpu, "one", UUID))
		return false;
	gv_req_init(&req, nl, GPUVIRT_CMD_VGPU_RESET, 0);
	gv_req_str(&req, GPUVIRT_A_VGPU_ID, UUID);
	if (gv_nl_do(nl, &req, &msg, NULL))
		return false;
	id = gv_u64(&msg, GPUVIRT_A_VGPU_OPERATION);
	good = expect(&runtime, GPUVIRT_CMD_VGPU_EVENT_NTF, &runtime_seq,
		      &msg) &&
	       gv_u32(&msg, GPUVIRT_A_VGPU_EVENT) == GPUVIRT_VGPU_EVENT_RESET &&
	       !strcmp(gv_str(&msg, GPUVIRT_A_VGPU_ID), UUID) &&
	       /* vgpu-get tells that to those who may know it. */
	       !gv_has(&msg, GPUVIRT_A_VGPU_RESETS) &&
	       expect(ev, GPUVIRT_CMD_VGPU_CREATE_NTF, seq, &msg) &&
	       expect(ev, GPUVIRT_CMD_OPERATION_NTF, seq, &msg) &&
	       gv_u64(&msg, GPUVIRT_A_OPERATION_ID) == id && quiet(ev) &&
	       quiet(&runtime) && !gv_vgpu_remove(UUID) &&
	       expect(ev, GPUVIRT_CMD_VGPU_DELETE_NTF, seq, &msg) &&
	       quiet(&runtime);
	gv_nl_close(&runtime);
	return good;
}

struct tally {
	unsigned int n;
	uint64_t generation;
	bool mixed;
};

static void tally_type(const struct gv_msg *msg, void *arg)
{
	uint64_t generation = gv_u64(msg, GPUVIRT_A_TYPE_GENERATION);
	struct tally *tally = arg;

	tally->mixed |= tally->n && generation != tally->generation;
	tally->generation = generation;
	tally->n++;
}

static bool dump_whole(struct gv_nl *nl)
{
	struct tally tally = { 0 };
	int err;

	err = gv_nl_dump_cmd(nl, GPUVIRT_CMD_TYPE_GET, tally_type, &tally);
	return !err && tally.n == MANY + 1 && !tally.mixed &&
	       tally.generation == gv_info(nl, GPUVIRT_A_INFO_GENERATION);
}

static void no_change(struct gv_nl *nl, const char *gpu)
{
}

static void add_type(struct gv_nl *nl, const char *gpu)
{
	gv_type_new(nl, gpu, "late", 8 * GV_MIB, 0);
}

static void del_types(struct gv_nl *nl, const char *gpu)
{
	char name[16];
	unsigned int i;

	gv_type_del(nl, gpu, "late");
	/* All that the dump has not yet had: there is nothing left to mark. */
	for (i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "many%u", i);
		gv_type_del(nl, gpu, name);
	}
}

static bool make_many(struct gv_nl *nl, struct gv_nl *ev, uint64_t *seq,
		      const char *gpu)
{
	static struct gv_msg msg;
	char name[16];
	unsigned int i;

	for (i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "many%u", i);
		if (gv_type_new(nl, gpu, name, 8 * GV_MIB, 0))
			return false;
	}
	for (i = 0; i < MANY; i++)
		if (!expect(ev, GPUVIRT_CMD_TYPE_CREATE_NTF, seq, &msg))
			return false;
	return true;
}

/* The GPU goes: its type, its backend, its driver, itself; then all is said. */
static bool gpu_goes(struct gv_nl *nl, struct gv_nl *ev, const char *gpu)
{
	bool type = false, gone = false, ended = false;
	static struct gv_msg msg;
	uint64_t seq = 0, got;

	if (gv_gpu_del(nl, gpu))
		return false;
	while (!ended && gv_nl_event(ev, &msg, PATIENCE)) {
		got = gv_u64(&msg, seq_attr(msg.cmd));
		if (seq && got != seq + 1)
			return false;
		seq = got;
		type |= msg.cmd == GPUVIRT_CMD_TYPE_DELETE_NTF && !gone;
		gone |= msg.cmd == GPUVIRT_CMD_GPU_DELETE_NTF;
		ended = msg.cmd == GPUVIRT_CMD_OPERATION_NTF;
	}
	return type && gone && ended && quiet(ev) &&
	       gv_info(nl, GPUVIRT_A_INFO_CONFIG_SEQ) == seq;
}

int main(void)
{
	struct gv_nl nl, ev;
	struct gv_gpu gpu;
	uint64_t seq;

	gv_ktap_plan(14);
	gv_nl_open(&nl);
	listen_to(&ev, false);
	seq = gv_info(&nl, GPUVIRT_A_INFO_CONFIG_SEQ);

	if (!gv_ktap_check(gpu_comes(&nl, &ev, &seq, &gpu), "a GPU comes"))
		gv_ktap_bail("the rest builds on it");
	gv_ktap_check(type_comes(&nl, &ev, &seq, gpu.address, "one"),
		      "a type comes");
	gv_ktap_check(vgpu_comes_and_goes(&nl, &ev, &seq, gpu.address),
		      "a vGPU comes and goes");
	gv_ktap_check(settings(&nl, &ev, &seq, gpu.address), "settings change");
	gv_ktap_check(same_settings(&nl, &ev, gpu.address),
		      "settings that are so already make no event");
	gv_ktap_check(refusals(&nl, &ev, gpu.address), "nor do refusals");
	gv_ktap_check(failed_operation(&nl, &ev, &seq), "an operation fails");
	gv_ktap_check(heard_elsewhere(&nl, &ev, &seq, gpu.address),
		      "another network namespace hears the same");
	gv_ktap_check(runtime_apart(&nl, &ev, &seq, gpu.address),
		      "a reset is heard in group runtime only");
	gv_ktap_check(make_many(&nl, &ev, &seq, gpu.address) &&
		      dump_whole(&nl), "a quiet dump is of one generation");
	gv_ktap_check(gv_dump_cut(&nl, GPUVIRT_CMD_TYPE_GET, gpu.address,
				  no_change) == 0,
		      "a dump in pieces, without a change, is whole");
	gv_ktap_check(gv_dump_cut(&nl, GPUVIRT_CMD_TYPE_GET, gpu.address,
				  add_type) == 1,
		      "a dump that a new type got into says so");
	gv_ktap_check(gv_dump_cut(&nl, GPUVIRT_CMD_TYPE_GET, gpu.address,
				  del_types) == 1,
		      "a dump that lost its rest says so");
	gv_nl_close(&ev);
	listen_to(&ev, false);
	gv_ktap_check(gpu_goes(&nl, &ev, gpu.address), "the GPU goes");
	return gv_ktap_end();
}
