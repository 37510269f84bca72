// SPDX-License-Identifier: GPL-2.0
/*
 * libs: libmnl
 * timeout: 120
 *
 * Requests about VFs, ids and functions that must be refused.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ktap.h"
#include "nl_gpu.h"
#include "nl_try.h"

/* GV_IDS_MAX of the module. */
#define IDS 64
/* A vendor that PCI has none of. */
#define NOBODY 0xfff0

#define GET GPUVIRT_CMD_VF_GET
#define ENABLE GPUVIRT_CMD_VF_ENABLE
#define DISABLE GPUVIRT_CMD_VF_DISABLE
#define RESET GPUVIRT_CMD_VF_RESET
#define SET GPUVIRT_CMD_GPU_SET
#define ID_GET GPUVIRT_CMD_ID_GET
#define ID_NEW GPUVIRT_CMD_ID_NEW
#define ID_DEL GPUVIRT_CMD_ID_DEL
#define GROUP GPUVIRT_CMD_GROUP_GET
#define ADDRESS GPUVIRT_A_VF_ADDRESS
#define GPU GPUVIRT_A_VF_GPU
#define COUNT GPUVIRT_A_VF_COUNT
#define DRIVER GPUVIRT_A_VF_DRIVER
#define VENDOR GPUVIRT_A_ID_VENDOR
#define DEVICE GPUVIRT_A_ID_DEVICE
#define TEXT63 "d12345678901234567890123456789012345678901234567890123456789012"

static const struct gv_try tries[] = {
	{ "vf-get: no address", GET, { }, EINVAL,
	  GPUVIRT_REASON_MISSING_ATTRIBUTE, "PCI address of the VF",
	  GV_MISSING(ADDRESS) },
	{ "vf-get: no such VF", GET, { S(ADDRESS, "0000:ff:00.1") }, ENODEV,
	  GPUVIRT_REASON_VF_UNKNOWN, "0000:ff:00.1", ADDRESS },
	{ "vf-get: a GPU", GET, { S(ADDRESS, GV_GPU) }, ENODEV,
	  GPUVIRT_REASON_VF_UNKNOWN, "no VF of a GPU", ADDRESS },
	{ "vf-reset: no address", RESET, { }, EINVAL,
	  GPUVIRT_REASON_MISSING_ATTRIBUTE, "PCI address of the VF",
	  GV_MISSING(ADDRESS) },
	{ "vf-reset: no such VF", RESET, { S(ADDRESS, "1:2:3.4") }, ENODEV,
	  GPUVIRT_REASON_VF_UNKNOWN, "1:2:3.4", ADDRESS },
	{ "vf-reset: all VFs of no GPU", RESET, { S(GPU, "1:2:3.4") }, ENODEV,
	  GPUVIRT_REASON_GPU_UNKNOWN, "1:2:3.4", GPU },
	{ "vf-reset: a VF and all VFs", RESET,
	  { S(GPU, GV_GPU), S(ADDRESS, "1:2:3.4") }, EINVAL,
	  GPUVIRT_REASON_BAD_VALUE, "not both", GPU },
	{ "vf-reset: all VFs with one serial", RESET,
	  { S(GPU, GV_GPU), L(GPUVIRT_A_VF_SERIAL, 1) }, EINVAL,
	  GPUVIRT_REASON_BAD_VALUE, "not both", GPU },

	{ "vf-enable: no count", ENABLE, { S(GPU, GV_GPU) }, EINVAL,
	  GPUVIRT_REASON_MISSING_ATTRIBUTE, "number of VFs",
	  GV_MISSING(COUNT) },
	{ "vf-enable: no address", ENABLE, { U(COUNT, 1) }, EINVAL,
	  GPUVIRT_REASON_MISSING_ATTRIBUTE, "PCI address",
	  GV_MISSING(GPU) },
	{ "vf-enable: no such GPU", ENABLE,
	  { S(GPU, "0000:ff:00.0"), U(COUNT, 1) }, ENODEV,
	  GPUVIRT_REASON_GPU_UNKNOWN, "0000:ff:00.0", GPU },
	{ "vf-enable: no VFs", ENABLE, { S(GPU, GV_GPU), U(COUNT, 0) }, EINVAL,
	  GPUVIRT_REASON_BAD_VALUE, "count is 0", COUNT },
	{ "vf-enable: one VF too many", ENABLE,
	  { S(GPU, GV_GPU), U(COUNT, 17) }, ERANGE, GPUVIRT_REASON_BAD_VALUE,
	  "count is 17, the GPU can have 16", COUNT },
	{ "vf-enable: most VFs of all", ENABLE,
	  { S(GPU, GV_GPU), U(COUNT, ~0U) }, ERANGE, GPUVIRT_REASON_BAD_VALUE,
	  "count is 4294967295", COUNT },
	{ "vf-enable: resize 2", ENABLE,
	  { S(GPU, GV_GPU), U(COUNT, 1), U(GPUVIRT_A_VF_RESIZE, 2) }, EINVAL,
	  GPUVIRT_REASON_BAD_VALUE, "resize is 2", GPUVIRT_A_VF_RESIZE },
	{ "vf-enable: an empty driver", ENABLE,
	  { S(GPU, GV_GPU), U(COUNT, 1), S(DRIVER, "") }, EINVAL,
	  GPUVIRT_REASON_NAME_INVALID, "is empty", DRIVER },
	{ "vf-enable: a driver of 64 bytes", ENABLE,
	  { S(GPU, GV_GPU), U(COUNT, 1), S(DRIVER, TEXT63 "x") }, EINVAL,
	  GPUVIRT_REASON_NAME_INVALID, "64 bytes long", DRIVER },
	{ "vf-enable: a driver with a slash", ENABLE,
	  { S(GPU, GV_GPU), U(COUNT, 1), S(DRIVER, "../a") }, EINVAL,
	  GPUVIRT_REASON_NAME_INVALID, "byte 0x2f at 2", DRIVER },
	{ "vf-enable: a driver that is no ASCII", ENABLE,
	  { S(GPU, GV_GPU), U(COUNT, 1), S(DRIVER, "vfio\xe9") }, EINVAL,
	  GPUVIRT_REASON_NAME_INVALID, "byte 0xe9 at 4", DRIVER },
	{ "vf-enable: an old generation", ENABLE,
	  { S(GPU, GV_GPU), U(COUNT, 1), L(GPUVIRT_A_VF_GENERATION, 1) },
	  ESTALE, GPUVIRT_REASON_STALE_GENERATION, "generation",
	  GPUVIRT_A_VF_GENERATION },
	{ "vf-disable: no address", DISABLE, { }, EINVAL,
	  GPUVIRT_REASON_MISSING_ATTRIBUTE, "PCI address", GV_MISSING(GPU) },
	{ "vf-disable: an old generation", DISABLE,
	  { S(GPU, GV_GPU), L(GPUVIRT_A_VF_GENERATION, 1) }, ESTALE,
	  GPUVIRT_REASON_STALE_GENERATION, "generation",
	  GPUVIRT_A_VF_GENERATION },
	{ "gpu-set: an empty driver of VFs", SET,
	  { S(GPUVIRT_A_GPU_ADDRESS, GV_GPU), S(GPUVIRT_A_GPU_VF_DRIVER, "") },
	  EINVAL, GPUVIRT_REASON_NAME_INVALID, "is empty",
	  GPUVIRT_A_GPU_VF_DRIVER },
	{ "gpu-set: the driver of VFs, and another setting", SET,
	  { S(GPUVIRT_A_GPU_ADDRESS, GV_GPU),
	    S(GPUVIRT_A_GPU_VF_DRIVER, "none"), U(GPUVIRT_A_GPU_DRAIN, 1) },
	  EINVAL, GPUVIRT_REASON_BAD_VALUE, "together with other settings",
	  GPUVIRT_A_GPU_VF_DRIVER },
	{ "gpu-set: the driver of VFs, an old generation", SET,
	  { S(GPUVIRT_A_GPU_ADDRESS, GV_GPU),
	    S(GPUVIRT_A_GPU_VF_DRIVER, "none"),
	    L(GPUVIRT_A_GPU_GENERATION, 1) }, ESTALE,
	  GPUVIRT_REASON_STALE_GENERATION, "generation",
	  GPUVIRT_A_GPU_GENERATION },

	{ "id-get: no vendor", ID_GET, { U(DEVICE, 1) }, EINVAL,
	  GPUVIRT_REASON_MISSING_ATTRIBUTE, "vendor id", GV_MISSING(VENDOR) },
	{ "id-get: an unknown id", ID_GET, { U(VENDOR, NOBODY), U(DEVICE, 1) },
	  ENOENT, GPUVIRT_REASON_ID_UNKNOWN, "fff0:0001 was not added",
	  VENDOR },
	{ "id-new: no device", ID_NEW, { U(VENDOR, NOBODY) }, EINVAL,
	  GPUVIRT_REASON_MISSING_ATTRIBUTE, "device id", GV_MISSING(DEVICE) },
	{ "id-new: vendor 0xffff", ID_NEW, { U(VENDOR, 0xffff), U(DEVICE, 1) },
	  ERANGE, GPUVIRT_REASON_BAD_VALUE, "vendor id 0xffff", VENDOR },
	{ "id-new: device 0x10000", ID_NEW,
	  { U(VENDOR, NOBODY), U(DEVICE, 0x10000) }, ERANGE,
	  GPUVIRT_REASON_BAD_VALUE, "device id 0x10000", DEVICE },
	{ "id-del: an unknown id", ID_DEL, { U(VENDOR, NOBODY), U(DEVICE, 1) },
	  ENOENT, GPUVIRT_REASON_ID_UNKNOWN, "fff0:0001 was not added",
	  VENDOR },

	{ "group-get: no address", GROUP, { }, EINVAL,
	  GPUVIRT_REASON_MISSING_ATTRIBUTE, "PCI address",
	  GV_MISSING(GPUVIRT_A_GROUP_ADDRESS) },
	{ "group-get: no such function", GROUP,
	  { S(GPUVIRT_A_GROUP_ADDRESS, "0000:ff:1f.7") }, ENODEV,
	  GPUVIRT_REASON_FUNCTION_UNKNOWN, "0000:ff:1f.7",
	  GPUVIRT_A_GROUP_ADDRESS },
	{ "group-get: a whole group", GROUP,
	  { U(GPUVIRT_A_GROUP_GROUP, 0) }, EINVAL, GPUVIRT_REASON_BAD_VALUE,
	  "it is for a dump", GPUVIRT_A_GROUP_GROUP },
};

static const struct gv_try full[] = {
	{ "id-new: an id that is there", ID_NEW,
	  { U(VENDOR, NOBODY), U(DEVICE, 0) }, EEXIST,
	  GPUVIRT_REASON_ID_EXISTS, "fff0:0000 was added already", VENDOR },
	{ "id-new: one more than there can be", ID_NEW,
	  { U(VENDOR, NOBODY), U(DEVICE, IDS) }, ENOSPC,
	  GPUVIRT_REASON_ID_LIMIT, "64 ids were added", 0 },
};

static int id_op(struct gv_nl *nl, uint8_t cmd, uint32_t device)
{
	static struct gv_msg msg;
	struct gv_req req;
	int err;

	gv_req_init(&req, nl, cmd, 0);
	gv_req_u32(&req, VENDOR, NOBODY);
	gv_req_u32(&req, DEVICE, device);
	err = gv_nl_do(nl, &req, &msg, NULL);
	if (err)
		return err;
	return gv_operation_wait(nl, gv_u64(&msg, GPUVIRT_A_ID_OPERATION),
				 &msg);
}

static int ids(struct gv_nl *nl, uint8_t cmd)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < IDS && !err; i++)
		err = id_op(nl, cmd, i);
	return err;
}

static void count_entry(const struct gv_msg *msg, void *count)
{
	++*(unsigned int *)count;
}

/* How many ids a dump has that is told to have these only; 0 is any. */
static unsigned int ids_of(struct gv_nl *nl, uint32_t vendor, uint32_t device)
{
	unsigned int count = 0;
	struct gv_req req;

	gv_req_init(&req, nl, ID_GET, NLM_F_DUMP);
	if (vendor)
		gv_req_u32(&req, VENDOR, vendor);
	if (device)
		gv_req_u32(&req, DEVICE, device);
	gv_nl_dump(nl, &req, count_entry, &count);
	return count;
}

struct vf {
	uint64_t serial;
	char address[GPUVIRT_ADDRESS_MAX + 1];
};

static void note_vf(const struct gv_msg *msg, void *arg)
{
	struct vf *vf = arg;

	vf->serial = gv_u64(msg, GPUVIRT_A_VF_SERIAL);
	snprintf(vf->address, sizeof(vf->address), "%s", gv_str(msg, ADDRESS));
}

static int vf_enable(struct gv_nl *nl, const char *gpu)
{
	static struct gv_msg msg;
	struct gv_req req;
	int err;

	gv_req_init(&req, nl, ENABLE, 0);
	gv_req_str(&req, GPU, gpu);
	gv_req_u32(&req, COUNT, 1);
	gv_req_str(&req, DRIVER, "none");
	err = gv_nl_do(nl, &req, &msg, NULL);
	if (err)
		return err;
	return gv_operation_wait(nl, gv_u64(&msg, GPUVIRT_A_VF_OPERATION),
				 &msg);
}

/* The serial keeps a reset from hitting the next VF of the same address. */
static bool another_serial(struct gv_nl *nl)
{
	struct vf vf = { 0, "" };
	struct gv_end end;
	struct gv_req req;

	gv_nl_dump_cmd(nl, GET, note_vf, &vf);
	gv_req_init(&req, nl, RESET, 0);
	gv_req_str(&req, ADDRESS, vf.address);
	gv_req_u64(&req, GPUVIRT_A_VF_SERIAL, vf.serial + 1);
	gv_nl_do(nl, &req, NULL, &end);
	return vf.serial && end.err == ENODEV &&
	       end.reason == GPUVIRT_REASON_VF_UNKNOWN &&
	       strstr(end.text, "has serial") &&
	       end.offs == gv_req_offset(&req, GPUVIRT_A_VF_SERIAL);
}

/* Of a GPU that is named, it must be. */
static bool another_gpu(struct gv_nl *nl, const char *gpu)
{
	struct vf vf = { 0, "" };
	struct gv_end end;
	struct gv_req req;

	gv_nl_dump_cmd(nl, GET, note_vf, &vf);
	gv_req_init(&req, nl, GET, 0);
	gv_req_str(&req, ADDRESS, vf.address);
	gv_req_str(&req, GPU, gpu);
	if (gv_nl_do(nl, &req, NULL, NULL))
		return false;
	gv_req_init(&req, nl, GET, 0);
	gv_req_str(&req, ADDRESS, vf.address);
	gv_req_str(&req, GPU, vf.address);
	gv_nl_do(nl, &req, NULL, &end);
	return end.err == ENODEV && end.reason == GPUVIRT_REASON_VF_UNKNOWN &&
	       strstr(end.text, "is one of GPU") &&
	       end.offs == gv_req_offset(&req, GPU);
}

int main(void)
{
	struct gv_gpu gpu;
	struct gv_nl nl;

	gv_ktap_plan(GV_TRIES(tries) + GV_TRIES(full) + 6);
	gv_nl_open(&nl);
	gv_gpu_new(&nl, NULL, &gpu);
	gv_try_all(&nl, tries, GV_TRIES(tries), gpu.address);
	gv_ktap_check(!ids(&nl, ID_NEW), "%d ids can be added", IDS);
	gv_try_all(&nl, full, GV_TRIES(full), gpu.address);
	gv_ktap_check(ids_of(&nl, 0, 0) == IDS &&
		      ids_of(&nl, NOBODY, 0) == IDS &&
		      ids_of(&nl, NOBODY, 5) == 1 && ids_of(&nl, 0, 5) == 1 &&
		      !ids_of(&nl, NOBODY - 1, 0),
		      "a dump of ids can be of some");
	gv_ktap_check(!ids(&nl, ID_DEL), "and taken away");
	gv_ktap_check(!vf_enable(&nl, gpu.address), "a VF is enabled");
	gv_ktap_check(another_gpu(&nl, gpu.address),
		      "vf-get: a VF of another GPU");
	gv_ktap_check(another_serial(&nl), "vf-reset: another serial");
	return gv_ktap_end();
}
