// SPDX-License-Identifier: GPL-2.0
/*
 * libs: libmnl
 * timeout: 240
 * config: VFIO_MDEV
 *
 * Refusals that are met seldom: one vGPU type too many, anything that is asked of
 * a GPU while it is being removed, and a removal that finds nothing any more.
 */
#include <errno.h>
#include <sched.h>
#include <string.h>

#include <libmnl/libmnl.h>

#include "host.h"
#include "ktap.h"
#include "nl_gpu.h"

/* GV_TYPES_MAX of the module. */
#define TYPES 4096
#define WORKS 40

/* What is asked of the leaving GPU, in one piece with its removal. */
enum {
	ASK_DEL,
	ASK_TYPE,
	ASK_VFS,
	ASK_SET,
	ASK_DEL_AGAIN,
	ASK_N,
};

static bool type_limit(struct gv_nl *nl, const char *gpu)
{
	static struct gv_msg msg;
	struct gv_end end;
	struct gv_req req;
	char name[16];
	unsigned int i;
	int err = 0;

	for (i = 0; i < TYPES && !err; i++) {
		snprintf(name, sizeof(name), "t%u", i);
		err = gv_type_new(nl, gpu, name, 8 * GV_MIB, 0);
	}
	gv_ktap_check(!err, "%u vGPU types can be created (%u were, error %d)",
		      TYPES, i, err);

	gv_req_init(&req, nl, GPUVIRT_CMD_TYPE_NEW, 0);
	gv_req_str(&req, GPUVIRT_A_TYPE_GPU, gpu);
	gv_req_str(&req, GPUVIRT_A_TYPE_NAME, "more");
	gv_req_u64(&req, GPUVIRT_A_TYPE_FRAMEBUFFER, 8 * GV_MIB);
	gv_nl_do(nl, &req, NULL, &end);
	gv_gpu_get(nl, gpu, &msg);
	return end.err == ENOSPC && end.reason == GPUVIRT_REASON_TYPE_LIMIT &&
	       strstr(end.text, "4096 vGPU types") &&
	       gv_u32(&msg, GPUVIRT_A_GPU_TYPES) == TYPES &&
	       gv_type_available(gpu, "more") == -1 &&
	       !gv_type_del(nl, gpu, "t0") &&
	       !gv_type_new(nl, gpu, "more", 8 * GV_MIB, 0);
}

static void ask(struct gv_nl *nl, unsigned int what, const char *gpu,
		struct gv_req *req)
{
	switch (what) {
	case ASK_TYPE:
		gv_req_init(req, nl, GPUVIRT_CMD_TYPE_NEW, 0);
		gv_req_str(req, GPUVIRT_A_TYPE_GPU, gpu);
		gv_req_str(req, GPUVIRT_A_TYPE_NAME, "late");
		gv_req_u64(req, GPUVIRT_A_TYPE_FRAMEBUFFER, 8 * GV_MIB);
		break;
	case ASK_VFS:
		gv_req_init(req, nl, GPUVIRT_CMD_VF_ENABLE, 0);
		gv_req_str(req, GPUVIRT_A_VF_GPU, gpu);
		gv_req_u32(req, GPUVIRT_A_VF_COUNT, 1);
		break;
	case ASK_SET:
		gv_req_init(req, nl, GPUVIRT_CMD_GPU_SET, 0);
		gv_req_str(req, GPUVIRT_A_GPU_ADDRESS, gpu);
		gv_req_u32(req, GPUVIRT_A_GPU_DRAIN, 1);
		break;
	default:
		gv_req_init(req, nl, GPUVIRT_CMD_SIM_DEL, 0);
		gv_req_str(req, GPUVIRT_A_SIM_GPU, gpu);
	}
	req->nlh->nlmsg_seq = ++nl->seq;
}

/* How each of the messages from @first on ended, in @end. */
static void answers(struct gv_nl *nl, uint32_t first, struct gv_end *end)
{
	char buf[GV_NL_BUF];
	const struct nlmsghdr *nlh;
	unsigned int left = ASK_N;
	int len;

	while (left) {
		len = mnl_socket_recvfrom(nl->sock, buf, sizeof(buf));
		if (len < 0)
			gv_ktap_bail("no answer: %m");
		for (nlh = (void *)buf; mnl_nlmsg_ok(nlh, len);
		     nlh = mnl_nlmsg_next(nlh, &len)) {
			if (nlh->nlmsg_type != NLMSG_ERROR ||
			    nlh->nlmsg_seq < first)
				continue;
			gv_nl_end_read(nlh, &end[nlh->nlmsg_seq - first]);
			left--;
		}
	}
}

/*
 * The messages of one send are read one after another, before the removal, which
 * is an operation, has got far. Others that are under way keep it back.
 */
static void leaving(struct gv_nl *nl, const char *gpu)
{
	static struct gv_req req[ASK_N];
	static char all[ASK_N * GV_NL_BUF];
	struct gv_end end[ASK_N];
	size_t len = 0;
	unsigned int i;

	for (i = 0; i < WORKS; i++) {
		gv_req_init(&req[0], nl, GPUVIRT_CMD_SIM_NEW, 0);
		gv_req_str(&req[0], GPUVIRT_A_SIM_MODEL, "none");
		gv_nl_do(nl, &req[0], NULL, NULL);
	}
	for (i = 0; i < ASK_N; i++) {
		ask(nl, i, gpu, &req[i]);
		memcpy(all + len, req[i].nlh, req[i].nlh->nlmsg_len);
		len += NLMSG_ALIGN(req[i].nlh->nlmsg_len);
	}
	mnl_socket_sendto(nl->sock, all, len);
	answers(nl, req[0].nlh->nlmsg_seq, end);

	gv_ktap_check(!end[ASK_DEL].err, "a GPU is told to go");
	gv_ktap_check(end[ASK_TYPE].err == ENODEV &&
		      end[ASK_TYPE].reason == GPUVIRT_REASON_GPU_LEAVING &&
		      strstr(end[ASK_TYPE].text, "is being removed"),
		      "it takes no new type meanwhile (%d, %s)",
		      end[ASK_TYPE].err, end[ASK_TYPE].text);
	gv_ktap_check(end[ASK_VFS].err == EBUSY &&
		      end[ASK_VFS].reason == GPUVIRT_REASON_GPU_LEAVING &&
		      strstr(end[ASK_VFS].text, "is being removed"),
		      "no VFs are enabled (%d, %s)", end[ASK_VFS].err,
		      end[ASK_VFS].text);
	gv_ktap_check(end[ASK_SET].err == ENODEV &&
		      end[ASK_SET].reason == GPUVIRT_REASON_GPU_LEAVING &&
		      strstr(end[ASK_SET].text, "is being removed"),
		      "nor a setting (%d, %s)", end[ASK_SET].err,
		      end[ASK_SET].text);
	gv_ktap_check(end[ASK_DEL_AGAIN].err &&
		      end[ASK_DEL_AGAIN].reason == GPUVIRT_REASON_GPU_LEAVING &&
		      strstr(end[ASK_DEL_AGAIN].text, "is being removed"),
		      "nor a second removal (%d, %s)", end[ASK_DEL_AGAIN].err,
		      end[ASK_DEL_AGAIN].text);
}

/* Nothing else runs on the guest's one processor before we wait for something. */
static void alone(bool on)
{
	const struct sched_param param = { .sched_priority = on };

	if (sched_setscheduler(0, on ? SCHED_FIFO : SCHED_OTHER, &param))
		gv_ktap_bail("no other scheduling: %m");
}

/*
 * One that is off its bus has no mark that it is being removed. Of two removals in
 * one piece the second finds nothing, unless the first has been carried out before
 * the second is read: then that is refused at once.
 */
static bool twice_once(struct gv_nl *nl)
{
	static char all[2 * GV_NL_BUF], got[GV_NL_BUF];
	const struct nlmsghdr *nlh;
	static struct gv_msg msg;
	struct gv_req req;
	struct gv_gpu gpu;
	unsigned int i, ends = 0, ids = 0;
	uint64_t id[2] = { 0, 0 };
	char path[80];
	size_t size = 0;
	int len;

	gv_gpu_new(nl, NULL, &gpu);
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/remove",
		 gpu.address);
	if (gv_file_write(path, "1"))
		gv_ktap_bail("%s can't be taken off its bus", gpu.address);
	for (i = 0; i < 2; i++) {
		ask(nl, ASK_DEL, gpu.address, &req);
		memcpy(all + size, req.nlh, req.nlh->nlmsg_len);
		size += NLMSG_ALIGN(req.nlh->nlmsg_len);
	}
	alone(true);
	mnl_socket_sendto(nl->sock, all, size);
	alone(false);
	while (ends < 2) {
		len = mnl_socket_recvfrom(nl->sock, got, sizeof(got));
		if (len < 0)
			gv_ktap_bail("no answer: %m");
		for (nlh = (void *)got; mnl_nlmsg_ok(nlh, len);
		     nlh = mnl_nlmsg_next(nlh, &len)) {
			if (nlh->nlmsg_type == NLMSG_ERROR) {
				ends++;
				continue;
			}
			gv_msg_read(nlh, &msg);
			if (ids < 2)
				id[ids++] = gv_u64(&msg,
						   GPUVIRT_A_SIM_OPERATION);
		}
	}
	/* Either may come first. */
	for (i = 0; i < ids; i++)
		if (gv_operation_wait(nl, id[i], &msg))
			break;
	return i < ids && gv_u32(&msg, GPUVIRT_A_OPERATION_ERRNO) == ENOENT &&
	       gv_u32(&msg, GPUVIRT_A_OPERATION_REASON) ==
	       GPUVIRT_REASON_GPU_UNKNOWN &&
	       strstr(gv_str(&msg, GPUVIRT_A_OPERATION_TEXT),
		      "is gone already");
}

static bool is_gone(struct gv_nl *nl, const char *gpu)
{
	struct gv_end end;
	struct gv_req req;

	gv_req_init(&req, nl, GPUVIRT_CMD_GPU_GET, 0);
	gv_req_str(&req, GPUVIRT_A_GPU_ADDRESS, gpu);
	gv_nl_do(nl, &req, NULL, &end);
	return end.reason == GPUVIRT_REASON_GPU_UNKNOWN;
}

int main(void)
{
	const struct gv_sim sim = { .vram = 64 * GV_MIB };
	unsigned int tries;
	struct gv_gpu gpu;
	struct gv_nl nl;

	gv_ktap_plan(9);
	gv_nl_open(&nl);
	gv_gpu_new(&nl, &sim, &gpu);
	gv_ktap_check(type_limit(&nl, gpu.address),
		      "one more is refused; with one less there is room");
	leaving(&nl, gpu.address);
	gv_ktap_check(gv_until(30000, is_gone(&nl, gpu.address)), "then it goes");
	for (tries = 1; tries <= 20 && !twice_once(&nl); tries++)
		;
	gv_ktap_check(tries <= 20, "of two removals one finds nothing any more");
	return gv_ktap_end();
}
