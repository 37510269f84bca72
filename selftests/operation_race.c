// SPDX-License-Identifier: GPL-2.0
/*
 * libs: libmnl
 * config: DYNAMIC_FTRACE_WITH_REGS
 * timeout: 240
 *
 * Operations that take long, and what happens meanwhile: calls in the kernel are
 * held.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "hold.h"
#include "ktap.h"
#include "nl_gpu.h"
#include "nl_vfio.h"
#include "vf.h"

#define DEVICES "/sys/bus/pci/devices"
#define SAID "/tmp/operation-race"
#define MS 30000
/* As many as the module keeps of those that have ended. */
#define KEPT 64
/* So many ids can be added. */
#define IDS 64
/* A function of QEMU's machine, that is a GPU if it is said to be one. */
#define PLAIN_ADDRESS "0000:00:00.0"
#define PLAIN_ID "8086:29c0"
/* A driver that there is none of. */
#define NOBODY "nobody"
#define UUID "7e57ab1e-0000-4000-8000-000000000001"

static char gpu[GV_GPU_MAX];
static struct gv_nl nl;

/* An operation that fails, as there is no such model. */
static uint64_t fail(void)
{
	static struct gv_msg msg;
	struct gv_req req;

	gv_req_init(&req, &nl, GPUVIRT_CMD_SIM_NEW, 0);
	gv_req_str(&req, GPUVIRT_A_SIM_MODEL, "none");
	if (gv_nl_do(&nl, &req, &msg, NULL))
		gv_ktap_bail("no operation is started");
	return gv_u64(&msg, GPUVIRT_A_SIM_OPERATION);
}

/* Ids tell who began first, and are not what is gone by. */
static bool kept(void)
{
	static struct gv_msg msg;
	uint64_t id, first = 0;
	unsigned int i;
	bool good;

	gv_hold_call("gv_factory_new", 1, "gv_operation_sim_new");
	id = fail();
	good = gv_hold_reached();
	for (i = 0; i < KEPT; i++) {
		uint64_t next = fail();

		first = first ?: next;
		good &= gv_operation_wait(&nl, next, &msg) == EINVAL;
	}
	gv_hold_go();
	good &= gv_operation_wait(&nl, id, &msg) == EINVAL &&
		gv_operation_wait(&nl, first, &msg) == ENOENT &&
		gv_operation_wait(&nl, first + 1, &msg) == EINVAL;
	/* And goes when others have ended after it. */
	for (i = 0; i < KEPT; i++)
		good &= gv_operation_wait(&nl, fail(), &msg) == EINVAL;
	return good && gv_operation_wait(&nl, id, &msg) == ENOENT;
}

static bool has_driver(const char *vf, const char *driver)
{
	return !gv_run("readlink " DEVICES "/%s/driver | grep /%s$", vf, driver);
}

/* What was asked for is what was the setting then. */
static bool chosen(void)
{
	char vf[GV_GPU_MAX];
	pid_t pid;
	bool good;

	gv_must("gpuvirt vf set %s driver vfio-pci", gpu);
	gv_hold_call("gv_vf_enable_run", 1, "gv_operation_work");
	pid = gv_hold_start(SAID, "gpuvirt vf enable %s 1", gpu);
	good = gv_hold_reached();
	gv_must("gpuvirt vf set %s driver none", gpu);
	gv_hold_go();
	gv_vf_name(vf, gpu, 0);
	good &= !gv_child_status(pid, MS) && has_driver(vf, "vfio-pci");
	gv_must("gpuvirt vf disable %s && gpuvirt vf set %s driver default",
		gpu, gpu);
	return good;
}

/*
 * VFs that were to go have lost their driver, somebody says which one this is to have
 * from now on, and the PF driver does not disable them.
 */
static bool overridden(void)
{
	char vf[GV_GPU_MAX], second[GV_GPU_MAX], path[80];
	pid_t pid;
	bool good;

	gv_must("gpuvirt vf enable %s 2", gpu);
	gv_vf_name(vf, gpu, 0);
	gv_vf_name(second, gpu, 1);
	gv_must("gpuvirt sim set %s faults vf-disable", gpu);
	gv_hold_call("gv_claim_release", 1, "gv_sriov_disable");
	pid = gv_hold_start(SAID, "gpuvirt vf disable %s", gpu);
	snprintf(path, sizeof(path), DEVICES "/%s/driver_override", vf);
	good = gv_hold_reached() && !gv_host_write(path, NOBODY);
	gv_hold_go();
	good &= gv_child_status(pid, MS) == 1 &&
		!gv_run("grep -x " NOBODY " %s", path) &&
		!has_driver(vf, "vfio-pci") && has_driver(second, "vfio-pci");
	gv_must("gpuvirt sim set %s faults none && gpuvirt vf disable %s", gpu,
		gpu);
	return good;
}

/*
 * A GPU is removed while a call that sets the driver of its VFs is held; gives back how
 * the command ended, or -1.
 */
static int set_removed(const char *gone, const char *call, const char *caller)
{
	char path[80];
	pid_t pid;
	bool good;
	int status;

	gv_hold_call(call, 1, caller);
	pid = gv_hold_start(SAID, "gpuvirt vf set %s driver none", gone);
	snprintf(path, sizeof(path), DEVICES "/%s/remove", gone);
	good = gv_hold_reached() &&
		!gv_child_status(gv_file_write_child(path, "1"), MS);
	gv_hold_go();
	status = gv_child_status(pid, MS);
	return good ? status : -1;
}

/* The last event of a GPU, or 0. */
static unsigned int last_told(struct gv_nl *events, const char *address)
{
	static struct gv_msg msg;
	unsigned int last = 0;

	while (gv_nl_event(events, &msg, 500))
		if (gv_has(&msg, GPUVIRT_A_GPU_ADDRESS) &&
		    !strcmp(gv_str(&msg, GPUVIRT_A_GPU_ADDRESS), address))
			last = msg.cmd;
	return last;
}

/* Who tells of a change is late: it has gone. */
static bool told_last(void)
{
	char gone[GV_GPU_MAX];
	struct gv_nl events;
	bool good;

	gv_host_sim_add(gone, "total-vfs 1");
	gv_nl_open(&events);
	gv_nl_join(&events, events.config);
	good = !set_removed(gone, "gv_event_gpu", "gv_sriov_set_birth");
	good &= last_told(&events, gone) == GPUVIRT_CMD_GPU_DELETE_NTF;
	gv_nl_close(&events);
	gv_must("gpuvirt sim del %s", gone);
	return good;
}

/* A GPU whose removal is refused in the end, which somebody may have read of. */
static bool stays(void)
{
	struct gv_nl events;
	char vf[GV_GPU_MAX];
	struct gv_vfio v;
	pid_t pid;
	bool good;

	gv_must("gpuvirt vf enable %s 1", gpu);
	gv_vf_name(vf, gpu, 0);
	gv_vfio_must_open(&v, vf);
	gv_hold_call("gv_factory_del", 1, "gv_operation");
	pid = gv_hold_start(SAID, "gpuvirt sim del %s", gpu);
	good = gv_hold_reached();
	gv_nl_open(&events);
	gv_nl_join(&events, events.config);
	gv_hold_go();
	good &= gv_child_status(pid, MS) == 1 &&
		last_told(&events, gpu) == GPUVIRT_CMD_GPU_CHANGE_NTF;
	gv_nl_close(&events);
	gv_vfio_close(&v);
	gv_must("gpuvirt vf disable %s", gpu);
	return good;
}

/* It was there when the request was read. */
static bool removed(void)
{
	char gone[GV_GPU_MAX];
	bool good;

	gv_host_sim_add(gone, "total-vfs 1");
	good = set_removed(gone, "gv_sriov_set_birth", "g") == 1;
	gv_must("cat " SAID);
	good &= gv_said_all("the GPU was removed", NULL);
	gv_must("gpuvirt sim del %s", gone);
	return good;
}

/* The GPU that is to go is found anew on its bus, and has a user, when its turn is. */
static bool found_again(void)
{
	char path[80];
	struct gv_hold user;
	static struct gv_msg msg;
	pid_t pid;
	bool good;

	gv_hold_call("gv_operation_sim_del", 1, "gv_operation_work");
	pid = gv_hold_start(SAID, "gpuvirt sim del %s", gpu);
	good = gv_hold_reached();
	snprintf(path, sizeof(path), DEVICES "/%s/remove", gpu);
	gv_must("echo 1 >%s && echo 1 >/sys/bus/pci/rescan", path);
	gv_host_type_new(gpu, "type", "framebuffer 8MiB");
	gv_host_vgpu_new(gpu, "type", UUID);
	if (gv_vgpu_get(&nl, UUID, &msg) ||
	    gv_hold_open(&user, gv_u32(&msg, GPUVIRT_A_VGPU_IOMMU_GROUP), UUID))
		gv_ktap_bail("the vGPU can't be opened");
	gv_hold_go();
	good &= gv_child_status(pid, MS) == 1 && !access(path, F_OK);
	gv_must("cat " SAID);
	/* Not by whom: others can ask for the outcome. */
	good &= gv_said_all("found again", "vgpu-open", NULL) &&
		!strstr(gv_said, "in process");
	gv_hold_close(&user);
	/* It takes vGPUs as before. */
	gv_host_vgpu_del(UUID);
	gv_host_vgpu_new(gpu, "type", UUID);
	gv_host_vgpu_del(UUID);
	return good;
}

/* Who asks whether a GPU is simulated does not keep the module that knows. */
static bool asked(void)
{
	pid_t asker, pid;
	bool good;

	gv_must("gpuvirt sim del all");
	gv_hold_call("gv_sim_instance_known", 1, "gv_factory_knows");
	asker = fork();
	if (!asker) {
		struct gv_nl own;

		gv_nl_open(&own);
		_exit(gv_gpu_del(&own, "ffff:00:00.0") != ENODEV);
	}
	good = gv_hold_reached();
	pid = fork();
	if (!pid)
		_exit(syscall(SYS_delete_module, "gpuvirt_sim", O_NONBLOCK) ?
		      errno : 0);
	good &= gv_until(MS, gv_hold_waits(pid, "gv_factory_unregister"));
	gv_hold_go();
	good &= !gv_child_status(pid, MS) && !gv_child_status(asker, MS);
	gv_must("modprobe gpuvirt-sim");
	return good;
}

/* When its turn is, an id finds no room any more: what has it is no GPU. */
static bool late_id(void)
{
	unsigned int i;
	bool good;
	pid_t pid;

	for (i = 1; i < IDS; i++)
		gv_must("gpuvirt id add 1234:%04x", i);
	gv_hold_call("gv_id_new_run", 1, "gv_operation_work");
	pid = gv_hold_start(SAID, "gpuvirt id add " PLAIN_ID);
	good = gv_hold_reached();
	gv_must("gpuvirt id add 1234:fffe");
	gv_hold_go();
	good &= gv_child_status(pid, MS) == 1;
	gv_must("cat " SAID);
	good &= gv_said_all("the most there can be", NULL) &&
		gv_run("gpuvirt gpu show " PLAIN_ADDRESS) == 1;
	gv_must("gpuvirt id del 1234:fffe");
	for (i = 1; i < IDS; i++)
		gv_must("gpuvirt id del 1234:%04x", i);
	return good;
}

/* Nor does the module go, as nobody could ask what it waits for. */
static bool pinned(void)
{
	pid_t pid;
	bool good;

	gv_must("rmmod gpuvirt_sim");
	gv_hold_call("gv_factory_new", 1, "gv_operation_sim_new");
	fail();
	good = gv_hold_reached();
	pid = gv_hold_start(SAID, "rmmod gpuvirt");
	good &= gv_child_status(pid, MS) == 1 && !gv_run("gpuvirt gpu show");
	gv_hold_go();
	if (!good)
		gv_child_status(pid, MS);
	/* It has loaded the other one. */
	return good && gv_until(MS, !gv_run("rmmod gpuvirt_sim gpuvirt")) &&
		!gv_run("modprobe gpuvirt-sim");
}

int main(void)
{
	gv_host_begin();
	gv_hold_init();
	gv_ktap_plan(10);
	gv_nl_open(&nl);
	gv_host_sim_add(gpu, "total-vfs 2");

	gv_ktap_check(kept(), "those that ended last are kept");
	gv_ktap_check(chosen(),
		      "the driver of VFs is the one of when they were asked for");
	gv_ktap_check(overridden(),
		      "VFs that stay keep a driver that was set meanwhile");
	gv_ktap_check(told_last(), "after its deletion nothing is told of a GPU");
	if (!gv_has_mdev())
		gv_ktap_skip("it is told of a GPU that stays after all",
			     "this kernel has no mdev");
	else
		gv_ktap_check(stays(), "it is told of a GPU that stays after all");
	gv_ktap_check(removed(), "nothing is set for a GPU that has gone");
	if (!gv_has_mdev() || gv_run("modprobe vfio_iommu_type1"))
		gv_ktap_skip("a GPU that was found again is not removed while in use",
			     "this kernel has no mdev");
	else
		gv_ktap_check(found_again(),
			      "a GPU that was found again is not removed while in use");
	gv_ktap_check(late_id(), "an id that is refused in the end leaves no GPU");
	gv_ktap_check(asked(), "a question keeps no module");
	gv_ktap_check(pinned(), "the module stays until the last has ended");

	gv_must("rmmod gpuvirt_hold");
	return gv_ktap_end();
}
