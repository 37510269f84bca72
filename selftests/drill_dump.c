// SPDX-License-Identifier: GPL-2.0
/*
 * libs: libmnl
 * config: VFIO_MDEV
 * timeout: 1200
 *
 * R7: dumps while the configuration changes. One that does not say that it was
 * interrupted is of one moment.
 */
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drill.h"
#include "neighbour.h"
#include "nl_gpu.h"

#define TYPES 200	/* so many that a dump takes several packets */

static struct gv_drill drill;
static struct gv_nl nl;
/* Its socket was never read with more than a packet. */
static struct gv_nl plain;

/* Makes and deletes a type of the GPU, again and again. */
static pid_t start_changer(const char *where)
{
	pid_t pid = fork();
	struct gv_nl my;

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	gv_nl_open(&my);
	for (;;) {
		if (gv_type_new(&my, where, "coming", 4 * GV_MIB, 0) ||
		    gv_type_del(&my, where, "coming"))
			_exit(1);
		sched_yield();
	}
}

/* It has not ended by itself, as it does when it fails. */
static bool stop_changer(pid_t changer)
{
	int status = 0;

	kill(changer, SIGKILL);
	waitpid(changer, &status, 0);
	return WIFSIGNALED(status);
}

/* The same between two packets, where it is certain to interrupt. */
static void change(const char *where)
{
	static bool there;

	if (there ? gv_type_del(&nl, where, "between") :
		    gv_type_new(&nl, where, "between", 4 * GV_MIB, 0))
		gv_ktap_bail("nothing can be changed");
	there = !there;
}

struct dump {
	uint64_t generation;
	bool mixed;
	unsigned int n;
};

static void dump_entry(const struct nlmsghdr *nlh, struct dump *dump)
{
	static struct gv_msg msg;
	uint64_t generation;

	gv_msg_read(nlh, &msg);
	generation = gv_u64(&msg, GPUVIRT_A_TYPE_GENERATION);
	if (dump->n++ && generation != dump->generation)
		dump->mixed = true;
	dump->generation = generation;
}

/*
 * In packets as small as can be, which is a matter of how much the socket was
 * ever read with, and with time for others between them, or a change; one in four
 * with the changer stopped, so that it may be of one moment.
 */
static bool dump_types(const char *where, pid_t changer, struct dump *dump)
{
	const struct nlmsghdr *nlh;
	bool intr = false, quiet = !gv_drill_below(&drill, 4);
	char buf[8192];
	struct gv_req req;
	int len;

	memset(dump, 0, sizeof(*dump));
	kill(changer, quiet ? SIGSTOP : SIGCONT);
	gv_req_init(&req, &plain, GPUVIRT_CMD_TYPE_GET, NLM_F_DUMP);
	gv_req_str(&req, GPUVIRT_A_TYPE_GPU, where);
	gv_nl_send(&plain, &req);
	for (;;) {
		len = mnl_socket_recvfrom(plain.sock, buf, sizeof(buf));
		if (len < 0)
			gv_ktap_bail("a dump does not end: %m");
		for (nlh = (void *)buf; mnl_nlmsg_ok(nlh, len);
		     nlh = mnl_nlmsg_next(nlh, &len)) {
			if (nlh->nlmsg_seq != plain.seq)
				continue;
			intr |= nlh->nlmsg_flags & NLM_F_DUMP_INTR;
			if (nlh->nlmsg_type == NLMSG_DONE ||
			    nlh->nlmsg_type == NLMSG_ERROR)
				return intr;
			dump_entry(nlh, dump);
		}
		if (quiet || gv_drill_below(&drill, 4))
			sched_yield();
		else
			change(where);
	}
}

static void dump_once(const char *where, pid_t changer,
		      unsigned int *interrupted)
{
	struct dump dump;

	drill.tried++;
	if (dump_types(where, changer, &dump)) {
		++*interrupted;
		return;
	}
	if (dump.mixed || dump.n < TYPES || dump.n > TYPES + 2)
		gv_drill_failed(&drill,
				"a dump of %u types, of %s, says nothing",
				dump.n, dump.mixed ? "several moments" :
				"one moment");
}

static void make_types(const char *where)
{
	unsigned int i;
	char name[16];

	for (i = 0; i < TYPES; i++) {
		sprintf(name, "type%u", i);
		if (gv_type_new(&nl, where, name, 4 * GV_MIB, 0))
			gv_ktap_bail("no type to dump");
	}
}

int main(int argc, char **argv)
{
	const struct gv_sim sim = { .vram = 256 * GV_MIB };
	struct gv_neighbour neighbour;
	struct gv_gpu gpu, other;
	unsigned int interrupted = 0;
	pid_t changer;
	bool moves;

	gv_ktap_plan(4);
	gv_drill_begin(&drill, argc, argv, "R7d", "dumps during changes",
		       (struct gv_goals){ { 100, 20000, 1000000 } });
	gv_nl_open(&nl);
	gv_gpu_new(&nl, &sim, &gpu);
	gv_gpu_new(&nl, &sim, &other);
	gv_neighbour_start(&neighbour, &nl, other.address, drill.seed);
	make_types(gpu.address);
	changer = start_changer(gpu.address);
	plain.family = nl.family;
	plain.sock = gv_nl_socket();
	do {
		dump_once(gpu.address, changer, &interrupted);
		moves = drill.tried % 50 || gv_neighbour_moves(&neighbour);
	} while (gv_drill_goes_on(&drill) && moves);
	gv_ktap_check(stop_changer(changer) && interrupted,
		      "%u of %llu dumps were interrupted, and say so",
		      interrupted, (unsigned long long)drill.tried);
	gv_nl_close(&plain);
	if (interrupted == drill.tried)
		gv_drill_failed(&drill, "no dump was of one moment");
	gv_drill_check(&drill, 50);
	gv_ktap_check(moves & gv_neighbour_end(&neighbour),
		      "the neighbour got on, and keeps its VRAM");
	gv_ktap_check(!gv_gpu_del(&nl, gpu.address) &&
		      !gv_gpu_del(&nl, other.address), "the GPUs go");
	gv_nl_close(&nl);
	return gv_ktap_end();
}
