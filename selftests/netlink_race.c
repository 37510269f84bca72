// SPDX-License-Identifier: GPL-2.0
/*
 * libs: libmnl
 * config: DYNAMIC_FTRACE_WITH_REGS
 * timeout: 90
 *
 * Answers, and what happens before they are made: calls in the kernel are held.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "hold.h"
#include "host.h"
#include "ktap.h"
#include "nl_gpu.h"

/* Of the same length, so that nobody is caught by where the text ends. */
#define OURS "ffff:00:00.0"
#define THEIRS "eeee:00:00.0"
/* More than there are places for sentences on a kernel that has none of its own. */
#define BURST 1100
/* As long as a sentence is kept there. */
#define KEPT_MS 2000
#define MS 30000

/* Is a GPU that there is not refused in a sentence, and is this said in it? */
static bool refused(struct gv_nl *nl, const char *address, const char *said)
{
	static struct gv_msg msg;
	struct gv_end end;
	struct gv_req req;

	gv_req_init(&req, nl, GPUVIRT_CMD_GPU_GET, 0);
	gv_req_str(&req, GPUVIRT_A_GPU_ADDRESS, address);
	gv_nl_do(nl, &req, &msg, &end);
	if (end.err != ENODEV || !strstr(end.text, said))
		gv_ktap_note("%d %s", end.err, end.text);
	return end.err == ENODEV && strstr(end.text, said);
}

/* Of older kernels a refusal has a sentence that others are not written over. */
static void check_burst(void)
{
	static struct gv_nl nl, own;
	uint64_t begin;
	bool good;
	pid_t pid;
	int i;

	gv_nl_open(&nl);
	gv_nl_open(&own);
	begin = gv_now_ms();
	gv_hold_call("netlink_ack", 1, "netlink_rcv_skb");
	pid = fork();
	if (!pid)
		_exit(!refused(&own, OURS, OURS));
	good = gv_hold_reached();
	for (i = 0; i < BURST; i++)
		good &= refused(&nl, THEIRS, "");
	begin = gv_now_ms() - begin;
	gv_hold_go();
	good &= !gv_child_status(pid, MS);
	gv_ktap_note("%d other refusals in %u ms", BURST, (unsigned int)begin);
	if (begin < KEPT_MS)
		gv_ktap_check(good, "no burst of refusals writes over one that is sent");
	else
		gv_ktap_skip("no burst of refusals writes over one that is sent",
			     "this kernel is too slow for a burst");
	/* Nor has the next test to do with them. */
	gv_msleep(KEPT_MS);
}

int main(void)
{
	gv_host_begin();
	gv_hold_init();
	gv_ktap_plan(1);
	check_burst();
	gv_must("rmmod gpuvirt_hold");
	return gv_ktap_end();
}
