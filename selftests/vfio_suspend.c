// SPDX-License-Identifier: GPL-2.0
/*
 * timeout: 120
 * config: VFIO_MDEV
 *
 * The host does not suspend while a vGPU is open, whose guest would lose what it
 * has in VRAM, and does when none is.
 */
#include <errno.h>
#include <string.h>

#include "host.h"
#include "ktap.h"
#include "vfio.h"

#define ID "5a5e0000-0000-4000-8000-000000000001"
#define STATE "/sys/power/state"
#define TEST "/sys/power/pm_test"
#define DELAY "/sys/module/suspend/parameters/pm_test_delay"

/* Down to the freezing of processes, for a second, and back. */
static int suspend(void)
{
	int err = gv_host_write(TEST, "freezer");

	return err ? err : gv_host_write(STATE, "freeze");
}

int main(void)
{
	char gpu[GV_GPU_MAX];
	struct gv_vfio vgpu;
	uint32_t word = 0x600df00d;

	gv_host_begin();
	gv_ktap_plan(5);
	gv_host_sim_add(gpu, "vram 64MiB");
	gv_host_type_new(gpu, "t", "framebuffer 32MiB");
	gv_host_vgpu_new(gpu, "t", ID);
	gv_host_write(DELAY, "1");

	gv_ktap_check(!suspend(), "with a vGPU that is not open it suspends");
	gv_vfio_must_open(&vgpu, ID);
	gv_write(&vgpu, GV_BAR_VRAM, 0, &word, sizeof(word));
	gv_ktap_check(suspend() == -EBUSY, "while it is open it does not");
	gv_ktap_check(!gv_run("dmesg | tail -n 40") &&
		      gv_said_all("gpuvirt: suspend refused", "is open in process",
				  NULL),
		      "the log says why, and whose it is");
	word = 0;
	gv_read(&vgpu, GV_BAR_VRAM, 0, &word, sizeof(word));
	gv_ktap_check(word == 0x600df00d, "the vGPU is as it was");
	gv_vfio_close(&vgpu);
	gv_ktap_check(!suspend(), "when it is closed it suspends again");
	gv_host_write(TEST, "none");
	return gv_ktap_end();
}
