// SPDX-License-Identifier: GPL-2.0
/*
 * timeout: 240
 * config: VFIO_MDEV
 *
 * A vGPU that is open, and everything that would take it away: each is either
 * refused, with the holder, or asks the client and waits for it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host.h"
#include "ktap.h"
#include "vfio.h"

#define ID "0a16a000-0000-4000-8000-000000000001"
#define ID2 "0a16a000-0000-4000-8000-000000000002"
#define FB (64 * GV_MIB)
#define SOON 5000
#define DEVICES "/sys/bus/mdev/devices/"

static char gpu[GV_GPU_MAX];
static char path[128];

static const char *pci_path(const char *what)
{
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/%s", gpu, what);
	return path;
}

static bool there(const char *id)
{
	char dir[80];

	snprintf(dir, sizeof(dir), DEVICES "%s", id);
	return !access(dir, F_OK);
}

static uint64_t generation(void)
{
	return gv_num("gpu", gpu, "generation");
}

/* REQ eventfd of a client. */
static int request_fd(const struct gv_vfio *v)
{
	int fd = gv_eventfd();

	if (gv_irq_fd(v, GV_IRQ_REQ, VFIO_IRQ_SET_ACTION_TRIGGER, fd))
		gv_ktap_bail("the request index can't be set up");
	return fd;
}

static void check_twice(void)
{
	char node[32];
	struct gv_vfio v;
	int second, fd;

	gv_vfio_must_open(&v, ID);
	second = ioctl(v.group, VFIO_GROUP_GET_DEVICE_FD, ID);
	snprintf(node, sizeof(node), "/dev/vfio/%u", v.number);
	fd = open(node, O_RDWR | O_CLOEXEC);
	gv_ktap_check(fd < 0 && errno == EBUSY,
		      "another process can't open the group");

	gv_put(&v, GV_BAR_ENGINE, GV_ENGINE_SCRATCH, 4, 77);
	close(v.device);
	v.device = second;
	gv_ktap_check(second >= 0 && gv_num("vgpu", ID, "open") == 1 &&
		      gv_get(&v, GV_BAR_ENGINE, GV_ENGINE_SCRATCH, 4) == 77,
		      "of two files of one device, the second keeps it open");
	gv_vfio_close(&v);
	gv_ktap_check(gv_until(SOON, gv_num("vgpu", ID, "open") != 1),
		      "when both are closed it is closed");
}

static void check_refused(void)
{
	uint64_t before;
	struct gv_vfio v;
	char who[64];

	gv_vfio_must_open(&v, ID);
	snprintf(who, sizeof(who), "is open in process %d (vfio_life)",
		 getpid());
	before = generation();
	gv_ktap_check(gv_run("gpuvirt vgpu del " ID) == 1 &&
		      gv_said_all(ID, who, "(vgpu-open", NULL),
		      "vgpu del is refused and names the holder");
	gv_ktap_check(gv_run("gpuvirt sim del %s", gpu) == 1 &&
		      gv_said_all("is open in process", "(vfio_life)",
				  "vgpu-open", NULL),
		      "so is sim del");
	gv_ktap_check(gv_run("gpuvirt type del %s t", gpu) == 1 &&
		      gv_said_all("type-in-use", NULL),
		      "its type can't be deleted");
	gv_ktap_check(gv_run("rmmod gpuvirt_sim") && gv_run("rmmod gpuvirt") &&
		      !access("/sys/module/gpuvirt_sim", F_OK),
		      "the modules can't be unloaded");
	gv_ktap_check(generation() == before && there(ID) &&
		      gv_get(&v, GV_CONFIG, 0, 4) == 0x11111234 &&
		      !gv_run("gpuvirt vgpu new %s t uuid " ID2, gpu) &&
		      !gv_run("gpuvirt vgpu del " ID2),
		      "none of that has changed anything");
	gv_vfio_close(&v);
}

static void check_sysfs_remove(void)
{
	uint64_t before = gv_num("gpu", gpu, "vram-free");
	struct gv_vfio v;
	pid_t writer;
	int fd;

	gv_vfio_must_open(&v, ID);
	fd = request_fd(&v);
	writer = gv_file_write_child(DEVICES ID "/remove", "1");
	gv_ktap_check(gv_fired(fd, SOON) > 0,
		      "removal by sysfs asks the client to let go");
	gv_ktap_check(gv_child_status(writer, 200) == -1 &&
		      gv_num("vgpu", ID, "open") == 1 &&
		      gv_get(&v, GV_CONFIG, 0, 4) == 0x11111234,
		      "and waits, while the device works on");
	gv_ktap_check(gv_run("gpuvirt vgpu new %s t uuid " ID, gpu) == 1 &&
		      gv_num("gpu", gpu, "vram-free") == before,
		      "its place is not given away meanwhile");
	gv_vfio_close(&v);
	close(fd);
	gv_ktap_check(gv_child_status(writer, SOON) == 0 && !there(ID) &&
		      gv_num("gpu", gpu, "vram-free") == before + FB,
		      "it ends when the client closes, and all is given back");
	gv_ktap_check(gv_run("gpuvirt vgpu show " ID) == 1 &&
		      gv_said_all("vgpu-unknown", NULL), "the vGPU is gone");
	gv_host_vgpu_new(gpu, "t", ID);
}

static void check_killed(void)
{
	uint8_t byte = 1;
	struct gv_vfio v;
	unsigned int i, bad = 0;
	int ready[2];
	pid_t pid;

	for (i = 0; i < 50; i++) {
		if (pipe2(ready, O_CLOEXEC))
			gv_ktap_bail("pipe: %m");
		pid = fork();
		if (!pid) {
			gv_vfio_must_open(&v, ID);
			gv_map(&v, GV_BAR_VRAM, 0, FB, PROT_READ);
			gv_write(&v, GV_BAR_VRAM, i * GV_MIB, &byte, 1);
			if (write(ready[1], "x", 1) != 1)
				_exit(1);
			for (;;)
				gv_write(&v, GV_BAR_VRAM, 0, &byte, 1);
		}
		close(ready[1]);
		if (read(ready[0], &byte, 1) != 1)
			gv_ktap_bail("client %u did not start", i);
		close(ready[0]);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		bad += !gv_until(1000,
				 gv_num("gpu", gpu, "backing-used") == 0 &&
				 gv_num("vgpu", ID, "open") != 1);
	}
	gv_ktap_check(!bad, "50 clients killed: each gives back within a second");
	gv_ktap_check(gv_num("vgpu", ID, "holder-pid") == ~0ULL &&
		      !gv_vfio_open(&v, ID), "it can be opened afterwards");
	gv_vfio_close(&v);
}

static void check_reset_close(void)
{
	bool zero = true, ended = true;
	struct gv_vfio v;
	uint8_t *vram;
	unsigned int i;

	for (i = 0; i < 10; i++) {
		gv_vfio_must_open(&v, ID);
		vram = gv_map(&v, GV_BAR_VRAM, 0, FB, PROT_READ | PROT_WRITE);
		if (!vram)
			gv_ktap_bail("VRAM can't be mapped: %m");
		zero &= gv_all(vram, 16 * GV_MIB, 0);
		memset(vram, 0x11 + i, 16 * GV_MIB);
		munmap(vram, FB);
		gv_must("gpuvirt vgpu reset " ID " no-wait");
		gv_vfio_close(&v);
		ended &= gv_until(SOON, gv_num("vgpu", ID, "open") != 1 &&
				  !gv_num("gpu", gpu, "backing-used"));
	}
	gv_ktap_check(zero && ended, "closed in the midst of resets it is clean");
	/* Other tests may have left failures of another kind. */
	gv_must("gpuvirt operation show | grep vgpu-reset");
	gv_ktap_check(!strstr(gv_said, "failed"), "and the resets succeed");

	for (i = 0; i < 10; i++) {
		gv_must("gpuvirt vgpu reset " ID " no-wait");
		gv_must("gpuvirt vgpu del " ID);
		gv_host_vgpu_new(gpu, "t", ID);
	}
	gv_ktap_check(there(ID) && gv_num("vgpu", ID, "resets") == 0,
		      "it can be deleted in the midst of resets");
}

static bool bound(void)
{
	return !access(pci_path("driver"), F_OK);
}

/* The PF driver goes, by hand, while a vGPU is open. */
static void check_unbind(void)
{
	uint64_t vram = gv_num("gpu", gpu, "vram");
	struct gv_vfio v, other;
	pid_t writer;
	int fd;

	gv_host_vgpu_new(gpu, "t", ID2);
	gv_vfio_must_open(&v, ID);
	fd = request_fd(&v);
	writer = gv_file_write_child(pci_path("driver/unbind"), gpu);
	gv_ktap_check(gv_fired(fd, SOON) > 0 &&
		      gv_child_status(writer, 200) == -1,
		      "unbinding the PF driver asks the client and waits");
	gv_ktap_check(gv_vfio_open(&other, ID2) == -ENODEV,
		      "no other vGPU of it can be opened");
	gv_ktap_check(gv_run("gpuvirt type new %s u framebuffer 4MiB", gpu) == 1 &&
		      gv_said_all("being removed", "gpu-leaving", NULL),
		      "nor a type be made");
	gv_ktap_check(gv_run("gpuvirt type del %s t", gpu) == 1 &&
		      gv_said_all("being removed", "gpu-leaving", NULL),
		      "nor one be deleted");
	gv_ktap_check(gv_run("gpuvirt sim del %s", gpu) == 1 &&
		      gv_said_all("is being removed already", "gpu-leaving",
				  NULL),
		      "nor the GPU be deleted");
	gv_must("gpuvirt type show %s", gpu);
	gv_ktap_check(gv_said_all("being removed", NULL),
		      "a type says why it takes no vGPU");
	gv_vfio_close(&v);
	close(fd);
	gv_ktap_check(gv_child_status(writer, SOON) == 0 && !bound() &&
		      !there(ID) && !there(ID2),
		      "it ends when the client closes; all vGPUs are gone");
	gv_ktap_check(gv_num("gpu", gpu, "types") == ~0ULL &&
		      gv_run("gpuvirt type new %s u framebuffer 4MiB", gpu) == 1 &&
		      gv_said_all("gpu-no-backend", NULL),
		      "the GPU is there, and offers nothing");
	gv_ktap_check(!gv_host_write("/sys/bus/pci/drivers/gpuvirt-sim/bind",
				     gpu) &&
		      gv_num("gpu", gpu, "vram-free") == vram &&
		      gv_num("gpu", gpu, "types") == 0,
		      "bound again, it is as new");
}

/* The PCI device goes, by hand, while a vGPU is open. */
static void check_pci_remove(void)
{
	struct gv_vfio v;
	pid_t writer;
	int fd;

	gv_host_type_new(gpu, "t", "framebuffer 64MiB");
	gv_host_vgpu_new(gpu, "t", ID);
	gv_vfio_must_open(&v, ID);
	fd = request_fd(&v);
	writer = gv_file_write_child(pci_path("remove"), "1");
	gv_ktap_check(gv_fired(fd, SOON) > 0 &&
		      gv_child_status(writer, 200) == -1 &&
		      gv_get(&v, GV_CONFIG, 0, 4) == 0x11111234,
		      "removing the PCI device asks the client and waits");
	gv_vfio_close(&v);
	close(fd);
	gv_ktap_check(gv_child_status(writer, SOON) == 0 && !there(ID) &&
		      gv_run("gpuvirt gpu show %s", gpu) == 1 &&
		      gv_said_all("gpu-unknown", NULL),
		      "it ends when the client closes; the GPU is gone");
	gv_ktap_check(!gv_host_write("/sys/bus/pci/rescan", "1") &&
		      gv_until(SOON, bound()) &&
		      gv_num("gpu", gpu, "types") == 0,
		      "a rescan finds it again, as new");
}

int main(void)
{
	gv_host_begin();
	gv_ktap_plan(32);
	gv_host_sim_add(gpu, "vram 256MiB backing-limit 128MiB");
	gv_host_type_new(gpu, "t", "framebuffer 64MiB");
	gv_host_vgpu_new(gpu, "t", ID);

	check_twice();
	check_refused();
	check_sysfs_remove();
	check_killed();
	check_reset_close();
	check_unbind();
	check_pci_remove();
	if (!gv_ktap_check(!gv_run("gpuvirt sim del %s", gpu),
			   "in the end the GPU can go"))
		gv_ktap_note("%s", gv_said);
	gv_run("modprobe -r gpuvirt-sim gpuvirt");
	gv_ktap_check(access("/sys/module/gpuvirt", F_OK), "and the modules");
	return gv_ktap_end();
}
