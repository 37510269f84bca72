// SPDX-License-Identifier: GPL-2.0
/*
 * libs: libmnl
 * timeout: 120
 * config: VFIO_MDEV
 *
 * Operations: their ids, what is kept of them, resets of vGPUs, and how many
 * there can be at once.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <linux/vfio.h>

#include "ktap.h"
#include "nl_gpu.h"
#include "nl_vfio.h"

#define UUID "7e57ab1e-0000-4000-8000-000000000001"
#define KEPT 64
#define FLOOD 120
#define FRAMEBUFFER (48 * GV_MIB)

static uint64_t start(struct gv_nl *nl, uint8_t cmd, uint16_t attr,
		      const char *value, struct gv_end *end)
{
	static struct gv_msg msg;
	struct gv_req req;

	gv_req_init(&req, nl, cmd, 0);
	gv_req_str(&req, attr, value);
	if (gv_nl_do(nl, &req, &msg, end))
		return 0;
	return gv_u64(&msg, cmd == GPUVIRT_CMD_VGPU_RESET ?
		      GPUVIRT_A_VGPU_OPERATION : GPUVIRT_A_SIM_OPERATION);
}

static uint64_t fail(struct gv_nl *nl)
{
	return start(nl, GPUVIRT_CMD_SIM_NEW, GPUVIRT_A_SIM_MODEL, "none",
		     NULL);
}

static uint64_t reset(struct gv_nl *nl)
{
	return start(nl, GPUVIRT_CMD_VGPU_RESET, GPUVIRT_A_VGPU_ID, UUID, NULL);
}

static bool ids_rise(struct gv_nl *nl)
{
	static struct gv_msg msg;
	uint64_t last = 0, id;
	unsigned int i;

	for (i = 0; i < 5; i++) {
		id = fail(nl);
		if (!id || (last && id != last + 1))
			return false;
		last = id;
		if (gv_operation_wait(nl, id, &msg) != EINVAL ||
		    gv_u64(&msg, GPUVIRT_A_OPERATION_ID) != id ||
		    gv_u32(&msg, GPUVIRT_A_OPERATION_KIND) !=
		    GPUVIRT_OPERATION_KIND_SIM_NEW)
			return false;
	}
	return true;
}

static bool resets_count(struct gv_nl *nl)
{
	static struct gv_msg msg;
	unsigned int i;

	for (i = 1; i <= 3; i++) {
		if (gv_operation_wait(nl, reset(nl), &msg) ||
		    gv_u32(&msg, GPUVIRT_A_OPERATION_KIND) !=
		    GPUVIRT_OPERATION_KIND_VGPU_RESET ||
		    strcmp(gv_str(&msg, GPUVIRT_A_OPERATION_SUBJECT), UUID) ||
		    gv_has(&msg, GPUVIRT_A_OPERATION_ERRNO) ||
		    gv_has(&msg, GPUVIRT_A_OPERATION_TEXT))
			return false;
		if (gv_vgpu_get(nl, UUID, &msg) ||
		    gv_u32(&msg, GPUVIRT_A_VGPU_RESETS) != i)
			return false;
	}
	return true;
}

/* The serial keeps a reset from hitting the next vGPU of the same UUID. */
static bool reset_by_serial(struct gv_nl *nl)
{
	static struct gv_msg msg;
	struct gv_req req;
	uint64_t serial;

	if (gv_vgpu_get(nl, UUID, &msg))
		return false;
	serial = gv_u64(&msg, GPUVIRT_A_VGPU_SERIAL);
	gv_req_init(&req, nl, GPUVIRT_CMD_VGPU_RESET, 0);
	gv_req_str(&req, GPUVIRT_A_VGPU_ID, UUID);
	gv_req_u64(&req, GPUVIRT_A_VGPU_SERIAL, serial);
	return !gv_nl_do(nl, &req, &msg, NULL) &&
	       !gv_operation_wait(nl, gv_u64(&msg, GPUVIRT_A_VGPU_OPERATION),
				  &msg);
}

struct range {
	uint64_t first;
	uint64_t last;
	unsigned int n;
	bool sorted;
};

static void range_add(const struct gv_msg *msg, void *arg)
{
	uint64_t id = gv_u64(msg, GPUVIRT_A_OPERATION_ID);
	struct range *range = arg;

	if (!range->n++)
		range->first = id;
	else
		range->sorted &= id > range->last;
	range->last = id;
}

/* Of those that have ended the last 64 are kept, the rest is forgotten. */
static bool last_are_kept(struct gv_nl *nl)
{
	struct range range = { .sorted = true };
	static struct gv_msg msg;
	uint64_t id = 0, first = 0;
	struct gv_req req;
	unsigned int i;

	for (i = 0; i < KEPT + 10; i++) {
		id = fail(nl);
		first = first ?: id;
		gv_operation_wait(nl, id, &msg);
	}
	gv_nl_dump_cmd(nl, GPUVIRT_CMD_OPERATION_GET, range_add, &range);
	gv_req_init(&req, nl, GPUVIRT_CMD_OPERATION_GET, 0);
	gv_req_u64(&req, GPUVIRT_A_OPERATION_ID, first);
	return range.n == KEPT && range.sorted && range.last == id &&
	       range.first == id - KEPT + 1 &&
	       gv_nl_do(nl, &req, NULL, NULL) == ENOENT;
}

static bool dump_of_one(struct gv_nl *nl)
{
	struct range range = { .sorted = true };
	uint64_t id = fail(nl);
	static struct gv_msg msg;
	struct gv_req req;

	gv_operation_wait(nl, id, &msg);
	gv_req_init(&req, nl, GPUVIRT_CMD_OPERATION_GET, NLM_F_DUMP);
	gv_req_u64(&req, GPUVIRT_A_OPERATION_ID, id);
	return !gv_nl_dump(nl, &req, range_add, &range) && range.n == 1 &&
	       range.first == id;
}

/* A reset zeroes what is backed: back all of it, so that it takes a while. */
static bool make_slow(struct gv_nl *nl, struct gv_hold *hold)
{
	struct vfio_region_info info = {
		.argsz = sizeof(info),
		.index = VFIO_PCI_BAR4_REGION_INDEX,
	};
	static struct gv_msg msg;
	uint64_t pos;

	if (gv_vgpu_get(nl, UUID, &msg) ||
	    gv_hold_open(hold, gv_u32(&msg, GPUVIRT_A_VGPU_IOMMU_GROUP), UUID))
		return false;
	if (ioctl(hold->device, VFIO_DEVICE_GET_REGION_INFO, &info))
		return false;
	for (pos = 0; pos < FRAMEBUFFER; pos += 4096)
		if (pwrite(hold->device, "x", 1, info.offset + pos) != 1)
			return false;
	return !gv_vgpu_get(nl, UUID, &msg) &&
	       gv_u64(&msg, GPUVIRT_A_VGPU_BACKING_USED) == FRAMEBUFFER;
}

/*
 * Resets that take long are asked for in one datagram: there is room for 64 and
 * those that end meanwhile. The removal of another GPU comes last, and is taken
 * back. 1 if all was right, 0 if not, and -1 if one had just ended when that came.
 */
static int flood(struct gv_nl *nl, const char *other)
{
	unsigned int i, refused = 0, started = 0, left = FLOOD + 1;
	static char buf[(FLOOD + 1) * 80], got[4 * GV_NL_BUF];
	static struct gv_msg msg;
	uint64_t last = 0;
	const struct nlmsghdr *nlh;
	struct gv_req req;
	struct gv_end end;
	size_t size = 0;
	int len;

	for (i = 0; i <= FLOOD; i++) {
		if (i < FLOOD) {
			gv_req_init(&req, nl, GPUVIRT_CMD_VGPU_RESET, 0);
			gv_req_str(&req, GPUVIRT_A_VGPU_ID, UUID);
		} else {
			gv_req_init(&req, nl, GPUVIRT_CMD_SIM_DEL, 0);
			gv_req_str(&req, GPUVIRT_A_SIM_GPU, other);
		}
		req.nlh->nlmsg_seq = ++nl->seq;
		memcpy(buf + size, req.buf, req.nlh->nlmsg_len);
		size += MNL_ALIGN(req.nlh->nlmsg_len);
	}
	if (mnl_socket_sendto(nl->sock, buf, size) < 0)
		return false;
	while (left) {
		len = mnl_socket_recvfrom(nl->sock, got, sizeof(got));
		if (len < 0)
			return false;
		for (nlh = (void *)got; mnl_nlmsg_ok(nlh, len);
		     nlh = mnl_nlmsg_next(nlh, &len)) {
			if (nlh->nlmsg_type != NLMSG_ERROR) {
				gv_msg_read(nlh, &msg);
				last = gv_u64(&msg, GPUVIRT_A_VGPU_OPERATION);
				continue;
			}
			left--;
			gv_nl_end_read(nlh, &end);
			started += !end.err;
			if (end.err && (end.err != EBUSY || end.reason !=
					GPUVIRT_REASON_OPERATION_LIMIT ||
					!strstr(end.text, "64 operations")))
				return false;
			refused += !!end.err;
		}
	}
	gv_ktap_note("%u started, %u refused", started, refused);
	if (!end.err && refused)
		return -1;
	/* What was started ends, and none is lost; the GPU takes types as before. */
	return started >= 64 && started + refused == FLOOD + 1 && refused &&
	       end.err == EBUSY && !gv_type_new(nl, other, "late", GV_MIB * 8, 0) &&
	       !gv_operation_wait(nl, last, &msg) && reset(nl) == last + 1;
}

static bool limited(struct gv_nl *nl, const struct gv_sim *sim,
		    struct gv_gpu *other)
{
	unsigned int tries = 5;
	int ret;

	while ((ret = flood(nl, other->address)) < 0 && --tries) {
		gv_settle(nl);
		gv_gpu_del(nl, other->address);
		gv_gpu_new(nl, sim, other);
	}
	return ret > 0;
}

int main(void)
{
	const struct gv_sim sim = { .vram = 64 * GV_MIB };
	struct gv_gpu gpu, other;
	struct gv_hold hold;
	struct gv_nl nl;

	gv_ktap_plan(7);
	if (system("modprobe vfio_iommu_type1"))
		gv_ktap_bail("no VFIO on this kernel");
	gv_nl_open(&nl);
	gv_gpu_new(&nl, &sim, &gpu);
	gv_gpu_new(&nl, &sim, &other);
	if (gv_type_new(&nl, gpu.address, "one", FRAMEBUFFER, 0) ||
	    gv_vgpu_new(gpu.address, "one", UUID))
		gv_ktap_bail("no vGPU to work with");

	gv_ktap_check(ids_rise(&nl), "ids rise by one");
	gv_ktap_check(resets_count(&nl), "resets are counted");
	gv_ktap_check(reset_by_serial(&nl), "a reset by serial");
	gv_ktap_check(last_are_kept(&nl), "the last %d are kept", KEPT);
	gv_ktap_check(dump_of_one(&nl), "a dump can be of one");
	gv_ktap_check(make_slow(&nl, &hold) && limited(&nl, &sim, &other),
		      "no more than 64 are under way");
	gv_hold_close(&hold);
	gv_ktap_check(!gv_gpu_del(&nl, gpu.address) &&
		      !gv_gpu_del(&nl, other.address), "all of it goes");
	return gv_ktap_end();
}
