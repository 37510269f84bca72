// SPDX-License-Identifier: GPL-2.0
/*
 * libs: libmnl
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "drill.h"
#include "fail.h"
#include "fault.h"
#include "host.h"
#include "neighbour.h"
#include "nl_books.h"

/* More faults than any of the steps can have. */
#define LIMIT 20000
/* Of a function, tried one by one. */
#define PARTS 8
#define ON_WARN "/proc/sys/kernel/panic_on_warn"

struct gv_nl gv_fail_nl;
char gv_fail_gpu[GV_GPU_MAX];
char gv_fail_subject[64];

/* One that is asked by us, and one that is at work beside it. */
static struct gv_vfio neighbour;
static struct gv_neighbour busy;
static uint32_t beats;

/* Which fault is to come, if it is not 0, and where. */
static unsigned int nth;
static bool in_workers;
static const char *in_function;
static unsigned int part, parts;
static bool hit;

static struct gv_drill drill = { .id = GV_FAIL_DRILL, .what = GV_FAIL_WHAT };

void gv_fail_on(void)
{
	if (nth && !in_workers && !in_function)
		gv_fault_on(nth);
}

void gv_fail_off(void)
{
	if (nth && !in_workers && !in_function)
		hit = gv_fault_off();
}

/* The end of a request that comes at once, or GV_FAIL_UNKNOWN. */
static int answer(const struct gv_nl *own, struct gv_msg *reply)
{
	static char buf[4 * GV_NL_BUF];
	const struct nlmsghdr *nlh;
	struct gv_end end;
	ssize_t ret;
	int len;

	for (;;) {
		ret = recv(mnl_socket_get_fd(own->sock), buf, sizeof(buf),
			   MSG_DONTWAIT);
		if (ret <= 0)
			return GV_FAIL_UNKNOWN;
		len = ret;
		for (nlh = (void *)buf; mnl_nlmsg_ok(nlh, len);
		     nlh = mnl_nlmsg_next(nlh, &len)) {
			if (nlh->nlmsg_type == NLMSG_ERROR ||
			    nlh->nlmsg_type == NLMSG_DONE) {
				gv_nl_end_read(nlh, &end);
				return end.err;
			}
			if (reply)
				gv_msg_read(nlh, reply);
		}
	}
}

static int ask(struct gv_req *req, bool dump, struct gv_msg *reply)
{
	struct gv_nl own;
	int err;

	gv_nl_open(&own);
	req->nlh->nlmsg_seq = ++own.seq;
	gv_fail_on();
	err = mnl_socket_sendto(own.sock, req->nlh, req->nlh->nlmsg_len) < 0 ?
		errno : 0;
	if (!dump)
		gv_fail_off();
	if (!err)
		err = answer(&own, reply);
	if (dump)
		gv_fail_off();
	gv_nl_close(&own);
	return err;
}

int gv_fail_ask(struct gv_req *req, bool dump)
{
	return ask(req, dump, NULL);
}

struct running {
	uint64_t last;
	bool any;
};

static void look(const struct gv_msg *msg, void *arg)
{
	struct running *running = arg;

	running->last = gv_u64(msg, GPUVIRT_A_OPERATION_ID);
	running->any |= gv_u32(msg, GPUVIRT_A_OPERATION_STATE) ==
		GPUVIRT_OPERATION_STATE_RUNNING;
}

static uint64_t settle(void)
{
	struct running running;
	bool done;

	done = gv_until(60000, ({
		running = (struct running){ 0, false };
		gv_nl_dump_cmd(&gv_fail_nl, GPUVIRT_CMD_OPERATION_GET, look,
			       &running);
		!running.any;
	}));
	if (!done)
		gv_ktap_bail("an operation does not end");
	return running.last;
}

int gv_fail_operate(struct gv_req *req, uint16_t attr)
{
	static struct gv_msg msg;
	uint64_t id;
	int err;

	memset(&msg, 0, sizeof(msg));
	if (nth && in_workers)
		gv_fault_workers_on(nth);
	if (nth && in_function &&
	    !gv_fault_in_on(in_function, part, parts))
		gv_ktap_bail("there is no function %s", in_function);
	err = ask(req, false, &msg);
	id = !err ? gv_u64(&msg, attr) : 0;
	/* Whether it was started is not said if the answer was what failed. */
	settle();
	if (nth && in_workers)
		hit = gv_fault_workers_off();
	if (nth && in_function)
		hit = gv_fault_in_off();
	if (err)
		return err;
	err = gv_operation_wait(&gv_fail_nl, id, &msg);
	snprintf(gv_fail_subject, sizeof(gv_fail_subject), "%s",
		 gv_str(&msg, GPUVIRT_A_OPERATION_SUBJECT));
	return err;
}

bool gv_fail_neighbour_moves(void)
{
	return gv_neighbour_moves(&busy);
}

/*
 * The neighbour's device answers, and its VRAM is what was written there; the other
 * one has got on since this was asked last.
 */
bool gv_fail_neighbour_lives(void)
{
	char buf[64];

	if (!gv_fail_neighbour_moves())
		return false;
	gv_put(&neighbour, GV_BAR_ENGINE, GV_ENGINE_SCRATCH, 4, ++beats);
	return gv_get(&neighbour, GV_BAR_ENGINE, GV_ENGINE_SCRATCH, 4) == beats &&
	       gv_read(&neighbour, GV_BAR_VRAM, 4096, buf, sizeof(buf)) ==
			sizeof(buf) &&
	       gv_all(buf, sizeof(buf), 0xa5);
}

/*
 * Where VFIO of Linux 6.1 can't add its group's device it frees the group with the
 * IOMMU group in it, and warns of that: a mistake of its own.
 */
static void expect_warning(void)
{
	gv_host_write(ON_WARN, "0");
	gv_host_write("/dev/kmsg",
		      "gv-test: expect warning in vfio_group_release");
}

bool gv_fail_neighbour_end(void)
{
	return gv_fail_neighbour_lives() & gv_neighbour_end(&busy);
}

/* The last of the groups may be freed seconds later. */
void gv_fail_end(void)
{
	if (drill.tried)
		gv_drill_tell(&drill);
	gv_sleep(5000);
	gv_host_write(ON_WARN, "1");
}

void gv_fail_begin(const char *sim)
{
	const char *why = gv_fault_init();
	char vram[64];

	if (why)
		gv_ktap_skip_all(why);
	expect_warning();
	gv_must("modprobe vfio_iommu_type1");
	gv_host_sim_add(gv_fail_gpu, sim);
	gv_host_type_new(gv_fail_gpu, "type", "framebuffer 64MiB");
	gv_host_vgpu_new(gv_fail_gpu, "type", GV_FAIL_NEIGHBOUR);
	gv_host_vgpu_new(gv_fail_gpu, "type", GV_FAIL_IDLE);
	gv_vfio_must_open(&neighbour, GV_FAIL_NEIGHBOUR);
	memset(vram, 0xa5, sizeof(vram));
	if (gv_write(&neighbour, GV_BAR_VRAM, 4096, vram, sizeof(vram)) < 0)
		gv_ktap_bail("the neighbour's VRAM can't be written");
	gv_nl_open(&gv_fail_nl);
	gv_neighbour_start(&busy, &gv_fail_nl, gv_fail_gpu, 1);
	drill.begun = gv_now_ms();
}

/* One fault; whether what followed was right. */
static bool fault(const struct gv_fail *step)
{
	struct gv_books before;
	bool good, is;
	int err;

	gv_books_take_uncounted(&gv_fail_nl, &before);
	hit = false;
	err = step->act();
	is = !step->is || step->is() == step->made;
	/* What was done has its place in the books; anything else has none. */
	if (!err || (err == GV_FAIL_UNKNOWN && step->is && is))
		good = is;
	else if (step->backs && err == EFAULT)
		good = true;
	else
		good = (!step->is || !is) &&
		       gv_books_same(&gv_fail_nl, &before);
	gv_books_free(&before);

	if (!hit && err)
		good = false;
	if (!good)
		gv_ktap_note("%s, fault %u%s: error %d, %sdone", step->what,
			     nth, hit ? "" : " (none)", err, is ? "" : "not ");
	return good;
}

/* Without faults: what was refused works, and is taken back. */
static bool again(const struct gv_fail *step)
{
	unsigned int kept = nth;
	int err = 0;

	nth = 0;
	if (!step->is || step->is() != step->made)
		err = step->act();
	if (!err && step->undo)
		err = step->undo();
	nth = kept;
	if (err)
		gv_ktap_note("%s, after fault %u: error %d", step->what, nth,
			     err);
	return !err;
}

static bool one(const struct gv_fail *step)
{
	return fault(step) && again(step) && gv_fail_neighbour_lives();
}

/* In each function, and if that has such places then in each part of it. */
static bool sweep_functions(const struct gv_fail *step, unsigned int *hits)
{
	const char * const *name;
	bool good = true;

	nth = 1;
	for (name = step->in; good && *name; name++) {
		in_function = *name;
		part = 0;
		parts = 1;
		good = one(step);
		if (!good)
			gv_ktap_note("that was in %s", *name);
		if (!hit) {
			gv_ktap_note("%s: nothing in %s can fail", step->what,
				     *name);
			good = false;
		}
		for (parts = hit ? PARTS : 0; good && part < parts; part++) {
			good = one(step);
			*hits += hit;
			if (!good)
				gv_ktap_note("that was in %s, %u/%u", *name,
					     part, parts);
		}
	}
	in_function = NULL;
	nth = 0;
	return good && *hits;
}

static bool sweep(const struct gv_fail *step, unsigned int *hits)
{
	bool good = true;

	*hits = 0;
	in_workers = step->workers;
	nth = 0;
	if (step->once)
		return !step->act() && step->is() == step->made;
	if (step->in)
		return sweep_functions(step, hits);
	for (nth = 1; good && nth < LIMIT; nth++) {
		good = one(step);
		if (!hit)
			break;
		++*hits;
	}
	good = good && !*hits == step->sure && nth < LIMIT;
	nth = 0;
	return good;
}

bool gv_fail_sweep(const struct gv_fail *step, unsigned int *hits)
{
	bool good = sweep(step, hits);

	drill.tried += *hits;
	drill.failed += !good;
	return good;
}
