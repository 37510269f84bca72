// SPDX-License-Identifier: GPL-2.0
/*
 * needs: host-root
 * config: VFIO_PCI_CORE
 * timeout: 240
 *
 * A vendor's variant of vfio-pci, kmod/tests/variant.c, for VFs of the simulated
 * GPU: `vf enable` finds it where modprobe would, VFs are born into it, and VFIO
 * opens them; where it is not wanted they are in vfio-pci.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "ktap.h"
#include "vf.h"

#define DRIVER "gpuvirt-test-vfio-pci"
#define MODULE "/sys/module/gv_variant"
#define FORBID "/etc/modprobe.d/gpuvirt-test.conf"
#define VFS 4

static char gpu[GV_GPU_MAX], vf[VFS][GV_GPU_MAX];
static char module[256];

/* The module is there for us alone, so nothing is left of it. */
static void install(void)
{
	if (unshare(CLONE_NEWNS) ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("none", "/etc/modprobe.d", "tmpfs", 0, NULL))
		gv_ktap_bail("no mounts of our own: %m");
	gv_must("$GV_TOP/selftests/lib/modtree.sh %s", module);
}

/* How many of so many VFs are bound to a driver and kept for it. */
static unsigned int bound(unsigned int count, const char *driver)
{
	unsigned int i, n = 0;

	for (i = 0; i < count; i++)
		n += !gv_run("cd /sys/bus/pci/devices/%s && [ $(basename $(readlink driver)) = %s ] && [ $(cat driver_override) = %s ]",
			     vf[i], driver, driver);
	if (n != count)
		gv_ktap_note("%u of %u VFs are bound to %s", n, count, driver);
	return n;
}

static bool enabled(const char *args, unsigned int count, const char *driver)
{
	if (gv_run("gpuvirt vf enable %s %u %s", gpu, count, args)) {
		gv_ktap_note("%s", gv_said);
		return false;
	}
	return bound(count, driver) == count;
}

static bool loaded(void)
{
	return !access(MODULE, F_OK);
}

/* What VFIO shows of the region that only the variant has. */
static bool has_region(const struct gv_vfio *v)
{
	struct vfio_region_info info = {
		.argsz = sizeof(info), .index = VFIO_PCI_NUM_REGIONS,
	};
	char text[64] = "";

	return !gv_dev_ioctl(v, VFIO_DEVICE_GET_REGION_INFO, &info) &&
		info.size == sizeof(DRIVER) &&
		info.flags & VFIO_REGION_INFO_FLAG_READ &&
		gv_read(v, info.index, 0, text, sizeof(text)) ==
			sizeof(DRIVER) &&
		!strcmp(text, DRIVER);
}

static unsigned int regions(const struct gv_vfio *v)
{
	struct vfio_device_info info = { .argsz = sizeof(info) };

	if (gv_dev_ioctl(v, VFIO_DEVICE_GET_INFO, &info) ||
	    !(info.flags & VFIO_DEVICE_FLAGS_PCI))
		gv_ktap_bail("%s is no PCI device for VFIO", v->id);
	return info.num_regions;
}

static void check_born(void)
{
	gv_ktap_check(!loaded() && enabled("", VFS, DRIVER) && loaded(),
		      "the variant is loaded, and VFs are born into it");
	gv_ktap_check(!gv_run("gpuvirt vf show %s", vf[1]) &&
		      gv_said_all("driver " DRIVER, "open no", NULL),
		      "its name is shown");
}

static void check_open(void)
{
	struct gv_vfio v;

	gv_vfio_must_open(&v, vf[1]);
	gv_ktap_check(regions(&v) == VFIO_PCI_NUM_REGIONS + 1 &&
		      has_region(&v), "VFIO opens one through the variant");
	gv_ktap_check(!gv_mbox_run(&v, GV_OP_NOP), "which works");
	gv_ktap_check(gv_run("gpuvirt vf disable %s", gpu) == 1 &&
		      gv_said_all(vf[1], "is open", "vf-open", NULL) &&
		      bound(VFS, DRIVER) == VFS &&
		      gv_run("gpuvirt vf reset %s", vf[1]) == 1 &&
		      gv_said_all(vf[1], "is open", "vf-open", NULL),
		      "and is guarded while it is open");
	gv_vfio_close(&v);
	gv_ktap_check(!gv_run("gpuvirt vf reset %s", vf[1]) &&
		      !gv_run("gpuvirt vf reset gpu %s", gpu),
		      "they can be reset when it is closed");
}

static void check_plain(void)
{
	struct gv_vfio v;

	gv_ktap_check(enabled("resize driver vfio-pci", 2, "vfio-pci") &&
		      gv_vfs_set(gpu, 0) == 0,
		      "VFs that are asked for with vfio-pci are in vfio-pci");
	gv_must("gpuvirt vf set %s driver vfio-pci", gpu);
	gv_ktap_check(enabled("", 2, "vfio-pci"),
		      "so are those of a GPU that was set to it");
	gv_vfio_must_open(&v, vf[0]);
	gv_ktap_check(regions(&v) == VFIO_PCI_NUM_REGIONS,
		      "they have no more than vfio-pci has");
	gv_vfio_close(&v);
	gv_must("gpuvirt vf set %s driver default", gpu);
	gv_ktap_check(enabled("resize", 3, DRIVER),
		      "without that they are in the variant again");
	gv_must("gpuvirt vf disable %s", gpu);
}

/* A module that is forbidden, or is not what this kernel takes. */
static void check_unfit(void)
{
	gv_must("rmmod gv_variant && echo blacklist gv_variant >" FORBID);
	gv_ktap_check(enabled("", 2, "vfio-pci") && !loaded(),
		      "a variant that is blacklisted is left alone");
	gv_must("gpuvirt vf disable %s && rm " FORBID, gpu);
	gv_must("echo no module >/lib/modules/$(uname -r)/extra/gv-variant.ko");
	gv_ktap_check(enabled("", 2, "vfio-pci") && !loaded(),
		      "one that can't be loaded is done without");
	gv_must("gpuvirt vf disable %s && gpuvirt sim del %s", gpu, gpu);
}

int main(void)
{
	unsigned int i;

	snprintf(module, sizeof(module), "%s/build/%s/src/gv-variant.ko",
		 getenv("GV_TOP") ?: "", getenv("GV_KERNEL") ?: "");
	gv_host_begin();
	gv_ktap_plan(12);
	install();
	gv_host_sim_add(gpu, "");
	for (i = 0; i < VFS; i++)
		gv_vf_name(vf[i], gpu, i);
	check_born();
	check_open();
	check_plain();
	check_unfit();
	return gv_ktap_end();
}
