// SPDX-License-Identifier: GPL-2.0
/*
 * libs: libmnl
 * timeout: 120
 * qemu: -device bochs-display
 * config: VFIO_MDEV
 *
 * Requests about GPUs, vGPUs and operations that must be refused, on a simulated
 * GPU and on one that nobody offers vGPUs on.
 */
#include <errno.h>
#include <string.h>

#include "ktap.h"
#include "nl_gpu.h"
#include "nl_try.h"

#define VRAM (64 * GV_MIB)
#define UUID "7e57ab1e-0000-4000-8000-000000000001"
#define OTHER_UUID "7e57ab1e-0000-4000-8000-000000000002"

#define GET GPUVIRT_CMD_GPU_GET
#define SET GPUVIRT_CMD_GPU_SET
#define ADDRESS GPUVIRT_A_GPU_ADDRESS
#define LIMIT GPUVIRT_A_GPU_BACKING_LIMIT
#define DRAIN GPUVIRT_A_GPU_DRAIN
#define SIM_NEW GPUVIRT_CMD_SIM_NEW
#define SIM_DEL GPUVIRT_CMD_SIM_DEL
#define SIM_SET GPUVIRT_CMD_SIM_SET
#define MODEL GPUVIRT_A_SIM_MODEL
#define RETIRE GPUVIRT_CMD_VGPU_RETIRE
#define RESET GPUVIRT_CMD_VGPU_RESET
#define VGET GPUVIRT_CMD_VGPU_GET
#define ID GPUVIRT_A_VGPU_ID
#define SERIAL GPUVIRT_A_VGPU_SERIAL
#define TEXT33 "m12345678901234567890123456789012"

static const struct gv_try tries[] = {
	{ "gpu-get: no address", GET, { }, EINVAL,
	  GPUVIRT_REASON_MISSING_ATTRIBUTE, "PCI address",
	  GV_MISSING(ADDRESS) },
	{ "gpu-get: no such GPU", GET, { S(ADDRESS, "0000:ff:00.0") }, ENODEV,
	  GPUVIRT_REASON_GPU_UNKNOWN, "0000:ff:00.0", ADDRESS },
	{ "gpu-get: an address without its domain", GET,
	  { S(ADDRESS, "00:02.0") }, ENODEV, GPUVIRT_REASON_GPU_UNKNOWN,
	  "no GPU", ADDRESS },
	{ "gpu-get: an address of bytes that are no text", GET,
	  { S(ADDRESS, "\xa0\xff\xfe") }, ENODEV, GPUVIRT_REASON_GPU_UNKNOWN,
	  "PCI address ???", ADDRESS },
	{ "gpu-set: no address", SET, { U(DRAIN, 1) }, EINVAL,
	  GPUVIRT_REASON_MISSING_ATTRIBUTE, "PCI address",
	  GV_MISSING(ADDRESS) },
	{ "gpu-set: no such GPU", SET, { S(ADDRESS, "1:2:3.4"), U(DRAIN, 1) },
	  ENODEV, GPUVIRT_REASON_GPU_UNKNOWN, "1:2:3.4", ADDRESS },
	{ "gpu-set: drain 2", SET, { S(ADDRESS, GV_GPU), U(DRAIN, 2) }, EINVAL,
	  GPUVIRT_REASON_BAD_VALUE, "drain is 2", DRAIN },
	{ "gpu-set: backing limit 0", SET, { S(ADDRESS, GV_GPU), L(LIMIT, 0) },
	  EINVAL, GPUVIRT_REASON_BAD_VALUE, "backing limit is 0", LIMIT },
	{ "gpu-set: an odd backing limit", SET,
	  { S(ADDRESS, GV_GPU), L(LIMIT, GV_MIB + 1) }, EINVAL,
	  GPUVIRT_REASON_BAD_VALUE, "multiple of 4096", LIMIT },
	{ "gpu-set: all or none", SET,
	  { S(ADDRESS, GV_GPU), U(DRAIN, 1), L(LIMIT, 1) }, EINVAL,
	  GPUVIRT_REASON_BAD_VALUE, "backing limit is 1", LIMIT },
	{ "gpu-set: an old generation", SET,
	  { S(ADDRESS, GV_GPU), U(DRAIN, 1), L(GPUVIRT_A_GPU_GENERATION, 1) },
	  ESTALE, GPUVIRT_REASON_STALE_GENERATION, "generation",
	  GPUVIRT_A_GPU_GENERATION },
	{ "info-get: an old generation", GPUVIRT_CMD_INFO_GET,
	  { L(GPUVIRT_A_INFO_GENERATION, 1) }, ESTALE,
	  GPUVIRT_REASON_STALE_GENERATION, "generation",
	  GPUVIRT_A_INFO_GENERATION },

	{ "sim-new: an empty model", SIM_NEW, { S(MODEL, "") }, EINVAL,
	  GPUVIRT_REASON_MODEL_UNKNOWN, "0 bytes", MODEL },
	{ "sim-new: a model of 33 bytes", SIM_NEW, { S(MODEL, TEXT33) },
	  EINVAL, GPUVIRT_REASON_MODEL_UNKNOWN, "33 bytes", MODEL },
	{ "sim-new: VRAM of 0 bytes", SIM_NEW, { L(GPUVIRT_A_SIM_VRAM, 0) },
	  EINVAL, GPUVIRT_REASON_BAD_VALUE, "VRAM", GPUVIRT_A_SIM_VRAM },
	{ "sim-new: backing limit 0", SIM_NEW,
	  { L(GPUVIRT_A_SIM_BACKING_LIMIT, 0) }, EINVAL,
	  GPUVIRT_REASON_BAD_VALUE, "backing limit",
	  GPUVIRT_A_SIM_BACKING_LIMIT },
	{ "sim-new: no vGPUs at all", SIM_NEW, { U(GPUVIRT_A_SIM_MAX_VGPUS, 0) },
	  EINVAL, GPUVIRT_REASON_BAD_VALUE, "max-vgpus is 0",
	  GPUVIRT_A_SIM_MAX_VGPUS },
	{ "sim-new: domain 0", SIM_NEW, { U(GPUVIRT_A_SIM_DOMAIN, 0) }, ERANGE,
	  GPUVIRT_REASON_BAD_VALUE, "0x0 ", GPUVIRT_A_SIM_DOMAIN },
	{ "sim-new: domain 0x10000", SIM_NEW,
	  { U(GPUVIRT_A_SIM_DOMAIN, 0x10000) }, ERANGE,
	  GPUVIRT_REASON_BAD_VALUE, "0x10000 ", GPUVIRT_A_SIM_DOMAIN },
	{ "sim-new: an old generation", SIM_NEW,
	  { L(GPUVIRT_A_SIM_GENERATION, 1) }, ESTALE,
	  GPUVIRT_REASON_STALE_GENERATION, "generation",
	  GPUVIRT_A_SIM_GENERATION },
	{ "sim-new: an unknown root port", SIM_NEW,
	  { U(GPUVIRT_A_SIM_ROOT_PORT, 4) }, ERANGE, GV_NO_REASON, NULL,
	  GPUVIRT_A_SIM_ROOT_PORT },
	{ "sim-set: no address", SIM_SET, { U(GPUVIRT_A_SIM_FAULTS, 0) },
	  EINVAL, GPUVIRT_REASON_MISSING_ATTRIBUTE, "missing",
	  GV_MISSING(GPUVIRT_A_SIM_GPU) },
	{ "sim-set: no such GPU", SIM_SET,
	  { S(GPUVIRT_A_SIM_GPU, "ffff:00:00.0"), U(GPUVIRT_A_SIM_FAULTS, 0) },
	  ENOENT, GPUVIRT_REASON_NOT_SIMULATED, "ffff:00:00.0",
	  GPUVIRT_A_SIM_GPU },
	{ "sim-set: nothing, on no such GPU", SIM_SET,
	  { S(GPUVIRT_A_SIM_GPU, "ffff:00:00.0") },
	  ENOENT, GPUVIRT_REASON_NOT_SIMULATED, "ffff:00:00.0",
	  GPUVIRT_A_SIM_GPU },
	{ "sim-set: an unknown fault", SIM_SET,
	  { S(GPUVIRT_A_SIM_GPU, GV_GPU), U(GPUVIRT_A_SIM_FAULTS, 0x80000000) },
	  EINVAL, GV_NO_REASON, NULL, GPUVIRT_A_SIM_FAULTS },
	{ "sim-set: an old generation", SIM_SET,
	  { S(GPUVIRT_A_SIM_GPU, GV_GPU), L(GPUVIRT_A_SIM_GENERATION, 1) },
	  ESTALE, GPUVIRT_REASON_STALE_GENERATION, "generation",
	  GPUVIRT_A_SIM_GENERATION },
	{ "sim-del: no address", SIM_DEL, { L(GPUVIRT_A_SIM_GENERATION, 0) },
	  EINVAL, GPUVIRT_REASON_MISSING_ATTRIBUTE, "PCI address",
	  GV_MISSING(GPUVIRT_A_SIM_GPU) },
	{ "sim-del: no such GPU", SIM_DEL,
	  { S(GPUVIRT_A_SIM_GPU, "ffff:00:00.0") }, ENODEV,
	  GPUVIRT_REASON_GPU_UNKNOWN, "ffff:00:00.0", GPUVIRT_A_SIM_GPU },
	{ "sim-del: an old generation", SIM_DEL,
	  { S(GPUVIRT_A_SIM_GPU, GV_GPU), L(GPUVIRT_A_SIM_GENERATION, 1) },
	  ESTALE, GPUVIRT_REASON_STALE_GENERATION, "generation",
	  GPUVIRT_A_SIM_GENERATION },

	{ "vgpu-get: no id", VGET, { S(GPUVIRT_A_VGPU_GPU, GV_GPU) }, EINVAL,
	  GPUVIRT_REASON_MISSING_ATTRIBUTE, "id", GV_MISSING(ID) },
	{ "vgpu-get: not a UUID", VGET, { S(ID, "nvidia-11") }, EINVAL,
	  GPUVIRT_REASON_BAD_VALUE, "not a UUID", ID },
	{ "vgpu-get: a UUID with something behind it", VGET, { S(ID, UUID " ") },
	  EINVAL, GPUVIRT_REASON_BAD_VALUE, "not a UUID", ID },
	{ "vgpu-get: a UUID with a wrong letter", VGET,
	  { S(ID, "7e57ab1e-0000-4000-8000-00000000000g") }, EINVAL,
	  GPUVIRT_REASON_BAD_VALUE, "not a UUID", ID },
	{ "vgpu-get: no such vGPU", VGET, { S(ID, OTHER_UUID) }, ENOENT,
	  GPUVIRT_REASON_VGPU_UNKNOWN, "no vGPU has this id", ID },
	{ "vgpu-get: on another GPU", VGET,
	  { S(ID, UUID), S(GPUVIRT_A_VGPU_GPU, "0000:00:1f.7") }, ENOENT,
	  GPUVIRT_REASON_VGPU_UNKNOWN, "is on GPU", GPUVIRT_A_VGPU_GPU },
	{ "vgpu-retire: no id", RETIRE, { L(SERIAL, 1) }, EINVAL,
	  GPUVIRT_REASON_MISSING_ATTRIBUTE, "id", GV_MISSING(ID) },
	{ "vgpu-retire: not a UUID", RETIRE, { S(ID, "") }, EINVAL,
	  GPUVIRT_REASON_BAD_VALUE, "not a UUID", ID },
	{ "vgpu-retire: no such vGPU", RETIRE, { S(ID, OTHER_UUID) }, ENOENT,
	  GPUVIRT_REASON_VGPU_UNKNOWN, "no vGPU has this id", ID },
	{ "vgpu-retire: another serial", RETIRE,
	  { S(ID, UUID), L(SERIAL, ~0ULL) }, ESTALE,
	  GPUVIRT_REASON_VGPU_UNKNOWN, "not 18446744073709551615", SERIAL },
	{ "vgpu-retire: an old generation", RETIRE,
	  { S(ID, UUID), L(GPUVIRT_A_VGPU_GENERATION, 1) }, ESTALE,
	  GPUVIRT_REASON_STALE_GENERATION, "generation",
	  GPUVIRT_A_VGPU_GENERATION },
	{ "vgpu-reset: no id", RESET, { L(SERIAL, 1) }, EINVAL,
	  GPUVIRT_REASON_MISSING_ATTRIBUTE, "id", GV_MISSING(ID) },
	{ "vgpu-reset: not a UUID", RESET, { S(ID, UUID "0") }, EINVAL,
	  GPUVIRT_REASON_BAD_VALUE, "not a UUID", ID },
	{ "vgpu-reset: no such vGPU", RESET, { S(ID, OTHER_UUID) }, ENOENT,
	  GPUVIRT_REASON_VGPU_UNKNOWN, "no vGPU has this id", ID },
	{ "vgpu-reset: another serial", RESET, { S(ID, UUID), L(SERIAL, 99) },
	  ESTALE, GPUVIRT_REASON_VGPU_UNKNOWN, "not 99", SERIAL },

	{ "operation-get: no id", GPUVIRT_CMD_OPERATION_GET, { }, EINVAL,
	  GPUVIRT_REASON_MISSING_ATTRIBUTE, "id",
	  GV_MISSING(GPUVIRT_A_OPERATION_ID) },
	{ "operation-get: id 0", GPUVIRT_CMD_OPERATION_GET,
	  { L(GPUVIRT_A_OPERATION_ID, 0) }, ENOENT,
	  GPUVIRT_REASON_OPERATION_UNKNOWN, "id 0", GPUVIRT_A_OPERATION_ID },
	{ "operation-get: id 2^64 - 1", GPUVIRT_CMD_OPERATION_GET,
	  { L(GPUVIRT_A_OPERATION_ID, ~0ULL) }, ENOENT,
	  GPUVIRT_REASON_OPERATION_UNKNOWN, "18446744073709551615",
	  GPUVIRT_A_OPERATION_ID },
};

/* On a GPU that a driver of somebody else has, or nobody. */
static const struct gv_try foreign[] = {
	{ "foreign GPU: type-new", GPUVIRT_CMD_TYPE_NEW,
	  { S(GPUVIRT_A_TYPE_GPU, GV_GPU), S(GPUVIRT_A_TYPE_NAME, "a"),
	    L(GPUVIRT_A_TYPE_FRAMEBUFFER, 4 * GV_MIB) }, EOPNOTSUPP,
	  GPUVIRT_REASON_GPU_NO_BACKEND, "no backend", GPUVIRT_A_TYPE_GPU },
	{ "foreign GPU: type-del", GPUVIRT_CMD_TYPE_DEL,
	  { S(GPUVIRT_A_TYPE_GPU, GV_GPU), S(GPUVIRT_A_TYPE_NAME, "a") },
	  EOPNOTSUPP, GPUVIRT_REASON_GPU_NO_BACKEND, "no backend",
	  GPUVIRT_A_TYPE_GPU },
	{ "foreign GPU: type-get", GPUVIRT_CMD_TYPE_GET,
	  { S(GPUVIRT_A_TYPE_GPU, GV_GPU), S(GPUVIRT_A_TYPE_NAME, "a") },
	  EOPNOTSUPP, GPUVIRT_REASON_GPU_NO_BACKEND, "no backend",
	  GPUVIRT_A_TYPE_GPU },
	{ "foreign GPU: gpu-set", SET, { S(ADDRESS, GV_GPU), U(DRAIN, 1) },
	  EOPNOTSUPP, GPUVIRT_REASON_GPU_NO_BACKEND, "no backend", ADDRESS },
	{ "foreign GPU: sim-del", SIM_DEL, { S(GPUVIRT_A_SIM_GPU, GV_GPU) },
	  ENOENT, GPUVIRT_REASON_NOT_SIMULATED, "is not a simulated one",
	  GPUVIRT_A_SIM_GPU },
};

/* What the module that makes the GPUs refuses, it refuses in the operation. */
struct late {
	const char *what;
	struct gv_try_attr attr;
	int err;
	int reason;
	const char *words;
};

static const struct late lates[] = {
	{ "sim-new fails: an unknown model", S(MODEL, "GeForce"), EINVAL,
	  GPUVIRT_REASON_MODEL_UNKNOWN, "GeForce" },
	{ "sim-new fails: an escape sequence as the model",
	  S(MODEL, "\x1b[2J\x1b[2J\x1b[2J\x1b[2J\x1b[2J\x1b[2J\x1b[2J"), EINVAL,
	  GPUVIRT_REASON_MODEL_UNKNOWN, "no model" },
	{ "sim-new fails: VRAM of a MiB and a byte",
	  L(GPUVIRT_A_SIM_VRAM, GV_MIB + 1), EINVAL, GPUVIRT_REASON_BAD_VALUE,
	  "1048577" },
	{ "sim-new fails: VRAM of 2^64 bytes less 1 MiB",
	  L(GPUVIRT_A_SIM_VRAM, -GV_MIB), EINVAL, GPUVIRT_REASON_BAD_VALUE,
	  "4096 GiB" },
	{ "sim-new fails: an odd backing limit",
	  L(GPUVIRT_A_SIM_BACKING_LIMIT, GV_MIB + 1), EINVAL,
	  GPUVIRT_REASON_BAD_VALUE, "backing limit" },
	{ "sim-new fails: more vGPUs than there can be",
	  U(GPUVIRT_A_SIM_MAX_VGPUS, ~0U), ERANGE, GPUVIRT_REASON_BAD_VALUE,
	  "4294967295" },
	{ "sim-new fails: 65 virtual functions", U(GPUVIRT_A_SIM_TOTAL_VFS, 65),
	  ERANGE, GPUVIRT_REASON_BAD_VALUE, "total-vfs is 65, the most is 64" },
	{ "sim-new fails: most virtual functions of all",
	  U(GPUVIRT_A_SIM_TOTAL_VFS, ~0U), ERANGE, GPUVIRT_REASON_BAD_VALUE,
	  "4294967295" },
	{ "sim-new fails: a domain that is taken",
	  U(GPUVIRT_A_SIM_DOMAIN, 0x1000), EBUSY,
	  GPUVIRT_REASON_DOMAIN_IN_USE, "1000 is taken" },
};

static bool late_text(const char *text, const char *words)
{
	size_t i;

	for (i = 0; text[i]; i++)
		if (text[i] < ' ' || text[i] > '~')
			return false;
	return i && i <= GPUVIRT_TEXT_MAX && strstr(text, words);
}

static uint64_t start_late(struct gv_nl *nl, const struct late *late)
{
	const struct gv_try try = { .cmd = SIM_NEW, .attrs = { late->attr } };
	static struct gv_msg msg;
	static struct gv_req req;

	gv_try_request(nl, &try, NULL, 0, &req);
	if (gv_nl_do(nl, &req, &msg, NULL))
		return 0;
	return gv_u64(&msg, GPUVIRT_A_SIM_OPERATION);
}

/* The event of its end comes when its end can be seen already. */
static bool event_after(struct gv_nl *nl, uint64_t seq)
{
	uint64_t end = gv_now_ms() + 30000;

	while (gv_info(nl, GPUVIRT_A_INFO_CONFIG_SEQ) == seq &&
	       gv_now_ms() < end)
		gv_msleep(1);
	return gv_info(nl, GPUVIRT_A_INFO_CONFIG_SEQ) == seq + 1;
}

static bool try_late(struct gv_nl *nl, const struct late *late)
{
	uint64_t generation = gv_info(nl, GPUVIRT_A_INFO_GENERATION);
	uint64_t seq = gv_info(nl, GPUVIRT_A_INFO_CONFIG_SEQ);
	uint64_t id = start_late(nl, late);
	static struct gv_msg msg;
	const char *text;

	if (!id)
		return false;
	gv_operation_wait(nl, id, &msg);
	text = gv_str(&msg, GPUVIRT_A_OPERATION_TEXT);
	if (gv_u32(&msg, GPUVIRT_A_OPERATION_STATE) ==
	    GPUVIRT_OPERATION_STATE_FAILED &&
	    gv_u32(&msg, GPUVIRT_A_OPERATION_ERRNO) == (uint32_t)late->err &&
	    gv_u32(&msg, GPUVIRT_A_OPERATION_REASON) == (uint32_t)late->reason &&
	    late_text(text, late->words) &&
	    !gv_has(&msg, GPUVIRT_A_OPERATION_SUBJECT) &&
	    event_after(nl, seq) &&
	    gv_info(nl, GPUVIRT_A_INFO_GENERATION) == generation)
		return true;
	gv_ktap_note("errno %u, reason %u: %s",
		     gv_u32(&msg, GPUVIRT_A_OPERATION_ERRNO),
		     gv_u32(&msg, GPUVIRT_A_OPERATION_REASON), text);
	if (gv_has(&msg, GPUVIRT_A_OPERATION_SUBJECT))
		gv_gpu_del(nl, gv_str(&msg, GPUVIRT_A_OPERATION_SUBJECT));
	return false;
}

static void note_foreign(const struct gv_msg *msg, void *arg)
{
	if (!gv_has(msg, GPUVIRT_A_GPU_BACKEND) &&
	    gv_u32(msg, GPUVIRT_A_GPU_MDEV_REASON) ==
	    GPUVIRT_REASON_GPU_NO_BACKEND)
		snprintf(arg, GPUVIRT_ADDRESS_MAX + 1, "%s",
			 gv_str(msg, ADDRESS));
}

int main(void)
{
	const struct gv_sim sim = { .vram = VRAM };
	char address[GPUVIRT_ADDRESS_MAX + 1] = "";
	struct gv_gpu gpu;
	struct gv_nl nl;
	unsigned int i;

	gv_ktap_plan(GV_TRIES(tries) + GV_TRIES(foreign) + GV_TRIES(lates) + 1);
	gv_nl_open(&nl);
	gv_gpu_new(&nl, &sim, &gpu);
	if (gv_type_new(&nl, gpu.address, "one", 8 * GV_MIB, 0) ||
	    gv_vgpu_new(gpu.address, "one", UUID))
		gv_ktap_bail("no vGPU to work with");
	gv_try_all(&nl, tries, GV_TRIES(tries), gpu.address);
	for (i = 0; i < GV_TRIES(lates); i++)
		gv_ktap_check(try_late(&nl, &lates[i]), "%s", lates[i].what);

	gv_nl_dump_cmd(&nl, GET, note_foreign, address);
	gv_ktap_check(address[0], "there is a GPU that nobody offers vGPUs on");
	gv_try_all(&nl, foreign, GV_TRIES(foreign), address);
	return gv_ktap_end();
}
