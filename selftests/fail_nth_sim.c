// SPDX-License-Identifier: GPL-2.0
/*
 * libs: libmnl
 * timeout: 600
 *
 * Simulated GPUs come and go with allocations failing, as in fail_nth_vf.c. There is
 * no other with VFs, so the software IOMMU comes and goes with each.
 */
#include <string.h>

#include "fail.h"
#include "host.h"

#define VFS 2

static struct gv_req req;
static char sim[GV_GPU_MAX];

static void start(uint8_t cmd)
{
	gv_req_init(&req, &gv_fail_nl, cmd, 0);
}

static int sim_new(void)
{
	int err;

	start(GPUVIRT_CMD_SIM_NEW);
	gv_req_str(&req, GPUVIRT_A_SIM_MODEL, "T4");
	gv_req_u32(&req, GPUVIRT_A_SIM_TOTAL_VFS, VFS);
	gv_req_u32(&req, GPUVIRT_A_SIM_ROOT_PORT, GPUVIRT_ROOT_PORT_ACS);
	sim[0] = '\0';
	err = gv_fail_operate(&req, GPUVIRT_A_SIM_OPERATION);
	if (!err)
		snprintf(sim, sizeof(sim), "%.16s", gv_fail_subject);
	return err;
}

/* Also if only the answer was lost. */
static void find(const struct gv_msg *msg, void *arg)
{
	if (!strcmp(gv_str(msg, GPUVIRT_A_GPU_MODEL), "T4"))
		snprintf(sim, sizeof(sim), "%.16s",
			 gv_str(msg, GPUVIRT_A_GPU_ADDRESS));
}

static bool has_sim(void)
{
	sim[0] = '\0';
	gv_nl_dump_cmd(&gv_fail_nl, GPUVIRT_CMD_GPU_GET, find, NULL);
	return sim[0];
}

static int sim_del(void)
{
	start(GPUVIRT_CMD_SIM_DEL);
	gv_req_str(&req, GPUVIRT_A_SIM_GPU, sim);
	return gv_fail_operate(&req, GPUVIRT_A_SIM_OPERATION);
}

static const char * const in_sim_new[] = {
	"gv_operation_alloc", "gv_sim_functions_init",
	"gv_sim_msi_init", "gv_sim_iommu_join", "gv_sim_bus_new", "gv_gpu_add",
	"gv_backend_register", "gv_mdev_register", "gv_event_start", NULL,
};

static const char * const in_sim_del[] = {
	"gv_operation_alloc", "gv_event_start", NULL,
};

static const struct gv_fail steps[] = {
	{ .what = "a simulated GPU is to come", .act = sim_new,
	  .is = has_sim, .made = true, .undo = sim_del },
	{ .what = "a simulated GPU comes", .act = sim_new,
	  .is = has_sim, .made = true, .undo = sim_del, .in = in_sim_new },
	{ .what = "a simulated GPU for what follows", .act = sim_new,
	  .is = has_sim, .made = true, .once = true },
	{ .what = "a simulated GPU is to go", .act = sim_del,
	  .is = has_sim, .made = false, .undo = sim_new },
	{ .what = "a simulated GPU goes", .act = sim_del,
	  .is = has_sim, .made = false, .undo = sim_new, .in = in_sim_del },
};

int main(void)
{
	gv_host_begin();
	gv_fail_begin("model A16 total-vfs 0");
	gv_ktap_plan(GV_FAILS(steps) + 1);
	gv_fail_all(steps, GV_FAILS(steps));
	gv_ktap_check((!has_sim() || !sim_del()) && gv_fail_neighbour_end(),
		      "the neighbour lives, what was made can be removed");
	gv_fail_end();
	return gv_ktap_end();
}
