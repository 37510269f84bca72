// SPDX-License-Identifier: GPL-2.0
/*
 * libs: libmnl
 * config: DYNAMIC_FTRACE_WITH_REGS
 * timeout: 240
 *
 * What happens to VFs in moments that are short: calls in the kernel are held
 * there. A PF driver that leaves takes its VFs along without the locks of the bus.
 */
#include <string.h>
#include <unistd.h>

#include "hold.h"
#include "ktap.h"
#include "nl.h"
#include "vf.h"

#define DEVICES "/sys/bus/pci/devices"
#define DRIVER "/sys/bus/pci/drivers/gpuvirt-sim"
#define NOIOMMU "/sys/module/vfio/parameters/enable_unsafe_noiommu_mode"
#define SAID "/tmp/vf-race"
#define MS 30000

/* The one that has what a test is about, and one whose VFs go. */
static char gpu[GV_GPU_MAX], other[GV_GPU_MAX];

static bool there(const char *address, const char *file)
{
	char path[80];

	snprintf(path, sizeof(path), DEVICES "/%s/%s", address, file);
	return !access(path, F_OK);
}

/* Its VFs go, too. */
static pid_t driver_leaves(const char *pf)
{
	return gv_file_write_child(DRIVER "/unbind", pf);
}

static void driver_comes(const char *pf)
{
	if (gv_host_write(DRIVER "/bind", pf))
		gv_ktap_bail("%s has lost its driver", pf);
}

static void enable(const char *pf, unsigned int count)
{
	gv_must("gpuvirt vf enable %s %u", pf, count);
}

/* A look at the bus has met a VF that is gone when it is noted. */
static bool scanned(void)
{
	char vf[GV_GPU_MAX];
	pid_t scan;
	bool good;

	enable(gpu, 2);
	gv_vf_name(vf, gpu, 0);
	gv_hold_call("gv_vf_add", 1, "gv_bus_scan");
	scan = gv_hold_start(SAID, "gpuvirt id add 1234:fffe");
	good = gv_hold_reached() && !gv_child_status(driver_leaves(gpu), MS) &&
		!there(vf, "");
	gv_hold_go();
	good &= !gv_child_status(scan, MS) && !gv_run("gpuvirt vf show") &&
		!strstr(gv_said, gpu);
	if (!good)
		gv_ktap_note("%s", gv_said);
	gv_must("gpuvirt id del 1234:fffe");
	driver_comes(gpu);
	return good;
}

/* The search for who is open is at a VF of another GPU, that goes. */
static bool searched(void)
{
	char first[GV_GPU_MAX], second[GV_GPU_MAX], gone[GV_GPU_MAX];
	struct gv_vfio v;
	pid_t disable;
	bool good;

	enable(other, 1);
	gv_vf_name(gone, other, 0);
	enable(gpu, 2);
	gv_vf_name(first, gpu, 0);
	gv_vf_name(second, gpu, 1);
	gv_vfio_must_open(&v, second);
	gv_hold_call("gv_vf_next", 2, "gv_claim_vfs");
	disable = gv_hold_start(SAID, "gpuvirt vf disable %s timeout 10", gpu);
	good = gv_hold_reached() && !gv_child_status(driver_leaves(other), MS) &&
		!there(gone, "");
	gv_hold_go();
	good &= gv_child_status(disable, MS) == 1;
	gv_must("cat " SAID);
	good &= gv_said_all(second, "is open", "vf-open", NULL) &&
		there(first, "driver") && there(second, "driver");
	gv_vfio_close(&v);
	/* If it was not refused, it ends now. */
	good &= gv_until(MS, !gv_run("gpuvirt vf disable %s", gpu)) &&
		!there(second, "");
	driver_comes(other);
	return good;
}

/* A request about a VF that goes, and so does its PF, to which it leads. */
static int ask(const char *vf)
{
	static struct gv_msg reply;
	struct gv_end end;
	struct gv_req req;
	struct gv_nl nl;

	gv_nl_open(&nl);
	gv_req_init(&req, &nl, GPUVIRT_CMD_GROUP_GET, 0);
	gv_req_str(&req, GPUVIRT_A_GROUP_ADDRESS, vf);
	if (gv_nl_do(&nl, &req, &reply, &end) ||
	    !reply.a[GPUVIRT_A_GROUP_ADDRESS] ||
	    reply.a[GPUVIRT_A_GROUP_PHYSFN] ||
	    reply.a[GPUVIRT_A_GROUP_UPSTREAM])
		return 1;
	return 0;
}

static bool asked(void)
{
	char vf[GV_GPU_MAX], path[80];
	pid_t pid;
	bool good;

	enable(gpu, 1);
	gv_vf_name(vf, gpu, 0);
	gv_hold_call("gv_member_read", 1, "gpuvirt_nl_group_get_doit");
	pid = fork();
	if (!pid)
		_exit(ask(vf));
	snprintf(path, sizeof(path), DEVICES "/%s/remove", gpu);
	good = gv_hold_reached() &&
		!gv_child_status(gv_file_write_child(path, "1"), MS) &&
		!there(gpu, "") && !there(vf, "");
	gv_hold_go();
	good &= !gv_child_status(pid, MS);
	gv_must("gpuvirt sim del %s", gpu);
	gv_host_sim_add(gpu, "total-vfs 4");
	return good;
}

/* The PF's driver leaves while a call of the reset of a VF is held. */
static bool reset(const char *function, bool pf_stays)
{
	char vf[GV_GPU_MAX];
	pid_t leave, pid;
	bool good;

	enable(gpu, 2);
	gv_vf_name(vf, gpu, 1);
	gv_hold_call(function, 1, "gv_vf_reset");
	pid = gv_hold_start(SAID, "gpuvirt vf reset %s", vf);
	good = gv_hold_reached();
	leave = driver_leaves(gpu);
	/* On its way to the VF the driver passes there, for the PF. */
	good &= gv_until(MS, !there(vf, "") ||
			 (gv_hold_waits(leave, "device_release_driver_internal") &&
			  there(gpu, "driver") == pf_stays)) &&
		there(vf, "iommu_group");
	gv_hold_go();
	good &= !gv_child_status(pid, MS) && !gv_child_status(leave, MS) &&
		!there(vf, "");
	driver_comes(gpu);
	return good;
}

/*
 * One that is open is not even locked for a reset that is refused: its user's own
 * would come to nothing.
 */
static bool refused(void)
{
	char vf[GV_GPU_MAX];
	struct gv_vfio v;
	pid_t pid;
	bool good;

	enable(gpu, 1);
	gv_vf_name(vf, gpu, 0);
	gv_vfio_must_open(&v, vf);
	gv_hold_call("gv_claim_vf", 1, "gv_vf_reset");
	pid = gv_hold_start(SAID, "gpuvirt vf reset %s", vf);
	good = gv_child_status(pid, MS) == 1;
	good &= !gv_dev_ioctl(&v, VFIO_DEVICE_RESET, NULL);
	gv_hold_go();
	gv_must("cat " SAID);
	good &= gv_said_all(vf, "is open", "vf-open", NULL);
	gv_vfio_close(&v);
	gv_must("gpuvirt vf disable %s", gpu);
	return good;
}

/* It has left, and its VFs with it, when the reset of one is about to ask for it. */
static bool reset_late(void)
{
	char vf[GV_GPU_MAX];
	pid_t pid;
	bool good;

	enable(gpu, 1);
	gv_vf_name(vf, gpu, 0);
	gv_hold_call("pci_lock_rescan_remove", 1, "gv_vf_");
	pid = gv_hold_start(SAID, "gpuvirt vf reset %s", vf);
	good = gv_hold_reached() && !gv_child_status(driver_leaves(gpu), MS) &&
		!there(vf, "");
	gv_hold_go();
	good &= gv_child_status(pid, MS) == 1;
	gv_must("cat " SAID);
	good &= gv_said_all(vf, "was removed", "vf-unknown", NULL);
	driver_comes(gpu);
	return good;
}

/* Does the worker of an operation on VFs wait for a lock? */
static bool operation_waits(void)
{
	return !gv_run("for s in /proc/[0-9]*/stack; do grep -q ' gv_vf_' $s && head -n 1 $s | grep -q ' gv_\\| pci_lock_rescan' && exit 0; done 2>/dev/null; exit 1");
}

/* Hot-unplug of the PF has the rescan lock and is about to wait for the PF's. */
static bool unplugged(void)
{
	char path[80];
	pid_t plug, pid;
	bool good;

	snprintf(path, sizeof(path), DEVICES "/%s/remove", gpu);
	gv_hold_call("device_release_driver", 1, "pci_stop");
	plug = gv_file_write_child(path, "1");
	good = gv_hold_reached();
	pid = gv_hold_start(SAID, "gpuvirt vf enable %s 2 timeout 60", gpu);
	good &= gv_until(MS, operation_waits());
	gv_hold_go();
	good &= !gv_child_status(plug, MS) && gv_child_status(pid, MS) == 1 &&
		!there(gpu, "");
	gv_must("cat " SAID);
	good &= gv_said_all("the GPU was removed", NULL);
	gv_must("gpuvirt sim del %s", gpu);
	gv_host_sim_add(gpu, "total-vfs 4");
	return good;
}

/* A VF that has lost its driver, as it is to go, is bound to one of VFIO again. */
static bool bound_again(pid_t disable, const char *vf)
{
	bool good = gv_hold_reached() && !there(vf, "driver") &&
		gv_host_write("/sys/bus/pci/drivers/vfio-pci/bind", vf);

	gv_hold_go();
	return good && !gv_child_status(disable, MS) && !there(vf, "");
}

static bool parked(void)
{
	char vf[GV_GPU_MAX], path[80];
	bool good;

	enable(gpu, 2);
	gv_vf_name(vf, gpu, 0);
	gv_hold_call("gv_claim_release", 1, "gv_sriov_disable");
	good = bound_again(gv_hold_start(SAID, "gpuvirt vf disable %s", gpu),
			   vf);

	/* The PF driver by itself. */
	enable(gpu, 2);
	gv_vf_name(vf, gpu, 0);
	snprintf(path, sizeof(path), DEVICES "/%s/sriov_numvfs", gpu);
	gv_hold_call("iommu_group_release_dma_owner", 1, "gv_");
	return bound_again(gv_file_write_child(path, "0"), vf) && good;
}

/* What is claimed for a reset is not told as open, to nobody. */
static bool not_open(void)
{
	char vf[GV_GPU_MAX];
	pid_t pid;
	bool good;

	enable(gpu, 2);
	gv_vf_name(vf, gpu, 1);
	gv_hold_call("pci_reset_function_locked", 1, "gv_vf_reset");
	pid = gv_hold_start(SAID, "gpuvirt vf reset %s", vf);
	good = gv_hold_reached() && !gv_run("gpuvirt vf show %s", vf) &&
		gv_said_all("open no", NULL) &&
		gv_run("gpuvirt vf reset gpu %s", gpu) &&
		gv_said_all("VFs of GPU", "reset already", NULL);
	if (!good)
		gv_ktap_note("%s", gv_said);
	gv_hold_go();
	good &= !gv_child_status(pid, MS);
	gv_must("gpuvirt vf disable %s", gpu);
	return good;
}

/* A PF driver that is bound when the removal of its GPU has begun. */
static bool came_back(void)
{
	pid_t pid;
	bool good;

	gv_must("echo %s >" DRIVER "/unbind", gpu);
	gv_hold_call("gv_factory_del", 1, "gv_operation");
	pid = gv_hold_start(SAID, "gpuvirt sim del %s", gpu);
	good = gv_hold_reached();
	driver_comes(gpu);
	good &= gv_run("gpuvirt type new %s late framebuffer 8MiB", gpu) &&
		gv_said_all("being removed", "gpu-leaving", NULL);
	if (!good)
		gv_ktap_note("%s", gv_said);
	gv_hold_go();
	good &= !gv_child_status(pid, MS) && !there(gpu, "");
	gv_host_sim_add(gpu, "total-vfs 4");
	return good;
}

/* One that is being bound when that begins. */
static bool came_between(void)
{
	pid_t bind, pid;
	bool good;

	gv_must("echo %s >" DRIVER "/unbind", gpu);
	gv_hold_call("gv_mdev_register", 1, "gv_backend_register");
	bind = gv_file_write_child(DRIVER "/bind", gpu);
	good = gv_hold_reached();
	pid = gv_hold_start(SAID, "gpuvirt sim del %s", gpu);
	good &= gv_until(MS, !gv_run("gpuvirt operation show | grep 'sim-del.*running'"));
	gv_hold_call("gv_sim_bus_del", 1, "gv_sim");
	good &= gv_hold_reached() && there(gpu, "driver") &&
		gv_run("gpuvirt type new %s late framebuffer 8MiB", gpu) &&
		gv_said_all("being removed", "gpu-leaving", NULL);
	if (!good)
		gv_ktap_note("%s", gv_said);
	gv_hold_go();
	good &= !gv_child_status(bind, MS) & !gv_child_status(pid, MS) &
		!there(gpu, "");
	gv_host_sim_add(gpu, "total-vfs 4");
	return good;
}

/*
 * Whoever has a VF can keep a worker of the simulated GPU busy, which between two
 * commands lets others have its processor. Where the kernel takes that by itself the
 * worker's offer is nothing, and is not made.
 */
static bool yields(void)
{
	char vf[GV_GPU_MAX];
	struct gv_vfio v;
	pid_t pid;
	bool good;

	enable(gpu, 1);
	gv_vf_name(vf, gpu, 0);
	gv_vfio_must_open(&v, vf);
	gv_hold_call("__cond_resched", 1, "gv_sim_function_work");
	pid = fork();
	if (!pid)
		_exit(gv_mbox_run(&v, GV_OP_NOP));
	good = gv_hold_reached();
	gv_hold_go();
	good &= !gv_child_status(pid, MS);
	gv_vfio_close(&v);
	gv_must("gpuvirt vf disable %s", gpu);
	return good;
}

static bool preempts(void)
{
	return gv_run("grep -qw __cond_resched /proc/kallsyms") ||
		!gv_run("mount -t debugfs none /sys/kernel/debug 2>/dev/null; grep '(full)\\|(lazy)' /sys/kernel/debug/sched/preempt");
}

/*
 * A group of VFIO without an IOMMU goes with VFIO's driver, and nobody waits for who
 * is looking at it: nobody looks.
 */
static bool ungrouped(void)
{
	static struct gv_msg reply;
	char vf[GV_GPU_MAX];
	struct gv_end end;
	struct gv_req req;
	struct gv_nl nl;
	bool good;

	gv_must("gpuvirt sim set %s faults vf-probe", gpu);
	enable(gpu, 2);
	gv_vf_name(vf, gpu, 1);
	gv_nl_open(&nl);
	gv_req_init(&req, &nl, GPUVIRT_CMD_GROUP_GET, 0);
	gv_req_str(&req, GPUVIRT_A_GROUP_ADDRESS, vf);
	good = there(vf, "iommu_group") && !gv_nl_do(&nl, &req, &reply, &end) &&
		gv_has(&reply, GPUVIRT_A_GROUP_DRIVER) &&
		!gv_has(&reply, GPUVIRT_A_GROUP_GROUP);
	gv_nl_close(&nl);
	gv_must("echo %s >/sys/bus/pci/drivers/vfio-pci/unbind", vf);
	gv_must("gpuvirt vf disable %s && gpuvirt sim set %s faults none", gpu,
		gpu);
	return good;
}

int main(void)
{
	gv_host_begin();
	gv_hold_init();
	gv_ktap_plan(14);
	gv_host_sim_add(other, "total-vfs 1");
	gv_host_sim_add(gpu, "total-vfs 4");

	gv_ktap_check(scanned(),
		      "a VF that goes while the bus is looked at is not kept");
	gv_ktap_check(searched(),
		      "one that goes does not end the search for one that is open");
	gv_ktap_check(asked(), "nobody follows a VF to its PF that is gone");
	gv_ktap_check(reset("gv_claim_vf", true),
		      "the PF's driver stays until a VF's group is claimed");
	gv_ktap_check(reset("pci_reset_function_locked", false),
		      "the VF stays in that group as long as it is");
	gv_ktap_check(refused(), "the reset of one that is open leaves its user alone");
	gv_ktap_check(reset_late(), "a VF that has gone before is not reset");
	gv_ktap_check(unplugged(),
		      "hot-unplug and an operation do not wait for each other");
	gv_ktap_check(parked(),
		      "drivers are kept from VFs that are about to go");
	gv_ktap_check(not_open(), "a VF that is reset is not told as open");
	if (preempts())
		gv_ktap_skip("a busy VF does not keep a processor",
			     "this kernel preempts who does not yield");
	else
		gv_ktap_check(yields(), "a busy VF does not keep a processor");
	if (gv_host_write(NOIOMMU, "Y"))
		gv_ktap_skip("a group without an IOMMU is not looked at",
			     "this kernel's VFIO wants an IOMMU");
	else
		gv_ktap_check(ungrouped() && !gv_host_write(NOIOMMU, "N"),
			      "a group without an IOMMU is not looked at");
	if (!gv_has_mdev()) {
		gv_ktap_skip("no vGPU type is made on a GPU whose removal has begun",
			     "this kernel has no mdev");
		gv_ktap_skip("nor if its driver was coming just then",
			     "this kernel has no mdev");
	} else {
		gv_ktap_check(came_back(),
			      "no vGPU type is made on a GPU whose removal has begun");
		gv_ktap_check(came_between(),
			      "nor if its driver was coming just then");
	}

	gv_must("gpuvirt sim del all && rmmod gpuvirt_hold");
	return gv_ktap_end();
}
