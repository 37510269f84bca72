// SPDX-License-Identifier: GPL-2.0
/*
 * libs: libmnl
 * config: VFIO_MDEV
 * needs: own-guest
 * timeout: 1500
 *
 * R3: modules are unloaded while everybody uses them. Where something would be
 * lost it is refused, and the neighbour does not notice; else it drains: who asks
 * finds no family for a while, and never one that is half there. And they are
 * loaded and unloaded, with GPUs, types, vGPUs and VFs made and removed between.
 *
 * A kernel with DEBUG_KOBJECT_RELEASE keeps the name of a driver for seconds after it
 * has gone, and complains of who comes back before: there it is waited for, and no
 * client, who would have the modules loaded at once, asks meanwhile.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/genetlink.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drill.h"
#include "host.h"
#include "neighbour.h"
#include "nl_gpu.h"
#include "vmm.h"

#define FIRST 0x3a000000
#define FB (4 * GV_MIB)
#define PATIENCE_MS 60000
#define GPUS 8

static struct gv_drill drill;
static uint64_t unloaded, refused;
/* Clients make no GPUs now (shared with them). */
static volatile bool *quiet;

static bool loaded(const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/module/%s", name);
	return !access(path, F_OK);
}

/* 0 or a positive errno; never waits for the users of a module. */
static int unload(const char *name)
{
	return syscall(SYS_delete_module, name, O_NONBLOCK) ? errno : 0;
}

static bool lingers(void)
{
	return !access("/sys/bus/mdev/drivers/gpuvirt-vgpu", F_OK) ||
	       !access("/sys/bus/pci/drivers/gpuvirt-sim", F_OK);
}

static int load(const char *name)
{
	uint64_t end = gv_now_ms() + PATIENCE_MS;
	struct utsname uts;
	char path[256];
	int fd, err;

	while (!loaded("gpuvirt") && lingers() && gv_now_ms() < end)
		gv_msleep(100);
	uname(&uts);
	snprintf(path, sizeof(path), "/lib/modules/%s/updates/%s.ko",
		 uts.release, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	err = syscall(SYS_finit_module, fd, "", 0) ? errno : 0;
	close(fd);
	return err;
}

/* While a vGPU is open, neither module goes. */
static bool refuses(struct gv_neighbour *neighbour, unsigned int tries)
{
	bool moves = true;
	int core, sim;

	while (tries-- && moves) {
		drill.tried++;
		sim = unload("gpuvirt_sim");
		core = unload("gpuvirt");
		if (!sim || !core || !loaded("gpuvirt") ||
		    !loaded("gpuvirt_sim"))
			gv_drill_failed(&drill,
					"a module in use is unloaded (%d, %d)",
					sim, core);
		refused++;
		if (!(tries % 16))
			moves = gv_neighbour_moves(neighbour);
	}
	return moves;
}

static void count(const struct gv_msg *msg, void *arg)
{
	++*(unsigned int *)arg;
}

/* More come than can go where there is no bound, on some kernels. */
static bool room(struct gv_nl *nl)
{
	unsigned int gpus = 0;

	return !gv_nl_dump_cmd(nl, GPUVIRT_CMD_GPU_GET, count, &gpus) &&
		gpus < GPUS;
}

/*
 * A client that asks all the time. It can find no family, and its socket can
 * speak to one that has gone; an answer that is no netlink is a bug. The module
 * is loaded by the name of the family that is asked for: as good a way as any.
 */
static void asks(uint64_t state)
{
	const struct gv_sim sim = { .vram = 16 * GV_MIB };
	static struct gv_req req;
	static struct gv_msg msg;
	struct gv_nl nl = { .seq = 1 };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	nl.sock = gv_nl_socket();
	for (;;) {
		if (gv_nl_find(&nl))
			continue;
		switch (gv_below(&state, 4)) {
		case 0:
			gv_nl_dump_cmd(&nl, GPUVIRT_CMD_GROUP_GET, NULL, NULL);
			break;
		case 1:
			gv_nl_dump_cmd(&nl, GPUVIRT_CMD_OPERATION_GET, NULL,
				       NULL);
			break;
		case 2:
			if (*quiet || !room(&nl))
				break;
			gv_req_init(&req, &nl, GPUVIRT_CMD_SIM_NEW, 0);
			gv_req_u64(&req, GPUVIRT_A_SIM_VRAM, sim.vram);
			gv_nl_do(&nl, &req, NULL, NULL);
			break;
		default:
			gv_req_init(&req, &nl, GPUVIRT_CMD_INFO_GET, 0);
			gv_nl_do(&nl, &req, &msg, NULL);
		}
		gv_msleep(gv_below(&state, 3));
	}
}

static void note_gpu(const struct gv_msg *msg, void *arg)
{
	if (gv_has(msg, GPUVIRT_A_GPU_BACKEND))
		snprintf(arg, GPUVIRT_ADDRESS_MAX + 1, "%s",
			 gv_str(msg, GPUVIRT_A_GPU_ADDRESS));
}

/* All simulated GPUs. Clients make no more meanwhile: they would be faster. */
static void delete_gpus(void)
{
	uint64_t end = gv_now_ms() + PATIENCE_MS;
	char address[GPUVIRT_ADDRESS_MAX + 1];
	struct gv_nl nl = { .seq = 1000 };

	nl.sock = gv_nl_socket();
	*quiet = true;
	for (;;) {
		address[0] = '\0';
		if (gv_now_ms() > end) {
			gv_drill_failed(&drill, "GPUs are left");
			break;
		}
		if (gv_nl_find(&nl) ||
		    gv_nl_dump_cmd(&nl, GPUVIRT_CMD_GPU_GET, note_gpu, address))
			continue;
		if (!address[0])
			break;
		gv_gpu_del(&nl, address);
	}
	*quiet = false;
	gv_nl_close(&nl);
}

/* Under load: each try is refused or is a whole unload. */
static void drains(unsigned int tries)
{
	uint64_t state = gv_random(&drill.state);
	pid_t clients[2];
	unsigned int i;
	int err;

	for (i = 0; i < 2; i++) {
		clients[i] = fork();
		if (!clients[i])
			asks(state + i);
	}
	while (tries--) {
		drill.tried++;
		/* So that not all is refused for the GPUs that were made. */
		if (gv_drill_below(&drill, 2))
			delete_gpus();
		err = unload("gpuvirt_sim");
		if (err && err != EAGAIN && err != EBUSY && err != ENOENT)
			gv_drill_failed(&drill, "unloading gpuvirt-sim: %s",
					strerror(err));
		err = unload("gpuvirt");
		if (err && err != EAGAIN && err != EBUSY && err != ENOENT)
			gv_drill_failed(&drill, "unloading gpuvirt: %s",
					strerror(err));
		if (err)
			refused++;
		else
			unloaded++;
		err = load("gpuvirt");
		if (err && err != EEXIST && err != EBUSY)
			gv_drill_failed(&drill, "loading gpuvirt: %s",
					strerror(err));
		gv_msleep(gv_drill_below(&drill, 4));
	}
	for (i = 0; i < 2; i++) {
		kill(clients[i], SIGKILL);
		waitpid(clients[i], NULL, 0);
	}
	delete_gpus();
}

/* One life of the modules, with everything in it or nothing. */
static void cycle(void)
{
	unsigned int much = gv_drill_below(&drill, 4);
	const struct gv_sim sim = { .vram = 16 * GV_MIB };
	uint64_t end = gv_now_ms() + PATIENCE_MS;
	static struct gv_vmm vmm;
	char uuid[GV_UUID_LEN + 1];
	struct gv_gpu gpu;
	struct gv_nl nl;
	int err;

	drill.tried++;
	/* Another each time, as the kernel may not have forgotten the last. */
	gv_uuid(uuid, FIRST + drill.tried);
	err = load("gpuvirt");
	if (!err)
		err = load("gpuvirt-sim");
	if (err) {
		gv_drill_failed(&drill, "loading: %s", strerror(err));
		return;
	}
	if (much) {
		gv_nl_open(&nl);
		gv_gpu_new(&nl, &sim, &gpu);
		if (much > 1 && (gv_type_new(&nl, gpu.address, "t", FB, 0) ||
				 gv_vgpu_new(gpu.address, "t", uuid)))
			gv_drill_failed(&drill, "no vGPU");
		if (much > 2 && !gv_vmm_open(&vmm, uuid, FB)) {
			gv_vmm_step(&vmm, &drill.state);
			gv_vmm_close(&vmm, &drill.state);
		}
		if (!unload("gpuvirt_sim") || !unload("gpuvirt"))
			gv_drill_failed(&drill, "a module in use is unloaded");
		gv_gpu_del(&nl, gpu.address);
		gv_nl_close(&nl);
	}
	/* An operation that has just ended may still hold its module. */
	while ((err = unload("gpuvirt_sim")) == EAGAIN && gv_now_ms() < end)
		gv_msleep(1);
	if (!err)
		while ((err = unload("gpuvirt")) == EAGAIN && gv_now_ms() < end)
			gv_msleep(1);
	if (err || loaded("gpuvirt"))
		gv_drill_failed(&drill, "unloading: %s", strerror(err));
	else
		unloaded++;
}

/* All that clients have left, and the modules. */
static bool unload_all(void)
{
	uint64_t end = gv_now_ms() + PATIENCE_MS;

	/* An operation that was under way may have made one more GPU. */
	while (loaded("gpuvirt") && gv_now_ms() < end) {
		if (loaded("gpuvirt_sim"))
			delete_gpus();
		unload("gpuvirt_sim");
		unload("gpuvirt");
		gv_msleep(10);
	}
	return !loaded("gpuvirt") && !loaded("gpuvirt_sim");
}

static bool under_neighbour(unsigned int tries)
{
	const struct gv_sim sim = { .vram = 16 * GV_MIB };
	struct gv_neighbour neighbour;
	struct gv_gpu gpu;
	struct gv_nl nl;
	bool moves;

	gv_nl_open(&nl);
	gv_gpu_new(&nl, &sim, &gpu);
	gv_neighbour_start(&neighbour, &nl, gpu.address, drill.seed);
	moves = refuses(&neighbour, tries);
	moves &= gv_neighbour_end(&neighbour);
	gv_gpu_del(&nl, gpu.address);
	gv_nl_close(&nl);
	return moves;
}

int main(int argc, char **argv)
{
	unsigned int tries;
	bool moves, late;

	gv_ktap_plan(4);
	quiet = mmap(NULL, sizeof(*quiet), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (quiet == MAP_FAILED)
		gv_ktap_bail("no memory");
	gv_drill_begin(&drill, argc, argv, "R3",
		       "modules loaded and unloaded, under load too",
		       (struct gv_goals){ { 160, 1000, 5000 } });
	moves = under_neighbour(32);
	refused = 0;
	gv_ktap_check(moves, "the neighbour got on, and keeps its VRAM");
	gv_ktap_check(unload_all(), "when it has gone, the modules go");
	late = lingers();
	while (gv_drill_goes_on(&drill)) {
		unsigned int i;

		for (i = 0; i < 16 && gv_drill_goes_on(&drill); i++)
			cycle();
		load("gpuvirt");
		if (!late)
			drains(16);
		if (!unload_all())
			gv_drill_failed(&drill, "the modules don't go");
	}
	/* Whether a client is met is chance. */
	for (tries = 0; tries < 20 && !refused && !late; tries++) {
		load("gpuvirt");
		drains(16);
		unload_all();
	}
	gv_ktap_note("%llu unloads, %llu refused to clients that ask",
		     (unsigned long long)unloaded, (unsigned long long)refused);
	gv_drill_check(&drill, 40);
	gv_ktap_check(!load("gpuvirt") && unloaded > 10 && (refused || late),
		      "there was enough of each kind, and it loads once more");
	return gv_ktap_end();
}
