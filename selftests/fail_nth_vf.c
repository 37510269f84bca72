// SPDX-License-Identifier: GPL-2.0
/*
 * libs: libmnl
 * timeout: 600
 *
 * VFs are enabled and born into vfio-pci, reset and disabled with allocations
 * failing: in what starts such an operation each in turn; in what carries it out
 * only those of our own functions, as the PCI core does not survive it where it
 * adds a device. See lib/fail.h. It needs a kernel that injects faults where it is
 * told to, say 6.1-cover.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fail.h"
#include "host.h"

#define VFS 2

static struct gv_req req;

static void start(uint8_t cmd)
{
	gv_req_init(&req, &gv_fail_nl, cmd, 0);
}

static int vf_enable(void)
{
	start(GPUVIRT_CMD_VF_ENABLE);
	gv_req_str(&req, GPUVIRT_A_VF_GPU, gv_fail_gpu);
	gv_req_u32(&req, GPUVIRT_A_VF_COUNT, VFS);
	return gv_fail_operate(&req, GPUVIRT_A_VF_OPERATION);
}

static int vf_disable(void)
{
	start(GPUVIRT_CMD_VF_DISABLE);
	gv_req_str(&req, GPUVIRT_A_VF_GPU, gv_fail_gpu);
	return gv_fail_operate(&req, GPUVIRT_A_VF_OPERATION);
}

static int vf_reset(void)
{
	char vf[GV_GPU_MAX];

	strcpy(vf, gv_fail_gpu);
	vf[strlen(vf) - 1] = '1';
	start(GPUVIRT_CMD_VF_RESET);
	gv_req_str(&req, GPUVIRT_A_VF_ADDRESS, vf);
	return gv_fail_operate(&req, GPUVIRT_A_VF_OPERATION);
}

static int vf_reset_all(void)
{
	start(GPUVIRT_CMD_VF_RESET);
	gv_req_str(&req, GPUVIRT_A_VF_GPU, gv_fail_gpu);
	return gv_fail_operate(&req, GPUVIRT_A_VF_OPERATION);
}

static void count(const struct gv_msg *msg, void *arg)
{
	++*(unsigned int *)arg;
}

/* All of them are there, and we know them all. */
static bool has_vfs(void)
{
	static struct gv_msg msg;
	unsigned int vfs = 0;

	gv_gpu_get(&gv_fail_nl, gv_fail_gpu, &msg);
	gv_nl_dump_cmd(&gv_fail_nl, GPUVIRT_CMD_VF_GET, count, &vfs);
	if (vfs != gv_u32(&msg, GPUVIRT_A_GPU_NUM_VFS))
		gv_ktap_note("%u VFs, and %u are known",
			     gv_u32(&msg, GPUVIRT_A_GPU_NUM_VFS), vfs);
	return vfs == VFS && gv_u32(&msg, GPUVIRT_A_GPU_NUM_VFS) == VFS;
}

static int vgpu_reset(void)
{
	start(GPUVIRT_CMD_VGPU_RESET);
	gv_req_str(&req, GPUVIRT_A_VGPU_ID, GV_FAIL_IDLE);
	return gv_fail_operate(&req, GPUVIRT_A_VGPU_OPERATION);
}

static const char * const in_vf_enable[] = {
	"gv_operation_alloc", "gv_vf_add", "gv_event_start", NULL,
};

static const char * const in_vf_reset_all[] = {
	"gv_operation_alloc", "gv_vfs_reset_run", "gv_event_start", NULL,
};

static const char * const in_vf_disable[] = {
	"gv_operation_alloc", "gv_claim_vf", "gv_event_start", NULL,
};

static const struct gv_fail steps[] = {
	{ .what = "a vGPU is reset", .act = vgpu_reset, .workers = true },
	{ .what = "VFs are to be enabled", .act = vf_enable,
	  .is = has_vfs, .made = true, .undo = vf_disable },
	{ .what = "VFs are enabled", .act = vf_enable,
	  .is = has_vfs, .made = true, .undo = vf_disable,
	  .in = in_vf_enable },
	{ .what = "VFs for what follows", .act = vf_enable,
	  .is = has_vfs, .made = true, .once = true },
	{ .what = "a VF is to be reset", .act = vf_reset },
	{ .what = "a VF is reset", .act = vf_reset, .workers = true },
	{ .what = "all VFs are to be reset", .act = vf_reset_all },
	{ .what = "all VFs are reset", .act = vf_reset_all,
	  .in = in_vf_reset_all },
	{ .what = "VFs are to be disabled", .act = vf_disable,
	  .is = has_vfs, .made = false, .undo = vf_enable },
	{ .what = "VFs are disabled", .act = vf_disable,
	  .is = has_vfs, .made = false, .undo = vf_enable,
	  .in = in_vf_disable },
};

static unsigned int known(void)
{
	unsigned int vfs = 0;

	gv_nl_dump_cmd(&gv_fail_nl, GPUVIRT_CMD_VF_GET, count, &vfs);
	return vfs;
}

/* VFs that we do not know, nobody could protect: they are not disabled. */
static void no_memory_at_all(void)
{
	static struct gv_msg msg;
	int enabled, disabled;

	if (!gv_fault_has_filter()) {
		gv_ktap_skip("no memory for any VF",
			     "this kernel can't tell ours from others");
		return;
	}
	gv_fault_in_keep_on("gv_vf_add");
	enabled = vf_enable();
	disabled = vf_disable();
	gv_fault_in_off();
	gv_gpu_get(&gv_fail_nl, gv_fail_gpu, &msg);
	gv_ktap_note("enabled %d, disabled %d, known %u", enabled, disabled,
		     known());
	gv_ktap_check(!enabled && disabled == ENOMEM && !known() &&
		      gv_u32(&msg, GPUVIRT_A_GPU_NUM_VFS) == VFS &&
		      !vf_disable() && !has_vfs(),
		      "no memory for any VF: they stay until there is");
}

static bool reads(const char *file, const char *text)
{
	return !gv_run("[ \"$(cat %s)\" = \"%s\" ]", file, text);
}

/*
 * VFs that were to go stay, and drivers are kept from them for want of memory. What
 * was set for each is known when there is memory again, and an operation ends.
 */
static void no_memory_to_stay(void)
{
	char vf[GV_GPU_MAX], override[96], driver[96];
	int first, second;
	bool kept;

	if (!gv_fault_has_filter()) {
		gv_ktap_skip("no memory to give VFs back",
			     "this kernel can't tell ours from others");
		return;
	}
	strcpy(vf, gv_fail_gpu);
	vf[strlen(vf) - 1] = '1';
	snprintf(override, sizeof(override),
		 "/sys/bus/pci/devices/%s/driver_override", vf);
	snprintf(driver, sizeof(driver), "/sys/bus/pci/devices/%s/driver", vf);
	vf_enable();
	gv_must("gpuvirt sim set %s faults vf-disable", gv_fail_gpu);
	gv_fault_in_keep_on("gv_sriov_unpark");
	first = vf_disable();
	gv_fault_in_off();
	kept = reads(override, "none") && access(driver, F_OK);
	second = vf_disable();
	gv_ktap_note("first %d, second %d, %s", first, second,
		     kept ? "kept from" : "not kept from");
	gv_ktap_check(first == EIO && kept && second == EIO &&
		      reads(override, "vfio-pci") && !access(driver, F_OK),
		      "no memory to give VFs back: they are when there is");
	gv_must("gpuvirt sim set %s faults none", gv_fail_gpu);
	vf_disable();
}

int main(void)
{
	gv_host_begin();
	gv_must("modprobe vfio_pci");
	gv_fail_begin("model A16 total-vfs 2");
	gv_ktap_plan(GV_FAILS(steps) + 3);
	gv_fail_all(steps, GV_FAILS(steps));
	vf_disable();
	no_memory_at_all();
	no_memory_to_stay();
	gv_ktap_check(!vf_disable() && gv_fail_neighbour_end(),
		      "the neighbour lives, what was made can be removed");
	gv_fail_end();
	return gv_ktap_end();
}
