// SPDX-License-Identifier: GPL-2.0
/*
 * timeout: 200
 *
 * The simulated GPU itself in the hands of vfio-pci: it is not removed while it
 * is open, and can't be opened any more once its removal has begun.
 */
#include <pthread.h>
#include <stdatomic.h>

#include "ktap.h"
#include "trace.h"
#include "vf.h"

#define DEVICES "/sys/bus/pci/devices"
#define ROUNDS 12

static char gpu[GV_GPU_MAX];
static atomic_bool stop;
static atomic_uint opened;

/* From its own driver to vfio-pci. */
static void give_to_vfio(void)
{
	gv_host_sim_add(gpu, "vram 64MiB total-vfs 2");
	gv_must("modprobe vfio-pci");
	gv_must("echo vfio-pci >" DEVICES "/%s/driver_override", gpu);
	gv_must("echo %s >" DEVICES "/%s/driver/unbind", gpu, gpu);
	gv_must("echo %s >/sys/bus/pci/drivers_probe", gpu);
	gv_must("readlink " DEVICES "/%s/driver | grep vfio-pci", gpu);
}

static void check_open(void)
{
	struct gv_vfio pf;

	give_to_vfio();
	gv_vfio_must_open(&pf, gpu);
	gv_ktap_check(gv_run("gpuvirt sim del %s", gpu) == 1 &&
		      gv_said_all(gpu, "is in use", "gpu-busy", NULL) &&
		      gv_dev_ioctl(&pf, VFIO_DEVICE_RESET, NULL) == 0,
		      "a GPU that is open stays");
	gv_vfio_close(&pf);
}

/* Between the end of the claim and that of the driver it could be opened. */
static void check_order(void)
{
	static const char *const calls[] = {
		"driver_leaves vfio_pci_core_unregister_device",
		"claim_ends iommu_group_release_dma_owner", NULL,
	};
	static const char what[] = "nobody can open it until its driver has left";
	bool traced = gv_trace_begin(0, calls);

	gv_must("gpuvirt sim del %s", gpu);
	if (!traced) {
		gv_ktap_skip(what, "this kernel has no kprobe events");
		return;
	}
	gv_trace_end();
	gv_ktap_check(gv_said_all("driver_leaves:", "claim_ends:", NULL),
		      "%s", what);
}

static void *open_always(void *arg)
{
	struct gv_vfio pf;

	while (!stop) {
		if (!gv_vfio_open(&pf, gpu)) {
			gv_sleep(opened++ * 53 % 100);
			gv_vfio_close(&pf);
		}
		/* Now and then nobody has it open. */
		gv_sleep(opened * 37 % 60);
	}
	return arg;
}

/* It is removed between two users, or the tool is told that there is one. */
static void check_storm(void)
{
	unsigned int i, refusals = 0;
	pthread_t thread;
	bool good = true;

	for (i = 0; i < ROUNDS && good; i++) {
		give_to_vfio();
		stop = false;
		if (pthread_create(&thread, NULL, open_always, NULL))
			gv_ktap_bail("no thread");
		while (gv_run("gpuvirt sim del %s", gpu) && good) {
			good = gv_said_all("in use", NULL);
			refusals++;
		}
		stop = true;
		pthread_join(thread, NULL);
	}
	gv_ktap_note("%u removals, %u refusals, opened %u times", i, refusals,
		     opened);
	gv_ktap_check(good && opened && refusals,
		      "users that come at any time don't keep it for ever");
}

int main(void)
{
	gv_host_begin();
	gv_ktap_plan(3);
	check_open();
	check_order();
	check_storm();
	return gv_ktap_end();
}
