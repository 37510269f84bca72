// SPDX-License-Identifier: GPL-2.0
/*
 * libs: libmnl
 * needs: own-guest
 * config: VFIO_MDEV DYNAMIC_FTRACE_WITH_REGS DEBUG_KOBJECT_RELEASE
 * timeout: 120
 *
 * The last of a vGPU type is freed late, by a worker of the kernel, when all else has
 * gone: the module stays until that is done. Other kernels free it at once.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hold.h"
#include "host.h"
#include "ktap.h"
#include "nl_gpu.h"

/* A function of QEMU's machine, that is a GPU if it is said to be one. */
#define GPU "0000:00:00.0"
#define GPU_ID "8086:29c0"
#define SYSFS "/sys/bus/pci/devices/" GPU
#define MS 30000

static int unload(void)
{
	return syscall(SYS_delete_module, "gpuvirt", O_NONBLOCK) ? errno : 0;
}

static bool ended(pid_t pid)
{
	siginfo_t info = { 0 };

	waitid(P_PID, pid, &info, WEXITED | WNOHANG | WNOWAIT);
	return info.si_pid == pid;
}

static bool stays(void)
{
	struct gv_nl nl;
	pid_t pid;
	bool good;

	gv_must("modprobe gpuvirt-plain && gpuvirt id add " GPU_ID);
	gv_must("echo gpuvirt-plain >" SYSFS "/driver_override");
	gv_must("echo " GPU " >/sys/bus/pci/drivers_probe");
	gv_nl_open(&nl);
	gv_hold_call("gv_backend_put", 1, "gv_mdev_type_release");
	good = !gv_type_new(&nl, GPU, "last", 8 * GV_MIB, 0) &&
		!gv_type_del(&nl, GPU, "last") && gv_hold_reached();
	gv_nl_close(&nl);
	gv_must("echo >" SYSFS "/driver_override && rmmod gpuvirt_plain");
	pid = fork();
	if (!pid)
		_exit(unload());
	/* What is held can't go on without the module, nor then this guest. */
	if (!gv_until(MS, gv_hold_waits(pid, "gv_mdev_exit") || ended(pid)) ||
	    ended(pid))
		gv_ktap_bail("the module does not wait");
	gv_hold_go();
	return good & !gv_child_status(pid, MS);
}

int main(void)
{
	gv_host_begin();
	gv_hold_init();
	gv_ktap_plan(1);
	gv_must("modprobe -r gpuvirt_sim");
	gv_ktap_check(stays(), "the module stays until its last type is freed");
	gv_must("rmmod gpuvirt_hold && modprobe gpuvirt");
	return gv_ktap_end();
}
