// SPDX-License-Identifier: GPL-2.0
/*
 * libs: libmnl
 * config: VFIO_MDEV
 * timeout: 1200
 *
 * R4: a GPU is unplugged, unbound from its driver or asked to go, or a vGPU is
 * removed, while a VMM has device, mappings and eventfds of a vGPU open, or those of
 * a VF. Who may refuse does; who can't asks the VMM and waits. Until then all of it
 * works on, and afterwards what is left of it gives errors. The neighbour is on
 * another GPU.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drill.h"
#include "host.h"
#include "neighbour.h"
#include "nl_gpu.h"
#include "vf.h"
#include "vmm.h"

#define FB (4 * GV_MIB)
#define FIRST 0xf0000000
#define PATIENCE_MS 60000

static struct gv_drill drill;
static struct gv_nl nl;
/* Others each time, as the kernel may not have forgotten the last. */
static char uuid[GV_UUID_LEN + 1], uuid2[GV_UUID_LEN + 1];

/* All but the last with a VMM that lets go, and with one that is killed. */
enum way { REMOVE, UNBIND, MDEV_REMOVE, VF_REMOVE, VF_UNBIND, SIM_DEL, WAYS };

static const char *const ways[] = {
	"remove of the PCI device", "unbind of the PF driver",
	"remove of the mdev", "remove of the PF of a VF",
	"unbind of the PF driver of a VF", "removal of the simulated GPU",
};

static uint64_t done[WAYS];

static bool is_vf(enum way way)
{
	return way == VF_REMOVE || way == VF_UNBIND;
}

/* The process that takes the GPU away; it may wait in the kernel. */
static pid_t take_away(enum way way, const char *gpu)
{
	char path[128];

	switch (way) {
	case REMOVE:
	case VF_REMOVE:
		snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/remove",
			 gpu);
		return gv_file_write_child(path, "1");
	case UNBIND:
	case VF_UNBIND:
		return gv_file_write_child("/sys/bus/pci/drivers/gpuvirt-sim/unbind",
					   gpu);
	default:
		snprintf(path, sizeof(path), "/sys/bus/mdev/devices/%s/remove",
			 uuid);
		return gv_file_write_child(path, "1");
	}
}

static bool gone(enum way way, const char *gpu)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s%s", gpu,
		 way == UNBIND || way == VF_UNBIND ? "/driver" : "");
	return (is_vf(way) || !gv_vgpu_exists(uuid)) &&
	       (way == MDEV_REMOVE || access(path, F_OK));
}

static void check_gone(enum way way, const char *gpu, pid_t taker)
{
	int status = gv_child_status(taker, PATIENCE_MS);

	if (status)
		gv_drill_failed(&drill, "%s ended with %d", ways[way], status);
	else if (!gone(way, gpu))
		gv_drill_failed(&drill, "%s has left something", ways[way]);
}

/*
 * What is left when the device's file was the first to be closed: its group,
 * which has no device any more.
 */
static bool leftover_refuses(int group)
{
	int fd = ioctl(group, VFIO_GROUP_GET_DEVICE_FD, uuid);

	if (fd >= 0)
		close(fd);
	return fd < 0;
}

/* It works on although it was told to go; then the VMM lets go, or is killed. */
static void used(enum way way, const char *gpu)
{
	static struct gv_vmm vmm;
	unsigned int i, steps = gv_drill_below(&drill, 200);
	bool asked = false;
	pid_t taker;
	int group;

	if (gv_vmm_open(&vmm, uuid, FB))
		gv_ktap_bail("the vGPU can't be opened");
	for (i = 0; i < 20; i++)
		gv_vmm_step(&vmm, &drill.state);
	/* The steps may have set up anything. */
	gv_irq_fd(&vmm.v, GV_IRQ_REQ, VFIO_IRQ_SET_ACTION_TRIGGER, vmm.req);
	group = dup(vmm.v.group);

	taker = take_away(way, gpu);
	if (gv_drill_below(&drill, 4)) {
		asked = gv_fired(vmm.req, PATIENCE_MS);
		if (!asked)
			gv_drill_failed(&drill, "%s does not ask the VMM",
					ways[way]);
	}
	for (i = 0; i < steps; i++)
		gv_vmm_step(&vmm, &drill.state);
	if (gv_child_status(taker, 0) != -1)
		gv_drill_failed(&drill, "%s does not wait for the VMM",
				ways[way]);
	if (gv_get(&vmm.v, GV_CONFIG, 0, 4) != 0x11111234)
		gv_drill_failed(&drill, "the device is lost before its time");
	gv_vmm_close(&vmm, &drill.state);
	/* If it was not asked, the removal may not have begun. */
	if (asked && !leftover_refuses(group))
		gv_drill_failed(&drill, "the vGPU can be opened once more");
	close(group);
	check_gone(way, gpu, taker);
}

/* The same with a VF: vfio-pci asks its user, and the PCI core waits for him. */
static void vf_used(enum way way, const char *gpu, const char *vf)
{
	unsigned int i, steps = gv_drill_below(&drill, 200);
	int req = gv_eventfd();
	struct gv_vfio v;
	pid_t taker;

	gv_vfio_must_open(&v, vf);
	if (gv_irq_fd(&v, GV_IRQ_REQ, VFIO_IRQ_SET_ACTION_TRIGGER, req))
		gv_ktap_bail("the VF can't ask");
	taker = take_away(way, gpu);
	if (!gv_fired(req, PATIENCE_MS))
		gv_drill_failed(&drill, "%s does not ask the VMM", ways[way]);
	for (i = 0; i < steps; i++) {
		if (!gv_mbox_run(&v, GV_OP_NOP))
			continue;
		gv_drill_failed(&drill, "the VF is lost before its time");
		break;
	}
	if (gv_child_status(taker, 0) != -1)
		gv_drill_failed(&drill, "%s does not wait for the VMM",
				ways[way]);
	gv_vfio_close(&v);
	close(req);
	check_gone(way, gpu, taker);
}

/* A VMM that does not let go by itself, of a vGPU or of a VF. */
static void use(const char *vf, uint64_t state, int ready)
{
	static struct gv_vmm vmm;
	static struct gv_vfio v;

	if (vf ? gv_vfio_open(&v, vf) : gv_vmm_open(&vmm, uuid, FB))
		_exit(1);
	if (write(ready, "x", 1) != 1)
		_exit(1);
	for (;;) {
		if (vf)
			gv_mbox_run(&v, GV_OP_NOP);
		else
			gv_vmm_step(&vmm, &state);
	}
}

static void used_and_killed(enum way way, const char *gpu, const char *vf)
{
	uint64_t state = gv_random(&drill.state);
	pid_t user, taker;
	int ready[2];
	char byte;

	if (pipe(ready))
		gv_ktap_bail("pipe: %m");
	user = fork();
	if (!user)
		use(vf, state, ready[1]);
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		gv_ktap_bail("a VMM did not start");
	close(ready[0]);
	taker = take_away(way, gpu);
	usleep(gv_drill_below(&drill, 20000));
	kill(user, SIGKILL);
	waitpid(user, NULL, 0);
	check_gone(way, gpu, taker);
}

/* The simulated GPU's own removal refuses, and changes nothing. */
static void refused(const char *gpu)
{
	static struct gv_vmm vmm;
	static struct gv_msg msg;
	static struct gv_req req;
	unsigned int i;
	int err;

	if (gv_vmm_open(&vmm, uuid, FB))
		gv_ktap_bail("the vGPU can't be opened");
	for (i = 0; i < 20; i++)
		gv_vmm_step(&vmm, &drill.state);
	gv_req_init(&req, &nl, GPUVIRT_CMD_SIM_DEL, 0);
	gv_req_str(&req, GPUVIRT_A_SIM_GPU, gpu);
	err = gv_nl_do(&nl, &req, &msg, NULL);
	if (err != EBUSY)
		gv_drill_failed(&drill, "%s says %d, not EBUSY", ways[SIM_DEL],
				err);
	if (gv_vgpu_get(&nl, uuid2, &msg))
		gv_drill_failed(&drill, "a refused removal took a vGPU");
	for (i = 0; i < 50; i++)
		gv_vmm_step(&vmm, &drill.state);
	gv_vmm_close(&vmm, &drill.state);
}

static void vgpus_new(const char *gpu)
{
	gv_uuid(uuid, FIRST + 2 * drill.tried);
	gv_uuid(uuid2, FIRST + 2 * drill.tried + 1);
	if (gv_type_new(&nl, gpu, "t", FB, 0) ||
	    gv_vgpu_new(gpu, "t", uuid) || gv_vgpu_new(gpu, "t", uuid2))
		gv_ktap_bail("no vGPU");
}

static void unplug(void)
{
	unsigned int n = gv_drill_way(&drill, 2 * SIM_DEL + 1);
	struct gv_sim sim = { .vram = 16 * GV_MIB };
	char vf[GV_GPU_MAX] = "";
	enum way way = n / 2;
	struct gv_gpu gpu;
	int err;

	drill.tried++;
	done[way]++;
	sim.total_vfs = is_vf(way) ? 2 : 0;
	gv_gpu_new(&nl, &sim, &gpu);
	if (is_vf(way)) {
		gv_vfs_enable(gpu.address, 2);
		gv_vf_name(vf, gpu.address, 1);
	} else {
		vgpus_new(gpu.address);
	}
	if (way == SIM_DEL)
		refused(gpu.address);
	else if (n % 2)
		used_and_killed(way, gpu.address, is_vf(way) ? vf : NULL);
	else if (is_vf(way))
		vf_used(way, gpu.address, vf);
	else
		used(way, gpu.address);
	err = gv_gpu_del(&nl, gpu.address);
	if (err)
		gv_drill_failed(&drill, "after %s, the GPU does not go: %s",
				ways[way], strerror(err));
}

int main(int argc, char **argv)
{
	const struct gv_sim sim = { .vram = 16 * GV_MIB };
	struct gv_neighbour neighbour;
	struct gv_gpu home;
	bool moves = true;
	unsigned int i;

	gv_ktap_plan(3);
	gv_drill_begin(&drill, argc, argv, "R4",
		       "GPUs and vGPUs taken away while in use",
		       (struct gv_goals){ { 40, 500, 2000 } });
	gv_nl_open(&nl);
	gv_gpu_new(&nl, &sim, &home);
	gv_neighbour_start(&neighbour, &nl, home.address, drill.seed);
	while (gv_drill_goes_on(&drill) && moves) {
		unplug();
		moves = gv_neighbour_moves(&neighbour);
	}
	for (i = 0; i < WAYS; i++)
		gv_ktap_note("%llu by %s", (unsigned long long)done[i], ways[i]);
	gv_drill_check(&drill, WAYS);
	gv_ktap_check(moves & gv_neighbour_end(&neighbour),
		      "the neighbour got on, and keeps its VRAM");
	gv_ktap_check(!gv_gpu_del(&nl, home.address), "the GPU goes");
	return gv_ktap_end();
}
