// SPDX-License-Identifier: GPL-2.0
/*
 * libs: libmnl
 * timeout: 180
 * config: VFIO_MDEV
 *
 * Dumps of GPUs, of vGPUs and of PCI functions that changes get into say so, as those
 * of types in netlink_events.c.
 */
#include <string.h>
#include <unistd.h>

#include "ktap.h"
#include "nl_cut.h"
#include "nl_gpu.h"

/* So many are not told in two datagrams. */
#define GPUS 32
#define VGPUS 64

#define FUNCTION "/sys/bus/pci/devices/0000:00:1f.3"

static struct gv_gpu gpus[GPUS];

static void no_change(struct gv_nl *nl, const char *gpu)
{
}

static void drain(struct gv_nl *nl, const char *gpu)
{
	gv_gpu_set(nl, gpu, 1);
	gv_gpu_set(nl, gpu, 0);
}

static void last_gpu_goes(struct gv_nl *nl, const char *gpu)
{
	gv_gpu_del(nl, gpus[GPUS - 1].address);
}

static void vgpu_goes(struct gv_nl *nl, const char *gpu)
{
	char uuid[GV_UUID_LEN + 1];

	gv_uuid(uuid, VGPUS - 1);
	gv_vgpu_remove(uuid);
}

static void vgpu_comes(struct gv_nl *nl, const char *gpu)
{
	char uuid[GV_UUID_LEN + 1];

	gv_uuid(uuid, VGPUS - 1);
	gv_vgpu_new(gpu, "one", uuid);
}

/* QEMU's SMBus controller, say: no GPU, so the configuration does not change. */
static void function_goes(struct gv_nl *nl, const char *gpu)
{
	if (access(FUNCTION, F_OK) || gv_file_write(FUNCTION "/remove", "1"))
		gv_ktap_bail("there is no " FUNCTION " to remove");
}

static void function_comes(struct gv_nl *nl, const char *gpu)
{
	gv_file_write("/sys/bus/pci/rescan", "1");
	if (access(FUNCTION, F_OK))
		gv_ktap_bail(FUNCTION " does not come back");
}

static const struct {
	const char *what;
	uint8_t cmd;
	gv_change_fn change;
	int intr;
} cuts[] = {
	{ "of vGPUs, without a change, is whole", GPUVIRT_CMD_VGPU_GET,
	  no_change, 0 },
	{ "of vGPUs that one has gone from says so", GPUVIRT_CMD_VGPU_GET,
	  vgpu_goes, 1 },
	{ "of vGPUs that one has come to says so", GPUVIRT_CMD_VGPU_GET,
	  vgpu_comes, 1 },
	{ "of GPUs, without a change, is whole", GPUVIRT_CMD_GPU_GET,
	  no_change, 0 },
	{ "of GPUs that another setting got into says so", GPUVIRT_CMD_GPU_GET,
	  drain, 1 },
	{ "of functions, without a change, is whole", GPUVIRT_CMD_GROUP_GET,
	  no_change, 0 },
	{ "of functions that one has gone from says so", GPUVIRT_CMD_GROUP_GET,
	  function_goes, 1 },
	{ "of functions that one has come to says so", GPUVIRT_CMD_GROUP_GET,
	  function_comes, 1 },
	{ "of GPUs that one has gone from says so", GPUVIRT_CMD_GPU_GET,
	  last_gpu_goes, 1 },
};

#define CUTS (sizeof(cuts) / sizeof(cuts[0]))

int main(void)
{
	const struct gv_sim sim = { .vram = 256 * GV_MIB, .max_vgpus = VGPUS };
	const char *first = gpus[0].address;
	char uuid[GV_UUID_LEN + 1];
	unsigned int i;
	struct gv_nl nl;

	gv_ktap_plan(CUTS);
	gv_nl_open(&nl);
	for (i = 0; i < GPUS; i++)
		gv_gpu_new(&nl, &sim, &gpus[i]);
	if (gv_type_new(&nl, first, "one", 4 * GV_MIB, 0))
		gv_ktap_bail("no type");
	for (i = 0; i < VGPUS; i++) {
		gv_uuid(uuid, i);
		if (gv_vgpu_new(first, "one", uuid))
			gv_ktap_bail("no vGPU");
	}
	gv_settle(&nl);
	for (i = 0; i < CUTS; i++)
		gv_ktap_check(gv_dump_cut(&nl, cuts[i].cmd, first,
					  cuts[i].change) == cuts[i].intr,
			      "a dump %s", cuts[i].what);
	return gv_ktap_end();
}
