// SPDX-License-Identifier: GPL-2.0
/*
 * timeout: 120
 *
 * VFs of a simulated GPU below a root port, in vfio-pci: where ACS sets them apart
 * each can be opened by itself. Without, they share a group with PF and port, which
 * the host drives, and VFIO opens none.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ktap.h"
#include "vf.h"

#define VFS 3

static char gpu[GV_GPU_MAX];

/* A bus of its own for the GPU, whose VFs are functions 1 and up on it. */
static void below(const char *acs)
{
	char args[64];

	snprintf(args, sizeof(args), "vram 64MiB total-vfs %d root-port %s",
		 VFS, acs);
	gv_host_sim_add(gpu, args);
	gv_must("modprobe vfio_pci && gpuvirt vf enable %s %d driver vfio-pci",
		gpu, VFS);
}

static int open_one(unsigned int index)
{
	char name[GV_GPU_MAX];
	struct gv_vfio vf;
	int ret;

	snprintf(name, sizeof(name), "%.*s.%u", (int)strlen(gpu) - 2, gpu,
		 index + 1);
	if (gv_run("[ -e /sys/bus/pci/drivers/vfio-pci/%s ]", name))
		gv_ktap_bail("%s is not in vfio-pci", name);
	ret = gv_vfio_open(&vf, name);
	if (!ret)
		gv_vfio_close(&vf);
	gv_ktap_note("%s: %s", name, ret ? strerror(-ret) : "open");
	return ret;
}

static bool each_is(int err)
{
	bool good = true;
	unsigned int i;

	for (i = 0; i < VFS; i++)
		good &= open_one(i) == err;
	return good;
}

static bool gone(void)
{
	return !gv_run("gpuvirt vf disable %s && gpuvirt sim del %s", gpu, gpu);
}

int main(void)
{
	gv_host_begin();
	gv_ktap_plan(6);
	below("acs");
	gv_ktap_check(each_is(0), "with ACS each VF can be opened");
	gv_ktap_check(gone(), "they go");
	below("no-acs");
	gv_ktap_check(each_is(-EPERM), "without ACS none can");
	gv_ktap_check(gone(), "they go, too");
	below("acs-off");
	gv_ktap_check(each_is(-EPERM), "with ACS turned off neither");
	gv_ktap_check(gone(), "and so do these");
	return gv_ktap_end();
}
