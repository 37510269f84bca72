// SPDX-License-Identifier: GPL-2.0
/*
 * libs: libmnl
 * timeout: 120
 * config: VFIO_MDEV
 *
 * Messages that are wrong whatever they ask for: attributes of the wrong type
 * or length, unknown ones, headers that lie, several requests at once.
 */
#include <errno.h>
#include <string.h>

#include "ktap.h"
#include "nl_books.h"
#include "nl_gpu.h"
#include "nl_try.h"

#define NEW GPUVIRT_CMD_TYPE_NEW
#define GPU GPUVIRT_A_TYPE_GPU
#define NAME GPUVIRT_A_TYPE_NAME
#define FB GPUVIRT_A_TYPE_FRAMEBUFFER
#define HEADS GPUVIRT_A_TYPE_HEADS
#define GOOD S(GPU, GV_GPU), S(NAME, "bad"), L(FB, 8 * GV_MIB)
#define NESTED(attr) ((attr) | NLA_F_NESTED)
#define DEADBEEF "\xde\xad\xbe\xef\xde\xad\xbe\xef"

/* The policy refuses these, in netlink's own words. */
static const struct gv_try tries[] = {
	{ "an attribute that the command does not have", NEW,
	  { GOOD, U(40, 1) }, EINVAL, GV_NO_REASON, "", 40 },
	{ "an attribute with a huge number", NEW, { GOOD, U(0x3fff, 1) },
	  EINVAL, GV_NO_REASON, "", 0x3fff },
	{ "an attribute that is for replies only", NEW,
	  { GOOD, U(GPUVIRT_A_TYPE_INSTANCES, 1) }, EINVAL, GV_NO_REASON, "",
	  GPUVIRT_A_TYPE_INSTANCES },
	{ "an attribute of another command", GPUVIRT_CMD_TYPE_GET,
	  { S(GPU, GV_GPU), S(NAME, "t"), L(FB, GV_MIB) }, EINVAL,
	  GV_NO_REASON, "", FB },
	{ "the padding attribute", NEW, { GOOD, U(GPUVIRT_A_TYPE_PAD, 1) },
	  EINVAL, GV_NO_REASON, "", GPUVIRT_A_TYPE_PAD },
	{ "u32 of 3 bytes", NEW, { GOOD, RAW(HEADS, "\1\0\0") }, EINVAL,
	  GV_NO_REASON, "", HEADS },
	{ "u32 of 8 bytes", NEW, { GOOD, RAW(HEADS, "\1\0\0\0\0\0\0\0") },
	  EINVAL, GV_NO_REASON, "", HEADS },
	{ "u32 of no bytes", NEW, { GOOD, RAW(HEADS, "") }, EINVAL,
	  GV_NO_REASON, "", HEADS },
	{ "u64 of 4 bytes", NEW,
	  { S(GPU, GV_GPU), S(NAME, "bad"), RAW(FB, "\0\0\200\0") }, EINVAL,
	  GV_NO_REASON, "", FB },
	{ "u64 of 9 bytes", NEW,
	  { S(GPU, GV_GPU), S(NAME, "bad"), RAW(FB, "\0\0\200\0\0\0\0\0\0") },
	  EINVAL, GV_NO_REASON, "", FB },
	{ "a string without its end", NEW,
	  { S(GPU, GV_GPU), RAW(NAME, "bad"), L(FB, 8 * GV_MIB) }, EINVAL,
	  GV_NO_REASON, "", NAME },
	{ "a string of no bytes", NEW,
	  { S(GPU, GV_GPU), RAW(NAME, ""), L(FB, 8 * GV_MIB) }, EINVAL,
	  GV_NO_REASON, "", NAME },
	{ "an address without its end", NEW,
	  { RAW(GPU, "0000:00:00.0"), S(NAME, "bad"), L(FB, 8 * GV_MIB) },
	  EINVAL, GV_NO_REASON, "", GPU },
	{ "garbage in a nest", NEW, { GOOD, RAW(NESTED(HEADS), DEADBEEF) },
	  EINVAL, GV_NO_REASON, "", HEADS },
	{ "a nest in place of a string", NEW,
	  { S(GPU, GV_GPU), RAW(NESTED(NAME), "\10\0\1\0a\0\0\0"),
	    L(FB, 8 * GV_MIB) }, EINVAL, GV_NO_REASON, "", NAME },
	{ "info-get: a generation of 4 bytes", GPUVIRT_CMD_INFO_GET,
	  { U(GPUVIRT_A_INFO_GENERATION, 1) }, EINVAL, GV_NO_REASON, "",
	  GPUVIRT_A_INFO_GENERATION },
	{ "gpu-set: drain of 1 byte", GPUVIRT_CMD_GPU_SET,
	  { S(GPUVIRT_A_GPU_ADDRESS, GV_GPU), RAW(GPUVIRT_A_GPU_DRAIN, "\1") },
	  EINVAL, GV_NO_REASON, "", GPUVIRT_A_GPU_DRAIN },
	{ "gpu-set: an attribute that only tells", GPUVIRT_CMD_GPU_SET,
	  { S(GPUVIRT_A_GPU_ADDRESS, GV_GPU), L(GPUVIRT_A_GPU_VRAM, GV_GIB) },
	  EINVAL, GV_NO_REASON, "", GPUVIRT_A_GPU_VRAM },
	{ "vgpu-get: an id without its end", GPUVIRT_CMD_VGPU_GET,
	  { RAW(GPUVIRT_A_VGPU_ID, "7e57ab1e-0000-4000-8000-000000000001") },
	  EINVAL, GV_NO_REASON, "", GPUVIRT_A_VGPU_ID },
	{ "vgpu-reset: a serial of 3 bytes", GPUVIRT_CMD_VGPU_RESET,
	  { RAW(GPUVIRT_A_VGPU_SERIAL, "\1\0\0") }, EINVAL, GV_NO_REASON, "",
	  GPUVIRT_A_VGPU_SERIAL },
	{ "sim-new: an address, which it does not take", GPUVIRT_CMD_SIM_NEW,
	  { S(GPUVIRT_A_SIM_OPERATION, "x") }, EINVAL, GV_NO_REASON, "",
	  GPUVIRT_A_SIM_OPERATION },
	{ "operation-get: an id of 4 bytes", GPUVIRT_CMD_OPERATION_GET,
	  { U(GPUVIRT_A_OPERATION_ID, 1) }, EINVAL, GV_NO_REASON, "",
	  GPUVIRT_A_OPERATION_ID },
	{ "command 0", 0, { }, EOPNOTSUPP, GV_NO_REASON, NULL, 0 },
	{ "a command past the last", __GPUVIRT_CMD_MAX, { }, EOPNOTSUPP,
	  GV_NO_REASON, NULL, 0 },
	{ "command 255", 255, { }, EOPNOTSUPP, GV_NO_REASON, NULL, 0 },
	{ "an event as a request", GPUVIRT_CMD_VGPU_EVENT_NTF, { }, EOPNOTSUPP,
	  GV_NO_REASON, NULL, 0 },
	{ "a generation of 0 is as none, its reader is found out",
	  GPUVIRT_CMD_TYPE_DEL, { S(GPU, GV_GPU), S(NAME, "none"),
	    L(GPUVIRT_A_TYPE_GENERATION, 0) }, ENOENT,
	  GPUVIRT_REASON_TYPE_UNKNOWN, "no such", NAME },
};

/* Is it refused with this errno, and nothing changed? */
static bool unchanged(struct gv_nl *nl, struct gv_req *req, int err)
{
	struct gv_books books;
	struct gv_end end;
	bool same;

	gv_books_take(nl, &books);
	gv_nl_do(nl, req, NULL, &end);
	same = gv_books_same(nl, &books);
	gv_books_free(&books);
	if (end.err != err)
		gv_ktap_note("errno %d: %s", end.err, end.text);
	return same && end.err == err;
}

static void good_request(struct gv_nl *nl, const char *gpu, const char *name,
			 struct gv_req *req)
{
	gv_req_init(req, nl, NEW, 0);
	gv_req_str(req, GPU, gpu);
	gv_req_str(req, NAME, name);
	gv_req_u64(req, FB, 8 * GV_MIB);
}

static bool reserved_header(struct gv_nl *nl, const char *gpu)
{
	struct genlmsghdr *genl;
	struct gv_req req;

	good_request(nl, gpu, "bad", &req);
	genl = mnl_nlmsg_get_payload(req.nlh);
	genl->reserved = 0x5a5a;
	return unchanged(nl, &req, EINVAL);
}

/* A flag that means something elsewhere, and nothing here. */
static bool reserved_flag(struct gv_nl *nl, const char *gpu)
{
	struct gv_req req;

	good_request(nl, gpu, "bad", &req);
	req.nlh->nlmsg_flags |= NLM_F_EXCL;
	return unchanged(nl, &req, EINVAL);
}

static bool attribute_zero(struct gv_nl *nl, const char *gpu)
{
	struct gv_req req;

	good_request(nl, gpu, "bad", &req);
	gv_req_u32(&req, 0, 1);
	return unchanged(nl, &req, EINVAL);
}

static bool no_header(struct gv_nl *nl)
{
	struct gv_req req;

	gv_req_init(&req, nl, GPUVIRT_CMD_INFO_GET, 0);
	req.nlh->nlmsg_len = sizeof(struct nlmsghdr) + 2;
	return unchanged(nl, &req, EINVAL);
}

/* The last attribute says that it is longer than the message. */
static bool cut_attribute(struct gv_nl *nl, const char *gpu, int by)
{
	struct gv_req req;

	good_request(nl, gpu, "bad", &req);
	req.nlh->nlmsg_len -= by;
	return unchanged(nl, &req, EINVAL);
}

static bool long_attribute(struct gv_nl *nl, const char *gpu)
{
	struct nlattr *attr;
	struct gv_req req;

	good_request(nl, gpu, "bad", &req);
	attr = (void *)((char *)req.nlh + gv_req_offset(&req, FB));
	attr->nla_len = 0xffff;
	return unchanged(nl, &req, EINVAL);
}

static bool short_attribute(struct gv_nl *nl, const char *gpu)
{
	struct nlattr *attr;
	struct gv_req req;

	good_request(nl, gpu, "bad", &req);
	attr = (void *)((char *)req.nlh + gv_req_offset(&req, FB));
	attr->nla_len = 3;
	return unchanged(nl, &req, EINVAL);
}

/* A message whose header promises more bytes than there are. */
static bool long_message(struct gv_nl *nl, const char *gpu)
{
	struct gv_books books;
	struct gv_req req;
	size_t len;
	bool same;

	gv_books_take(nl, &books);
	good_request(nl, gpu, "bad", &req);
	len = req.nlh->nlmsg_len;
	req.nlh->nlmsg_len = len + 100;
	if (mnl_socket_sendto(nl->sock, req.nlh, len) < 0)
		return false;
	same = gv_books_same(nl, &books);
	gv_books_free(&books);
	return same;
}

/* The last of two attributes of one kind holds, as everywhere in netlink. */
static bool twice(struct gv_nl *nl, const char *gpu)
{
	static struct gv_msg type;
	struct gv_req req;

	good_request(nl, gpu, "/", &req);
	gv_req_str(&req, NAME, "twice");
	return !gv_nl_do(nl, &req, NULL, NULL) &&
	       !gv_type_get(nl, gpu, "twice", &type) &&
	       !gv_type_del(nl, gpu, "twice");
}

/* Three requests in one datagram, the second wrong: each is answered. */
static bool batch(struct gv_nl *nl, const char *gpu)
{
	static const char * const names[] = { "batch1", "ba/tch2", "batch3" };
	static char buf[4096], got[GV_NL_BUF];
	int err[3] = { -1, -1, -1 };
	const struct nlmsghdr *nlh;
	uint32_t first = nl->seq + 1;
	unsigned int i, answers = 0;
	struct gv_req req;
	struct gv_end end;
	size_t len = 0;
	int left;

	for (i = 0; i < 3; i++) {
		good_request(nl, gpu, names[i], &req);
		req.nlh->nlmsg_seq = ++nl->seq;
		memcpy(buf + len, req.buf, req.nlh->nlmsg_len);
		len += MNL_ALIGN(req.nlh->nlmsg_len);
	}
	if (mnl_socket_sendto(nl->sock, buf, len) < 0)
		return false;
	while (answers < 3) {
		left = mnl_socket_recvfrom(nl->sock, got, sizeof(got));
		if (left < 0)
			return false;
		for (nlh = (void *)got; mnl_nlmsg_ok(nlh, left);
		     nlh = mnl_nlmsg_next(nlh, &left)) {
			gv_nl_end_read(nlh, &end);
			if (nlh->nlmsg_seq - first < 3)
				err[nlh->nlmsg_seq - first] = end.err;
			answers++;
		}
	}
	return !err[0] && err[1] == EINVAL && !err[2] &&
	       !gv_type_del(nl, gpu, "batch1") &&
	       !gv_type_del(nl, gpu, "batch3");
}

/* A caller that asks for no acknowledgment gets none, and its change. */
static bool no_ack(struct gv_nl *nl, const char *gpu)
{
	static struct gv_msg type;
	struct gv_req req;

	good_request(nl, gpu, "quiet", &req);
	req.nlh->nlmsg_flags = NLM_F_REQUEST;
	gv_nl_send(nl, &req);
	return !gv_nl_event(nl, &type, 0) &&
	       !gv_type_get(nl, gpu, "quiet", &type) &&
	       !gv_type_del(nl, gpu, "quiet");
}

static void count(const struct gv_msg *msg, void *arg)
{
	++*(unsigned int *)arg;
}

static int filtered(struct gv_nl *nl, uint8_t cmd, uint16_t attr,
		    const char *value, uint16_t attr2, const char *value2)
{
	unsigned int n = 0;
	struct gv_req req;
	int err;

	gv_req_init(&req, nl, cmd, NLM_F_DUMP);
	if (attr)
		gv_req_str(&req, attr, value);
	if (attr2)
		gv_req_str(&req, attr2, value2);
	err = gv_nl_dump(nl, &req, count, &n);
	return err ? -err : (int)n;
}

static bool filters(struct gv_nl *nl, const char *gpu, const char *uuid)
{
	const uint8_t gget = GPUVIRT_CMD_GPU_GET, tget = GPUVIRT_CMD_TYPE_GET;
	const uint8_t vget = GPUVIRT_CMD_VGPU_GET;
	const uint16_t id = GPUVIRT_A_VGPU_ID;

	return filtered(nl, gget, GPUVIRT_A_GPU_ADDRESS, gpu, 0, NULL) == 1 &&
	       filtered(nl, gget, GPUVIRT_A_GPU_ADDRESS, "x", 0, NULL) == 0 &&
	       filtered(nl, tget, GPU, gpu, 0, NULL) == 2 &&
	       filtered(nl, tget, NAME, "one", 0, NULL) == 1 &&
	       filtered(nl, tget, GPU, gpu, NAME, "two") == 1 &&
	       filtered(nl, tget, GPU, "x", NAME, "two") == 0 &&
	       filtered(nl, tget, GPU, gpu, NAME, "three") == 0 &&
	       filtered(nl, vget, id, uuid, 0, NULL) == 1 &&
	       filtered(nl, vget, GPUVIRT_A_VGPU_GPU, gpu, id, uuid) == 1 &&
	       filtered(nl, vget, GPUVIRT_A_VGPU_GPU, "x", id, uuid) == 0 &&
	       filtered(nl, vget, id, "x", 0, NULL) == 0;
}

/* A filter is checked as strictly as a request. */
static bool bad_filters(struct gv_nl *nl, const char *gpu)
{
	struct gv_req req;

	gv_req_init(&req, nl, GPUVIRT_CMD_TYPE_GET, NLM_F_DUMP);
	gv_req_u32(&req, 40, 1);
	if (gv_nl_dump(nl, &req, NULL, NULL) != EINVAL)
		return false;
	gv_req_init(&req, nl, GPUVIRT_CMD_TYPE_GET, NLM_F_DUMP);
	gv_req_raw(&req, GPU, gpu, 12);
	if (gv_nl_dump(nl, &req, NULL, NULL) != EINVAL)
		return false;
	/* A change is no dump. */
	gv_req_init(&req, nl, NEW, NLM_F_DUMP);
	return gv_nl_dump(nl, &req, NULL, NULL) == EOPNOTSUPP;
}

int main(void)
{
	const struct gv_sim sim = { .vram = 64 * GV_MIB };
	char uuid[GV_UUID_LEN + 1];
	const char *addr;
	struct gv_gpu gpu;
	struct gv_nl nl;

	gv_ktap_plan(GV_TRIES(tries) + 15);
	gv_nl_open(&nl);
	gv_gpu_new(&nl, &sim, &gpu);
	addr = gpu.address;
	gv_uuid(uuid, 1);
	if (gv_type_new(&nl, addr, "one", 8 * GV_MIB, 0) ||
	    gv_type_new(&nl, addr, "two", 8 * GV_MIB, 0) ||
	    gv_vgpu_new(addr, "one", uuid))
		gv_ktap_bail("no type to work with");

	gv_try_all(&nl, tries, GV_TRIES(tries), addr);
	gv_ktap_check(reserved_header(&nl, addr), "reserved bits in the header");
	gv_ktap_check(reserved_flag(&nl, addr), "a flag that is not for us");
	gv_ktap_check(attribute_zero(&nl, addr), "attribute 0");
	gv_ktap_check(no_header(&nl), "a message without the family's header");
	gv_ktap_check(cut_attribute(&nl, addr, 4), "a message cut by 4 bytes");
	gv_ktap_check(cut_attribute(&nl, addr, 10), "a message cut by 10 bytes");
	gv_ktap_check(long_attribute(&nl, addr), "an attribute past the end");
	gv_ktap_check(short_attribute(&nl, addr), "an attribute of 3 bytes in all");
	gv_ktap_check(long_message(&nl, addr), "a message that is too short");
	gv_ktap_check(twice(&nl, addr), "of two attributes the last holds");
	gv_ktap_check(batch(&nl, addr), "three requests at once, one wrong");
	gv_ktap_check(no_ack(&nl, addr), "a request that wants no answer");
	gv_ktap_check(filters(&nl, addr, uuid), "filters of dumps");
	gv_ktap_check(bad_filters(&nl, addr), "wrong filters of dumps");
	gv_ktap_check(!gv_gpu_del(&nl, addr), "all of it goes");
	return gv_ktap_end();
}
