// SPDX-License-Identifier: GPL-2.0
/*
 * libs: libmnl
 * config: VFIO_MDEV
 * timeout: 1500
 *
 * R7: messages made from the spec, most of them changed afterwards, and batches
 * whose last message is cut off. Each message that netlink can see is answered, and
 * a refusal changes nothing. Dumps are in drill_dump.c.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "drill.h"
#include "fuzz.h"
#include "neighbour.h"
#include "nl_books.h"
#include "nl_gpu.h"
#include "spec.h"

#define UUID "7e57ab1e-0000-4000-8000-00000000f022"
#define BLOCK 512	/* messages between two looks at all of the books */
#define CALM 32		/* messages without success before they are taken */
#define BATCH 10

static struct gv_drill drill;
static struct gv_nl nl;
static struct gv_gpu gpu;
static struct gv_fuzz fuzz;
static uint64_t answered_by[134];	/* an errno, or all that is none */

/* How a message ended. */
struct answer {
	bool seen;
	bool entries;
	struct gv_end end;
	uint64_t generation;	/* after it, as the probe tells */
};

static void read_probe(const struct nlmsghdr *nlh, struct answer *answer)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attr) == GPUVIRT_A_INFO_GENERATION)
			answer->generation = mnl_attr_get_u64(attr);
}

static void read_until(uint32_t seq, uint32_t last, struct answer *answer)
{
	static char buf[4 * GV_NL_BUF];
	const struct nlmsghdr *nlh;
	bool ended = false;
	int len;

	while (!ended || (answer->entries && !answer->seen)) {
		len = mnl_socket_recvfrom(nl.sock, buf, sizeof(buf));
		if (len < 0)
			gv_ktap_bail("try %llu: no answer: %m",
				     (unsigned long long)drill.tried);
		for (nlh = (void *)buf; mnl_nlmsg_ok(nlh, len);
		     nlh = mnl_nlmsg_next(nlh, &len)) {
			bool end = nlh->nlmsg_type == NLMSG_ERROR ||
				   nlh->nlmsg_type == NLMSG_DONE;

			if (nlh->nlmsg_seq == last && !end)
				read_probe(nlh, answer);
			else if (nlh->nlmsg_seq == last)
				ended = true;
			if (nlh->nlmsg_seq != seq)
				continue;
			if (end) {
				gv_nl_end_read(nlh, &answer->end);
				answer->seen = true;
			} else if (nlh->nlmsg_flags & NLM_F_MULTI) {
				answer->entries = true;
			}
		}
	}
}

/* Send something, and after it what is answered for certain. */
static void send_with_probe(const void *data, size_t len, uint32_t seq,
			    struct answer *answer)
{
	struct gv_req probe;

	memset(answer, 0, sizeof(*answer));
	if (mnl_socket_sendto(nl.sock, data, len) < 0)
		gv_ktap_bail("can't send %zu bytes: %m", len);
	gv_req_init(&probe, &nl, GPUVIRT_CMD_INFO_GET, 0);
	gv_nl_send(&nl, &probe);
	read_until(seq, nl.seq, answer);
}

static bool known_error(int err)
{
	switch (err) {
	case 0:
	case ENOENT:
	case EBUSY:
	case EEXIST:
	case ENODEV:
	case EINVAL:
	case ENOSPC:
	case ERANGE:
	case ESTALE:
	case EOPNOTSUPP:
	case EMSGSIZE:
	case ENOTEMPTY:
		return true;
	}
	return false;
}

/* Is what a refusal says what a refusal must say? */
static bool well_said(const struct gv_end *end)
{
	size_t len = strlen(end->text), i;

	if (end->reason < 0)
		return true;
	if (!len || len > GPUVIRT_TEXT_MAX)
		return false;
	for (i = 0; i < len; i++)
		if (end->text[i] < ' ' || end->text[i] > '~')
			return false;
	return true;
}

/* Gives back whether it may have changed something. */
static bool fuzz_one(void)
{
	static struct gv_fuzz_msg msg;
	const char *op;
	struct answer answer;
	uint64_t now;

	drill.tried++;
	gv_fuzz_make(&fuzz, &nl, &msg);
	msg.req.nlh->nlmsg_seq = ++nl.seq;
	send_with_probe(msg.req.nlh, msg.sent, nl.seq, &answer);
	op = msg.op ? msg.op : "unknown command";
	if (answer.seen != msg.framed)
		gv_drill_failed(&drill, "%s is %sanswered", op,
				answer.seen ? "" : "not ");
	if (answer.seen)
		answered_by[answer.end.err >= 0 && answer.end.err < 133 ?
			    answer.end.err : 133]++;
	if (answer.seen && !known_error(answer.end.err))
		gv_drill_failed(&drill, "%s: errno %d: %s", op, answer.end.err,
				answer.end.text);
	if (answer.seen && !well_said(&answer.end))
		gv_drill_failed(&drill, "%s: badly said: \"%s\"", op,
				answer.end.text);
	if (answer.seen && !answer.end.err &&
	    (!msg.op || msg.flags & GV_SPEC_OPERATION)) {
		gv_settle(&nl);
		answer.generation = gv_info(&nl, GPUVIRT_A_INFO_GENERATION);
	}
	now = answer.generation;
	if (now == fuzz.generation)
		return answer.seen && !answer.end.err &&
		       (!msg.op || msg.flags & GV_SPEC_CHANGE);
	fuzz.generation = now;
	if (!answer.seen || answer.end.err ||
	    (msg.op && !(msg.flags & GV_SPEC_CHANGE)))
		gv_drill_failed(&drill, "%s: errno %d, and something changed",
				op, answer.end.err);
	return true;
}

struct found {
	char gpus[8][GPUVIRT_ADDRESS_MAX + 1];
	unsigned int nr_gpus;
	uint32_t ids[64][2];
	unsigned int nr_ids;
};

static void note_gpu(const struct gv_msg *msg, void *arg)
{
	const char *address = gv_str(msg, GPUVIRT_A_GPU_ADDRESS);
	struct found *found = arg;

	if (gv_has(msg, GPUVIRT_A_GPU_BACKEND) && found->nr_gpus < 8 &&
	    strcmp(address, gpu.address))
		strcpy(found->gpus[found->nr_gpus++], address);
}

static void note_id(const struct gv_msg *msg, void *arg)
{
	struct found *found = arg;

	if (found->nr_ids == 64)
		return;
	found->ids[found->nr_ids][0] = gv_u32(msg, GPUVIRT_A_ID_VENDOR);
	found->ids[found->nr_ids++][1] = gv_u32(msg, GPUVIRT_A_ID_DEVICE);
}

/* What the messages have made, so that it does not become too much. */
static void clean_up(void)
{
	static struct gv_req req;
	struct found found = { .nr_gpus = 0 };
	unsigned int i;

	gv_nl_dump_cmd(&nl, GPUVIRT_CMD_GPU_GET, note_gpu, &found);
	gv_nl_dump_cmd(&nl, GPUVIRT_CMD_ID_GET, note_id, &found);
	for (i = 0; i < found.nr_ids; i++) {
		gv_req_init(&req, &nl, GPUVIRT_CMD_ID_DEL, 0);
		gv_req_u32(&req, GPUVIRT_A_ID_VENDOR, found.ids[i][0]);
		gv_req_u32(&req, GPUVIRT_A_ID_DEVICE, found.ids[i][1]);
		gv_nl_do(&nl, &req, NULL, NULL);
	}
	gv_settle(&nl);
	for (i = 0; i < found.nr_gpus; i++)
		if (gv_gpu_del(&nl, found.gpus[i]))
			gv_drill_failed(&drill, "%s does not go",
					found.gpus[i]);
	fuzz.generation = gv_info(&nl, GPUVIRT_A_INFO_GENERATION);
}

/*
 * Messages, and all of the books across as many as none of which succeeded. To
 * take them costs as much as many messages, so it is not done after each success.
 */
static void fuzz_block(void)
{
	bool changed = false, taken = false;
	unsigned int i, calm = CALM;
	struct gv_books books;

	for (i = 0; i < BLOCK; i++) {
		if (!taken && calm == CALM) {
			gv_books_take(&nl, &books);
			taken = true;
		}
		calm++;
		if (!fuzz_one())
			continue;
		changed = true;
		calm = 0;
		if (taken)
			gv_books_free(&books);
		taken = false;
	}
	if (taken && !gv_books_same(&nl, &books))
		gv_drill_failed(&drill, "the books have changed by refusals");
	if (taken)
		gv_books_free(&books);
	if (changed)
		clean_up();
}

static void batch_name(char *name, unsigned int i)
{
	sprintf(name, "batch%u", i);
}

/* Several messages in one send; the last one is cut off somewhere. */
static void batch(void)
{
	unsigned int n = 2 + gv_drill_below(&drill, BATCH - 2), i;
	static char all[BATCH * 512];
	struct answer answer;
	struct gv_req req;
	size_t len = 0, cut = 0;
	char name[16];

	drill.tried++;
	for (i = 0; i < n; i++) {
		gv_req_init(&req, &nl, GPUVIRT_CMD_TYPE_NEW, 0);
		gv_req_str(&req, GPUVIRT_A_TYPE_GPU, gpu.address);
		batch_name(name, i);
		gv_req_str(&req, GPUVIRT_A_TYPE_NAME, name);
		gv_req_u64(&req, GPUVIRT_A_TYPE_FRAMEBUFFER, 4 * GV_MIB);
		req.nlh->nlmsg_seq = ++nl.seq;
		memcpy(all + len, req.nlh, req.nlh->nlmsg_len);
		cut = len + gv_drill_below(&drill, req.nlh->nlmsg_len);
		len += NLMSG_ALIGN(req.nlh->nlmsg_len);
	}
	/* A send of nothing of the last one is one of all the others. */
	send_with_probe(all, cut, nl.seq, &answer);
	if (answer.seen)
		gv_drill_failed(&drill, "a message that was cut off is answered");
	for (i = 0; i < n; i++) {
		static struct gv_msg msg;
		int err;

		batch_name(name, i);
		err = gv_type_get(&nl, gpu.address, name, &msg);
		if (err != (i < n - 1 ? 0 : ENOENT))
			gv_drill_failed(&drill, "of a batch of %u cut off, %u is %d",
					n, i, err);
		if (!err && gv_type_del(&nl, gpu.address, name))
			gv_drill_failed(&drill, "%s can't be deleted", name);
	}
}

int main(int argc, char **argv)
{
	const struct gv_sim sim = { .vram = 64 * GV_MIB };
	struct gv_neighbour neighbour;
	unsigned int i;
	bool moves = true;

	gv_ktap_plan(3);
	gv_drill_begin(&drill, argc, argv, "R7",
		       "netlink messages and batches",
		       (struct gv_goals){ { 10000, 200000, 10000000 } });
	gv_nl_open(&nl);
	gv_gpu_new(&nl, &sim, &gpu);
	gv_neighbour_start(&neighbour, &nl, gpu.address, drill.seed);
	if (gv_type_new(&nl, gpu.address, "f0", 4 * GV_MIB, 0) ||
	    gv_vgpu_new(gpu.address, "f0", UUID))
		gv_ktap_bail("no vGPU");
	fuzz.state = gv_random(&drill.state);
	fuzz.gpu = gpu.address;
	fuzz.uuid = UUID;
	fuzz.generation = gv_info(&nl, GPUVIRT_A_INFO_GENERATION);

	while (gv_drill_goes_on(&drill) && moves) {
		batch();
		fuzz.generation = gv_info(&nl, GPUVIRT_A_INFO_GENERATION);
		fuzz_block();
		moves = gv_neighbour_moves(&neighbour);
	}
	for (i = 0; i < 134; i++)
		if (answered_by[i])
			gv_ktap_note("%llu times %s",
				     (unsigned long long)answered_by[i],
				     i ? strerror(i) : "success");
	gv_drill_check(&drill, 300);
	gv_ktap_check(moves & gv_neighbour_end(&neighbour),
		      "the neighbour got on, and keeps its VRAM");
	gv_nl_close(&nl);
	gv_nl_open(&nl);
	gv_ktap_check(!gv_gpu_del(&nl, gpu.address), "the GPU goes");
	return gv_ktap_end();
}
