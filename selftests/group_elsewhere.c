// SPDX-License-Identifier: GPL-2.0
/*
 * libs: libmnl
 * needs: own-guest
 * timeout: 120
 * qemu: -device pcie-root-port,id=a,chassis=1,slot=1,addr=2.0
 * qemu: -device bochs-display,bus=a
 *
 * Groups and isolation of hardware that QEMU does not emulate, as a driver for tests
 * makes it look, kmod/tests/elsewhere.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ktap.h"
#include "nl_gpu.h"
#include "vf.h"

#define DEVICES "/sys/bus/pci/devices"
#define DRIVER "gpuvirt-elsewhere"
/* What the driver makes of the control register of a port. */
#define CONTROL 0x1d
#define PORT "0000:00:02.0"
#define GPU "0000:01:00.0"
#define NONE (~0U)

/* The driver that a function has gives way to ours, or the other way round. */
static void take(const char *address)
{
	gv_must("cd " DEVICES "/%s; [ ! -e driver ] || echo %s >driver/unbind",
		address, address);
	gv_must("echo " DRIVER " >" DEVICES "/%s/driver_override", address);
	gv_must("echo %s >/sys/bus/pci/drivers_probe", address);
}

static void give(const char *address)
{
	gv_must("echo %s >/sys/bus/pci/drivers/" DRIVER "/unbind", address);
	gv_must("echo >" DEVICES "/%s/driver_override", address);
}

/* What the bus says now, of the group that a function is in. */
static unsigned int group_there(const char *address)
{
	char path[80], link[128] = "";

	snprintf(path, sizeof(path), DEVICES "/%s/iommu_group", address);
	if (readlink(path, link, sizeof(link) - 1) < 0)
		return NONE;
	return strtoul(strrchr(link, '/') + 1, NULL, 10);
}

/* What we say. */
static unsigned int group_told(const char *object, const char *address)
{
	return gv_num(object, address, "iommu-group");
}

static bool gpu_grouped(void)
{
	bool good = group_told("gpu", GPU) == NONE && group_there(GPU) == NONE;

	take(GPU);
	good &= group_there(GPU) != NONE &&
		group_told("gpu", GPU) == group_there(GPU) &&
		!gv_run("gpuvirt gpu show " GPU) &&
		gv_said_all("passthrough", NULL);
	give(GPU);
	return good;
}

static bool vf_grouped(void)
{
	char gpu[GV_GPU_MAX], vf[GV_GPU_MAX];
	bool good;

	gv_host_sim_add(gpu, "total-vfs 2");
	/* Their IOMMU has nothing of the second. */
	gv_must("gpuvirt sim set %s faults vf-probe", gpu);
	gv_must("gpuvirt vf enable %s 2 driver none", gpu);
	gv_vf_name(vf, gpu, 1);
	good = group_told("vf", vf) == NONE && group_there(vf) == NONE;
	take(vf);
	good &= group_there(vf) != NONE &&
		group_told("vf", vf) == group_there(vf);
	give(vf);
	gv_must("gpuvirt vf disable %s && gpuvirt sim del %s", gpu, gpu);
	return good;
}

/* The control bits of a port, as everybody is told them. */
static unsigned int control_told(struct gv_nl *nl)
{
	static struct gv_msg msg;
	struct gv_req req;

	gv_req_init(&req, nl, GPUVIRT_CMD_GROUP_GET, 0);
	gv_req_str(&req, GPUVIRT_A_GROUP_ADDRESS, PORT);
	if (gv_nl_do(nl, &req, &msg, NULL) ||
	    !gv_has(&msg, GPUVIRT_A_GROUP_ACS_VECTOR))
		return NONE;
	return gv_u32(&msg, GPUVIRT_A_GROUP_ACS_VECTOR);
}

static bool port_controlled(void)
{
	struct gv_nl nl;
	bool good;

	gv_nl_open(&nl);
	good = control_told(&nl) == 0;
	take(PORT);
	good &= control_told(&nl) == CONTROL;
	give(PORT);
	good &= control_told(&nl) == 0;
	gv_nl_close(&nl);
	return good;
}

int main(void)
{
	gv_host_begin();
	gv_ktap_plan(3);
	gv_must("modprobe " DRIVER " && modprobe gpuvirt");
	gv_ktap_check(gpu_grouped(),
		      "the group of a GPU that comes with its driver");
	gv_ktap_check(vf_grouped(), "that of a VF");
	gv_ktap_check(port_controlled(),
		      "the control bits of ACS in root ports of Intel");
	gv_must("rmmod gpuvirt_elsewhere");
	return gv_ktap_end();
}
