// SPDX-License-Identifier: GPL-2.0
/*
 * libs: libmnl
 * timeout: 90
 * config: VFIO_MDEV
 *
 * What keeps an open vGPU from being deleted, and a vGPU that is being deleted
 * from being opened.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ktap.h"
#include "nl_gpu.h"
#include "nl_try.h"
#include "nl_vfio.h"

#define UUID "7e57ab1e-0000-4000-8000-000000000001"
#define ID GPUVIRT_A_VGPU_ID
#define RETIRE GPUVIRT_CMD_VGPU_RETIRE
#define PATIENCE 10000

static const struct gv_try try_open = {
	"retire of an open one", RETIRE, { S(ID, UUID) }, EBUSY,
	GPUVIRT_REASON_VGPU_OPEN, "vGPU 7e57ab1e... is open in process ", ID
};

static const struct gv_try try_retired = {
	"retire of one that another retires", RETIRE, { S(ID, UUID) }, EBUSY,
	GPUVIRT_REASON_VGPU_RETIRED, "another process is deleting", ID
};

static const struct gv_try try_sim_del = {
	"sim-del", GPUVIRT_CMD_SIM_DEL, { S(GPUVIRT_A_SIM_GPU, GV_GPU) }, EBUSY,
	GPUVIRT_REASON_VGPU_OPEN, "is open in process ", GPUVIRT_A_SIM_GPU
};

static unsigned int group(struct gv_nl *nl)
{
	static struct gv_msg msg;

	if (gv_vgpu_get(nl, UUID, &msg) ||
	    !gv_has(&msg, GPUVIRT_A_VGPU_IOMMU_GROUP))
		gv_ktap_bail("the vGPU has no group");
	return gv_u32(&msg, GPUVIRT_A_VGPU_IOMMU_GROUP);
}

static uint64_t serial(struct gv_nl *nl)
{
	static struct gv_msg msg;

	return gv_vgpu_get(nl, UUID, &msg) ? 0 :
		gv_u64(&msg, GPUVIRT_A_VGPU_SERIAL);
}

static int retire(struct gv_nl *nl, uint64_t number)
{
	struct gv_req req;

	gv_req_init(&req, nl, RETIRE, 0);
	gv_req_str(&req, ID, UUID);
	if (number)
		gv_req_u64(&req, GPUVIRT_A_VGPU_SERIAL, number);
	return gv_nl_do(nl, &req, NULL, NULL);
}

/* Closing is waited for by the kernel, except for what a worker does after. */
static bool opens_again(struct gv_nl *nl)
{
	uint64_t end = gv_now_ms() + PATIENCE;
	struct gv_hold hold;
	int err;

	do {
		err = gv_hold_open(&hold, group(nl), UUID);
		if (err)
			gv_msleep(10);
	} while (err && gv_now_ms() < end);
	if (!err)
		gv_hold_close(&hold);
	return !err;
}

static bool holder_is_told(struct gv_nl *nl)
{
	static struct gv_msg msg;
	struct gv_hold hold;
	bool good;

	if (gv_hold_open(&hold, group(nl), UUID))
		return false;
	good = !gv_vgpu_get(nl, UUID, &msg) &&
	       gv_u32(&msg, GPUVIRT_A_VGPU_OPEN) == 1 &&
	       gv_u32(&msg, GPUVIRT_A_VGPU_HOLDER_PID) == (uint32_t)getpid() &&
	       !strcmp(gv_str(&msg, GPUVIRT_A_VGPU_HOLDER_COMM),
		       "netlink_retire");
	gv_hold_close(&hold);
	return good && !gv_vgpu_get(nl, UUID, &msg) &&
	       !gv_u32(&msg, GPUVIRT_A_VGPU_OPEN) &&
	       !gv_has(&msg, GPUVIRT_A_VGPU_HOLDER_PID) &&
	       !gv_has(&msg, GPUVIRT_A_VGPU_HOLDER_COMM);
}

static bool open_is_kept(struct gv_nl *nl, const char *gpu)
{
	struct gv_hold hold;
	bool good;

	if (gv_hold_open(&hold, group(nl), UUID))
		return false;
	good = gv_try(nl, &try_open, gpu);
	good &= gv_try(nl, &try_sim_del, gpu);
	gv_hold_close(&hold);
	return good;
}

/* While one socket has it retired, nobody opens it and nobody else retires. */
static bool retired_is_shut(struct gv_nl *nl, const char *gpu)
{
	struct gv_hold hold;
	struct gv_nl other;
	bool good;
	int err;

	gv_nl_open(&other);
	err = retire(&other, serial(nl));
	if (err) {
		gv_ktap_note("retire: %s", strerror(err));
		return false;
	}
	err = gv_hold_open(&hold, group(nl), UUID);
	if (!err)
		gv_hold_close(&hold);
	good = err == EBUSY;
	good &= gv_try(nl, &try_retired, gpu);
	/* Whoever has retired it may say so again. */
	good &= !retire(&other, 0);
	/* It is not gone: reads go on. */
	good &= serial(nl) > 0;
	gv_nl_close(&other);
	return good && opens_again(nl) && !retire(nl, serial(nl));
}

/* A process that is killed between its retire and its removal. */
static bool killed_retirer(struct gv_nl *nl)
{
	int ready[2], status;
	struct gv_nl mine;
	char said;
	pid_t pid;

	if (pipe(ready))
		return false;
	pid = fork();
	if (!pid) {
		gv_nl_open(&mine);
		said = retire(&mine, 0);
		if (write(ready[1], &said, 1) == 1)
			pause();
		_exit(1);
	}
	if (read(ready[0], &said, 1) != 1 || said)
		return false;
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	close(ready[0]);
	close(ready[1]);
	return opens_again(nl);
}

/* A serial of a vGPU that was, with the UUID of one that is. */
static bool old_serial(struct gv_nl *nl, const char *gpu)
{
	uint64_t before = serial(nl);

	return !gv_vgpu_remove(UUID) && !gv_vgpu_new(gpu, "one", UUID) &&
	       serial(nl) > before && retire(nl, before) == ESTALE &&
	       opens_again(nl);
}

static bool goes_for_good(struct gv_nl *nl)
{
	return !retire(nl, serial(nl)) && !gv_vgpu_remove(UUID) &&
	       !gv_vgpu_exists(UUID) && retire(nl, 0) == ENOENT;
}

static bool next_is_open(struct gv_nl *nl, const char *gpu)
{
	/* The mark went with the vGPU, not with its UUID. */
	return !gv_vgpu_new(gpu, "one", UUID) && opens_again(nl);
}

/* A GPU that was asked to go lets nobody in, and takes its vGPUs along. */
static bool gpu_goes(struct gv_nl *nl, const char *gpu)
{
	unsigned int number = group(nl);
	struct gv_hold hold;

	return !gv_gpu_del(nl, gpu) && !gv_vgpu_exists(UUID) &&
	       gv_hold_open(&hold, number, UUID) == ENOENT && !serial(nl);
}

/* 0 or a positive errno. */
static int unload(const char *module)
{
	return syscall(SYS_delete_module, module, O_NONBLOCK) ? errno : 0;
}

/* The modules stay while there is a vGPU, whether it is open or not. */
static bool modules_stay(struct gv_nl *nl)
{
	struct gv_hold hold;
	bool good;

	good = unload("gpuvirt_sim") == EAGAIN && unload("gpuvirt") == EAGAIN;
	if (gv_hold_open(&hold, group(nl), UUID))
		return false;
	good &= unload("gpuvirt_sim") == EAGAIN && unload("gpuvirt") == EAGAIN;
	gv_hold_close(&hold);
	return good && opens_again(nl);
}

static bool modules_go(void)
{
	return !unload("gpuvirt_sim") && !unload("gpuvirt") &&
	       access("/sys/module/gpuvirt", F_OK) &&
	       !system("modprobe gpuvirt");
}

int main(void)
{
	const struct gv_sim sim = { .vram = 64 * GV_MIB };
	struct gv_gpu gpu;
	struct gv_nl nl;

	gv_ktap_plan(10);
	if (system("modprobe vfio_iommu_type1"))
		gv_ktap_bail("no VFIO on this kernel");
	gv_nl_open(&nl);
	gv_gpu_new(&nl, &sim, &gpu);
	if (gv_type_new(&nl, gpu.address, "one", 8 * GV_MIB, 0) ||
	    gv_vgpu_new(gpu.address, "one", UUID))
		gv_ktap_bail("no vGPU to work with");

	gv_ktap_check(holder_is_told(&nl), "who has it open is told");
	gv_ktap_check(open_is_kept(&nl, gpu.address),
		      "one that is open can't be retired, nor its GPU deleted");
	gv_ktap_check(killed_retirer(&nl),
		      "the mark goes with the process that made it");
	gv_ktap_check(retired_is_shut(&nl, gpu.address),
		      "one that is retired can't be opened, until the socket closes");
	gv_ktap_check(old_serial(&nl, gpu.address),
		      "an old serial does not retire the next vGPU");
	gv_ktap_check(goes_for_good(&nl), "retired and removed, it is gone");
	gv_ktap_check(next_is_open(&nl, gpu.address),
		      "the next of its UUID can be opened");
	gv_ktap_check(modules_stay(&nl), "the modules can't be unloaded");
	gv_ktap_check(gpu_goes(&nl, gpu.address), "the GPU goes with its vGPUs");
	gv_nl_close(&nl);
	gv_ktap_check(modules_go(), "then the modules can");
	return gv_ktap_end();
}
