// SPDX-License-Identifier: GPL-2.0
/*
 * needs: own-guest
 * config: VFIO_MDEV
 * timeout: 120
 * qemu: -device bochs-display,addr=5.0
 *
 * The smallest backend, kmod/tests/plain_backend.c, on a display device that has
 * nothing to do with us: what Documentation/backend.rst tells a newcomer to do is
 * enough for types, vGPUs and their VRAM.
 */
#include <string.h>
#include <unistd.h>

#include "host.h"
#include "ktap.h"
#include "vfio.h"

#define GPU "0000:00:05.0"
#define SYSFS "/sys/bus/pci/devices/" GPU
#define DRIVER "gpuvirt-plain"
/* What no backend is for, unless somebody says so: QEMU's host bridge. */
#define BRIDGE "0000:00:00.0"
#define BRIDGE_SYSFS "/sys/bus/pci/devices/" BRIDGE
#define BRIDGE_ID "8086:29c0"
#define FB (16 * GV_MIB)

static const char id[] = "b0c45000-0000-4000-8000-000000000001";

static bool bind(void)
{
	return !gv_run("modprobe " DRIVER) &&
		!gv_run("gpuvirt gpu show " GPU) &&
		!gv_said_all("backend " DRIVER, NULL) &&
		!gv_run("echo " DRIVER " >" SYSFS "/driver_override") &&
		!gv_run("echo " GPU " >/sys/bus/pci/drivers_probe") &&
		!gv_run("gpuvirt gpu show " GPU) &&
		gv_said_all("driver " DRIVER, "backend " DRIVER, NULL);
}

/* Written through the file and read through a mapping, and not kept. */
static bool vram_works(void)
{
	static const char text[] = "plain";
	struct gv_vfio v;
	uint8_t *vram;
	bool good;

	gv_vfio_must_open(&v, id);
	vram = gv_map(&v, GV_BAR_VRAM, 0, FB, PROT_READ | PROT_WRITE);
	if (!vram)
		gv_ktap_bail("VRAM can't be mapped: %m");
	good = gv_write(&v, GV_BAR_VRAM, FB - 64, text, sizeof(text)) ==
			sizeof(text) &&
		!memcmp(vram + FB - 64, text, sizeof(text)) &&
		gv_all(vram, FB - 64, 0) &&
		gv_num("gpu", GPU, "backing-used") >= FB;
	gv_dev_ioctl(&v, VFIO_DEVICE_RESET, NULL);
	good = good && gv_all(vram, FB, 0);
	munmap(vram, FB);
	gv_vfio_close(&v);
	return good;
}

static bool limited(void)
{
	struct gv_vfio v;
	uint8_t byte = 1;
	bool good;

	gv_must("gpuvirt gpu set " GPU " backing-limit 4KiB");
	gv_vfio_must_open(&v, id);
	good = gv_write(&v, GV_BAR_VRAM, 0, &byte, 1) == 1 &&
		gv_write(&v, GV_BAR_VRAM, GV_PAGE, &byte, 1) < 0 &&
		gv_run("gpuvirt gpu set " GPU " backing-limit 1KiB") == 1 &&
		gv_said_all("4 KiB are backed already", NULL);
	gv_vfio_close(&v);
	return good && !gv_run("gpuvirt gpu set " GPU " backing-limit 64MiB");
}

/* What is a GPU by its id alone stays one as long as vGPUs are offered on it. */
static bool by_id(void)
{
	bool good;

	gv_must("gpuvirt id add " BRIDGE_ID);
	gv_must("echo " DRIVER " >" BRIDGE_SYSFS "/driver_override");
	gv_must("echo " BRIDGE " >/sys/bus/pci/drivers_probe");
	good = gv_run("gpuvirt id del " BRIDGE_ID) == 1 &&
		gv_said_all("a backend offers vGPUs on " BRIDGE, "gpu-busy",
			    NULL);
	gv_must("echo >" BRIDGE_SYSFS "/driver_override");
	gv_must("echo " BRIDGE " >" BRIDGE_SYSFS "/driver/unbind");
	return !gv_run("gpuvirt id del " BRIDGE_ID) && good;
}

int main(void)
{
	gv_host_begin();
	gv_ktap_plan(8);
	gv_must("modprobe -a vfio_iommu_type1 gpuvirt");
	gv_ktap_check(bind(), "it takes what is kept for it: %s", gv_said);
	gv_host_type_new(GPU, "small", "framebuffer 16MiB");
	gv_ktap_check(!access(SYSFS "/mdev_supported_types/" DRIVER "-small",
			      F_OK), "its types have its name");
	gv_host_vgpu_new(GPU, "small", id);
	gv_ktap_check(vram_works(), "VRAM is written, read and zeroed");
	gv_ktap_check(gv_num("gpu", GPU, "backing-used") == 0,
		      "what is closed is given back");
	gv_ktap_check(limited(), "the backing limit holds: %s", gv_said);
	gv_ktap_check(by_id(), "it keeps the id that it was offered for: %s",
		      gv_said);
	gv_ktap_check(gv_run("rmmod gpuvirt_plain"),
		      "its module stays while there is a vGPU");
	gv_host_vgpu_del(id);
	gv_ktap_check(!gv_run("rmmod gpuvirt_plain") &&
		      !gv_run("gpuvirt gpu show " GPU) &&
		      !gv_said_all("backend " DRIVER, NULL),
		      "and leaves without one, with the type: %s", gv_said);
	return gv_ktap_end();
}
