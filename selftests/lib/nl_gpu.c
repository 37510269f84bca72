// SPDX-License-Identifier: GPL-2.0
/* Simulated GPUs, types and vGPUs for tests to work on. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "host.h"
#include "ktap.h"
#include "nl_gpu.h"

#define GV_OPERATION_PATIENCE gv_patience(60000)

/* What is to be removed at the end, by the process that has made it. */
static char gv_made[64][GPUVIRT_ADDRESS_MAX + 1];
static unsigned int gv_nr_made;
static pid_t gv_maker;

uint64_t gv_now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000ULL + ts.tv_nsec / 1000000;
}

void gv_msleep(unsigned int ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000L };

	nanosleep(&ts, NULL);
}

int gv_file_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int err = 0;

	if (fd < 0)
		return errno;
	if (write(fd, text, strlen(text)) < 0)
		err = errno;
	close(fd);
	return err;
}

bool gv_file_read(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len;

	if (fd < 0)
		return false;
	len = read(fd, text, size - 1);
	close(fd);
	if (len < 0)
		return false;
	text[len] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return true;
}

int gv_operation_wait(struct gv_nl *nl, uint64_t id, struct gv_msg *msg)
{
	static __thread struct gv_req req;
	uint64_t end = gv_now_ms() + GV_OPERATION_PATIENCE;
	int err;

	for (;;) {
		gv_req_init(&req, nl, GPUVIRT_CMD_OPERATION_GET, 0);
		gv_req_u64(&req, GPUVIRT_A_OPERATION_ID, id);
		err = gv_nl_do(nl, &req, msg, NULL);
		if (err)
			return err;
		if (gv_u32(msg, GPUVIRT_A_OPERATION_STATE) !=
		    GPUVIRT_OPERATION_STATE_RUNNING)
			return gv_u32(msg, GPUVIRT_A_OPERATION_ERRNO);
		if (gv_now_ms() > end)
			gv_ktap_bail("operation %llu does not end",
				     (unsigned long long)id);
		gv_msleep(10);
	}
}

static void gv_gpus_del(void)
{
	struct gv_nl nl;

	if (getpid() != gv_maker || !gv_nr_made)
		return;
	gv_nl_open(&nl);
	while (gv_nr_made)
		gv_gpu_del(&nl, gv_made[0]);
	gv_nl_close(&nl);
}

static void gv_gpu_note(const char *address)
{
	if (!gv_maker) {
		gv_maker = getpid();
		atexit(gv_gpus_del);
	}
	if (gv_nr_made < sizeof(gv_made) / sizeof(gv_made[0]))
		strcpy(gv_made[gv_nr_made++], address);
}

static void gv_gpu_forget(const char *address)
{
	unsigned int i;

	for (i = 0; i < gv_nr_made; i++)
		if (!strcmp(gv_made[i], address))
			break;
	if (i == gv_nr_made)
		return;
	gv_nr_made--;
	memmove(gv_made[i], gv_made[i + 1],
		(gv_nr_made - i) * sizeof(gv_made[0]));
}

void gv_gpu_new(struct gv_nl *nl, const struct gv_sim *sim, struct gv_gpu *gpu)
{
	static __thread struct gv_msg reply;
	static __thread struct gv_req req;
	struct gv_end end;
	int err;

	gv_req_init(&req, nl, GPUVIRT_CMD_SIM_NEW, 0);
	if (sim && sim->model)
		gv_req_str(&req, GPUVIRT_A_SIM_MODEL, sim->model);
	if (sim && sim->vram)
		gv_req_u64(&req, GPUVIRT_A_SIM_VRAM, sim->vram);
	if (sim && sim->limit)
		gv_req_u64(&req, GPUVIRT_A_SIM_BACKING_LIMIT, sim->limit);
	if (sim && sim->max_vgpus)
		gv_req_u32(&req, GPUVIRT_A_SIM_MAX_VGPUS, sim->max_vgpus);
	if (sim && sim->total_vfs)
		gv_req_u32(&req, GPUVIRT_A_SIM_TOTAL_VFS, sim->total_vfs);
	err = gv_nl_do(nl, &req, &reply, &end);
	if (err)
		gv_ktap_bail("sim-new: %s (%s)", strerror(err), end.text);
	err = gv_operation_wait(nl, gv_u64(&reply, GPUVIRT_A_SIM_OPERATION),
				&reply);
	if (err)
		gv_ktap_bail("sim-new failed: %s (%s)", strerror(err),
			     gv_str(&reply, GPUVIRT_A_OPERATION_TEXT));
	snprintf(gpu->address, sizeof(gpu->address), "%s",
		 gv_str(&reply, GPUVIRT_A_OPERATION_SUBJECT));
	gv_gpu_note(gpu->address);
}

int gv_gpu_del(struct gv_nl *nl, const char *address)
{
	static __thread struct gv_msg reply;
	static __thread struct gv_req req;
	int err;

	gv_req_init(&req, nl, GPUVIRT_CMD_SIM_DEL, 0);
	gv_req_str(&req, GPUVIRT_A_SIM_GPU, address);
	err = gv_nl_do(nl, &req, &reply, NULL);
	if (!err)
		err = gv_operation_wait(nl, gv_u64(&reply,
						   GPUVIRT_A_SIM_OPERATION),
					&reply);
	gv_gpu_forget(address);
	return err;
}

void gv_gpu_get(struct gv_nl *nl, const char *address, struct gv_msg *msg)
{
	static __thread struct gv_req req;
	int err;

	gv_req_init(&req, nl, GPUVIRT_CMD_GPU_GET, 0);
	gv_req_str(&req, GPUVIRT_A_GPU_ADDRESS, address);
	err = gv_nl_do(nl, &req, msg, NULL);
	if (err)
		gv_ktap_bail("gpu-get %s: %s", address, strerror(err));
}

int gv_gpu_set(struct gv_nl *nl, const char *address, int drain)
{
	static __thread struct gv_req req;

	gv_req_init(&req, nl, GPUVIRT_CMD_GPU_SET, 0);
	gv_req_str(&req, GPUVIRT_A_GPU_ADDRESS, address);
	gv_req_u32(&req, GPUVIRT_A_GPU_DRAIN, drain);
	return gv_nl_do(nl, &req, NULL, NULL);
}

static int gv_type_do(struct gv_nl *nl, struct gv_req *req, struct gv_msg *msg,
		      uint8_t cmd, const char *address, const char *name)
{
	gv_req_init(req, nl, cmd, 0);
	gv_req_str(req, GPUVIRT_A_TYPE_GPU, address);
	gv_req_str(req, GPUVIRT_A_TYPE_NAME, name);
	return gv_nl_do(nl, req, msg, NULL);
}

int gv_type_new(struct gv_nl *nl, const char *address, const char *name,
		uint64_t framebuffer, uint32_t max)
{
	static __thread struct gv_req req;

	gv_req_init(&req, nl, GPUVIRT_CMD_TYPE_NEW, 0);
	gv_req_str(&req, GPUVIRT_A_TYPE_GPU, address);
	gv_req_str(&req, GPUVIRT_A_TYPE_NAME, name);
	gv_req_u64(&req, GPUVIRT_A_TYPE_FRAMEBUFFER, framebuffer);
	if (max)
		gv_req_u32(&req, GPUVIRT_A_TYPE_MAX_INSTANCES, max);
	return gv_nl_do(nl, &req, NULL, NULL);
}

int gv_type_del(struct gv_nl *nl, const char *address, const char *name)
{
	static __thread struct gv_req req;

	return gv_type_do(nl, &req, NULL, GPUVIRT_CMD_TYPE_DEL, address, name);
}

int gv_type_get(struct gv_nl *nl, const char *address, const char *name,
		struct gv_msg *msg)
{
	static __thread struct gv_req req;

	return gv_type_do(nl, &req, msg, GPUVIRT_CMD_TYPE_GET, address, name);
}

/* A file of a type, which has the name of the GPU's driver before its own. */
static void gv_type_file(char path[256], const char *address, const char *name,
			 const char *file)
{
	char driver[128] = "";
	ssize_t len;

	snprintf(path, 256, "/sys/bus/pci/devices/%s/driver", address);
	len = readlink(path, driver, sizeof(driver) - 1);
	if (len > 0)
		driver[len] = 0;
	snprintf(path, 256, "/sys/bus/pci/devices/%s/mdev_supported_types/%s-%s/%s",
		 address, len > 0 ? strrchr(driver, '/') + 1 : "none", name,
		 file);
}

int gv_type_available(const char *address, const char *name)
{
	char path[256], text[32];

	gv_type_file(path, address, name, "available_instances");
	return gv_file_read(path, text, sizeof(text)) ? atoi(text) : -1;
}

void gv_uuid(char *uuid, unsigned int n)
{
	snprintf(uuid, GV_UUID_LEN + 1, "7e57ab1e-0000-4000-8000-%012x", n);
}

int gv_vgpu_new(const char *address, const char *type, const char *uuid)
{
	uint64_t end = gv_now_ms() + 10000;
	char path[256];
	int err;

	gv_type_file(path, address, type, "create");
	/*
	 * The kernel forgets the UUID of a vGPU that is gone with the last
	 * reference to its device; DEBUG_KOBJECT_RELEASE keeps one for seconds.
	 */
	do {
		err = gv_file_write(path, uuid);
		if (err != EEXIST || gv_vgpu_exists(uuid))
			break;
		gv_msleep(50);
	} while (gv_now_ms() < end);
	return err;
}

int gv_vgpu_remove(const char *uuid)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/bus/mdev/devices/%s/remove", uuid);
	return gv_file_write(path, "1");
}

bool gv_vgpu_exists(const char *uuid)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/bus/mdev/devices/%s", uuid);
	return !access(path, F_OK);
}

int gv_vgpu_get(struct gv_nl *nl, const char *uuid, struct gv_msg *msg)
{
	static __thread struct gv_req req;

	gv_req_init(&req, nl, GPUVIRT_CMD_VGPU_GET, 0);
	gv_req_str(&req, GPUVIRT_A_VGPU_ID, uuid);
	return gv_nl_do(nl, &req, msg, NULL);
}

static void count_running(const struct gv_msg *msg, void *arg)
{
	*(unsigned int *)arg += gv_u32(msg, GPUVIRT_A_OPERATION_STATE) ==
				GPUVIRT_OPERATION_STATE_RUNNING;
}

void gv_settle(struct gv_nl *nl)
{
	uint64_t end = gv_now_ms() + GV_OPERATION_PATIENCE;
	unsigned int running;

	do {
		running = 0;
		gv_nl_dump_cmd(nl, GPUVIRT_CMD_OPERATION_GET, count_running,
			       &running);
		if (running)
			gv_msleep(5);
		if (gv_now_ms() > end)
			gv_ktap_bail("an operation does not end");
	} while (running);
}
