// SPDX-License-Identifier: GPL-2.0
/*
 * libs: libmnl
 * timeout: 600
 *
 * Each request to the netlink family, with each allocation and copy in it failing
 * in turn, see lib/fail.h. It needs a kernel that injects faults, say 6.1-debug.
 */
#include <string.h>

#include "fail.h"
#include "host.h"

#define VENDOR 0x8086
#define DEVICE 0x2918
/* The function of that id that each guest has. */
#define FUNCTION "0000:00:1f.0"

static struct gv_req req;

static void start(uint8_t cmd, uint16_t flags)
{
	gv_req_init(&req, &gv_fail_nl, cmd, flags);
}

static int dump(uint8_t cmd)
{
	start(cmd, NLM_F_DUMP);
	return gv_fail_ask(&req, true);
}

static int dump_gpus(void)
{
	return dump(GPUVIRT_CMD_GPU_GET);
}

static int dump_types(void)
{
	return dump(GPUVIRT_CMD_TYPE_GET);
}

static int dump_vgpus(void)
{
	return dump(GPUVIRT_CMD_VGPU_GET);
}

static int dump_vfs(void)
{
	return dump(GPUVIRT_CMD_VF_GET);
}

static int dump_ids(void)
{
	return dump(GPUVIRT_CMD_ID_GET);
}

static int dump_operations(void)
{
	return dump(GPUVIRT_CMD_OPERATION_GET);
}

static int dump_groups(void)
{
	return dump(GPUVIRT_CMD_GROUP_GET);
}

static int get_info(void)
{
	start(GPUVIRT_CMD_INFO_GET, 0);
	return gv_fail_ask(&req, false);
}

static int get_gpu(void)
{
	start(GPUVIRT_CMD_GPU_GET, 0);
	gv_req_str(&req, GPUVIRT_A_GPU_ADDRESS, gv_fail_gpu);
	return gv_fail_ask(&req, false);
}

static int get_type(void)
{
	start(GPUVIRT_CMD_TYPE_GET, 0);
	gv_req_str(&req, GPUVIRT_A_TYPE_GPU, gv_fail_gpu);
	gv_req_str(&req, GPUVIRT_A_TYPE_NAME, "type");
	return gv_fail_ask(&req, false);
}

static int get_vgpu(void)
{
	start(GPUVIRT_CMD_VGPU_GET, 0);
	gv_req_str(&req, GPUVIRT_A_VGPU_ID, GV_FAIL_NEIGHBOUR);
	return gv_fail_ask(&req, false);
}

static int get_vf(void)
{
	char vf[GV_GPU_MAX];

	strcpy(vf, gv_fail_gpu);
	vf[strlen(vf) - 1] = '1';
	start(GPUVIRT_CMD_VF_GET, 0);
	gv_req_str(&req, GPUVIRT_A_VF_ADDRESS, vf);
	return gv_fail_ask(&req, false);
}

static int get_group(void)
{
	start(GPUVIRT_CMD_GROUP_GET, 0);
	gv_req_str(&req, GPUVIRT_A_GROUP_ADDRESS, gv_fail_gpu);
	return gv_fail_ask(&req, false);
}

static void with_id(uint8_t cmd)
{
	start(cmd, 0);
	gv_req_u32(&req, GPUVIRT_A_ID_VENDOR, VENDOR);
	gv_req_u32(&req, GPUVIRT_A_ID_DEVICE, DEVICE);
}

static int get_id(void)
{
	with_id(GPUVIRT_CMD_ID_GET);
	return gv_fail_ask(&req, false);
}

static void note_id(const struct gv_msg *msg, void *arg)
{
	*(uint64_t *)arg = gv_u64(msg, GPUVIRT_A_OPERATION_ID);
}

static int get_operation(void)
{
	uint64_t last = 0;

	gv_nl_dump_cmd(&gv_fail_nl, GPUVIRT_CMD_OPERATION_GET, note_id, &last);
	start(GPUVIRT_CMD_OPERATION_GET, 0);
	gv_req_u64(&req, GPUVIRT_A_OPERATION_ID, last);
	return gv_fail_ask(&req, false);
}

static int type_new(void)
{
	start(GPUVIRT_CMD_TYPE_NEW, 0);
	gv_req_str(&req, GPUVIRT_A_TYPE_GPU, gv_fail_gpu);
	gv_req_str(&req, GPUVIRT_A_TYPE_NAME, "tried");
	gv_req_u64(&req, GPUVIRT_A_TYPE_FRAMEBUFFER, 64 * GV_MIB);
	return gv_fail_ask(&req, false);
}

static int type_del(void)
{
	start(GPUVIRT_CMD_TYPE_DEL, 0);
	gv_req_str(&req, GPUVIRT_A_TYPE_GPU, gv_fail_gpu);
	gv_req_str(&req, GPUVIRT_A_TYPE_NAME, "tried");
	return gv_fail_ask(&req, false);
}

static bool has_type(void)
{
	return gv_type_available(gv_fail_gpu, "tried") >= 0;
}

/* Two settings, which go together or not at all. */
static int set(uint32_t drain, uint64_t limit)
{
	start(GPUVIRT_CMD_GPU_SET, 0);
	gv_req_str(&req, GPUVIRT_A_GPU_ADDRESS, gv_fail_gpu);
	gv_req_u32(&req, GPUVIRT_A_GPU_DRAIN, drain);
	gv_req_u64(&req, GPUVIRT_A_GPU_BACKING_LIMIT, limit);
	return gv_fail_ask(&req, false);
}

static int drain(void)
{
	return set(1, 512 * GV_MIB);
}

static int undrain(void)
{
	return set(0, GV_GIB);
}

static bool drains(void)
{
	static struct gv_msg msg;

	gv_gpu_get(&gv_fail_nl, gv_fail_gpu, &msg);
	return gv_u32(&msg, GPUVIRT_A_GPU_DRAIN);
}

static int set_driver(const char *driver)
{
	start(GPUVIRT_CMD_GPU_SET, 0);
	gv_req_str(&req, GPUVIRT_A_GPU_ADDRESS, gv_fail_gpu);
	gv_req_str(&req, GPUVIRT_A_GPU_VF_DRIVER, driver);
	return gv_fail_ask(&req, false);
}

static int birth(void)
{
	return set_driver("none");
}

static int no_birth(void)
{
	return set_driver("default");
}

static bool has_birth(void)
{
	static struct gv_msg msg;

	gv_gpu_get(&gv_fail_nl, gv_fail_gpu, &msg);
	return gv_has(&msg, GPUVIRT_A_GPU_VF_DRIVER);
}

static int set_faults(void)
{
	start(GPUVIRT_CMD_SIM_SET, 0);
	gv_req_str(&req, GPUVIRT_A_SIM_GPU, gv_fail_gpu);
	gv_req_u32(&req, GPUVIRT_A_SIM_FAULTS, 0);
	return gv_fail_ask(&req, false);
}

/* The mark goes with the socket. */
static int retire(void)
{
	start(GPUVIRT_CMD_VGPU_RETIRE, 0);
	gv_req_str(&req, GPUVIRT_A_VGPU_ID, GV_FAIL_IDLE);
	return gv_fail_ask(&req, false);
}

/* Resets are counted. */
static uint32_t resets;

static uint32_t count_resets(void)
{
	static struct gv_msg msg;

	gv_vgpu_get(&gv_fail_nl, GV_FAIL_IDLE, &msg);
	return gv_u32(&msg, GPUVIRT_A_VGPU_RESETS);
}

static bool was_reset(void)
{
	return count_resets() > resets;
}

static int vgpu_reset(void)
{
	resets = count_resets();
	start(GPUVIRT_CMD_VGPU_RESET, 0);
	gv_req_str(&req, GPUVIRT_A_VGPU_ID, GV_FAIL_IDLE);
	return gv_fail_operate(&req, GPUVIRT_A_VGPU_OPERATION);
}

static int id_new(void)
{
	with_id(GPUVIRT_CMD_ID_NEW);
	return gv_fail_operate(&req, GPUVIRT_A_ID_OPERATION);
}

static int id_del(void)
{
	with_id(GPUVIRT_CMD_ID_DEL);
	return gv_fail_operate(&req, GPUVIRT_A_ID_OPERATION);
}

static bool has_id(void)
{
	static struct gv_msg msg;
	static struct gv_req ask;

	gv_req_init(&ask, &gv_fail_nl, GPUVIRT_CMD_GPU_GET, 0);
	gv_req_str(&ask, GPUVIRT_A_GPU_ADDRESS, FUNCTION);
	return !gv_nl_do(&gv_fail_nl, &ask, &msg, NULL);
}

static const struct gv_fail steps[] = {
	{ .what = "info-get", .act = get_info },
	{ .what = "gpu-get", .act = get_gpu },
	{ .what = "type-get", .act = get_type },
	{ .what = "vgpu-get", .act = get_vgpu },
	{ .what = "group-get", .act = get_group },
	{ .what = "operation-get", .act = get_operation },
	{ .what = "a dump of GPUs", .act = dump_gpus },
	{ .what = "a dump of vGPU types", .act = dump_types },
	{ .what = "a dump of vGPUs", .act = dump_vgpus },
	{ .what = "a dump of operations", .act = dump_operations },
	{ .what = "a dump of groups", .act = dump_groups },
	{ .what = "gpu-set of two settings", .act = drain,
	  .is = drains, .made = true, .undo = undrain },
	{ .what = "gpu-set of the VFs' driver", .act = birth,
	  .is = has_birth, .made = true, .undo = no_birth },
	{ .what = "type-new", .act = type_new,
	  .is = has_type, .made = true, .undo = type_del },
	{ .what = "a type for what follows", .act = type_new,
	  .is = has_type, .made = true, .once = true },
	{ .what = "type-del", .act = type_del,
	  .is = has_type, .made = false, .undo = type_new },
	{ .what = "vgpu-retire", .act = retire },
	{ .what = "vgpu-reset", .act = vgpu_reset,
	  .is = was_reset, .made = true },
	{ .what = "sim-set", .act = set_faults },
	{ .what = "id-new", .act = id_new,
	  .is = has_id, .made = true, .undo = id_del },
	{ .what = "the scan for an id", .act = id_new,
	  .is = has_id, .made = true, .undo = id_del, .workers = true },
	{ .what = "an id for what follows", .act = id_new,
	  .is = has_id, .made = true, .once = true },
	{ .what = "id-get", .act = get_id },
	{ .what = "a dump of ids", .act = dump_ids },
	{ .what = "id-del", .act = id_del,
	  .is = has_id, .made = false, .undo = id_new },
};

static const struct gv_fail vf_steps[] = {
	{ .what = "vf-get", .act = get_vf },
	{ .what = "a dump of VFs", .act = dump_vfs },
};

int main(void)
{
	gv_host_begin();
	gv_fail_begin("model A16 total-vfs 2");
	gv_ktap_plan(GV_FAILS(steps) + GV_FAILS(vf_steps) + 1);
	gv_fail_all(steps, GV_FAILS(steps));
	gv_must("modprobe vfio_pci && gpuvirt vf enable %s 2", gv_fail_gpu);
	gv_fail_all(vf_steps, GV_FAILS(vf_steps));
	gv_ktap_check(!id_del() && !type_del() && gv_fail_neighbour_end(),
		      "the neighbour lives, what was made can be removed");
	gv_fail_end();
	return gv_ktap_end();
}
