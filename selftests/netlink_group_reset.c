// SPDX-License-Identifier: GPL-2.0
/*
 * libs: libmnl
 * timeout: 120
 *
 * A function that is being reset must not be accessed: group-get, which anybody
 * may ask, neither does that nor waits for the end of it.
 */
#include <unistd.h>

#include "ktap.h"
#include "nl_gpu.h"
#include "trace.h"
#include "vf.h"

#define A(name) GPUVIRT_A_GROUP_##name
#define GETS 20

static char gpu[GV_GPU_MAX], vf[GV_GPU_MAX];

/* One request: was it told that there is ACS, and the registers? */
static bool ask(struct gv_nl *nl, bool registers)
{
	static struct gv_req req;
	static struct gv_msg msg;

	gv_req_init(&req, nl, GPUVIRT_CMD_GROUP_GET, 0);
	gv_req_str(&req, A(ADDRESS), vf);
	return !gv_nl_do(nl, &req, &msg, NULL) && gv_u32(&msg, A(ACS)) == 1 &&
	       gv_has(&msg, A(ACS_CAP)) == registers &&
	       gv_has(&msg, A(ACS_CTRL)) == registers;
}

static void check_accesses(struct gv_nl *nl)
{
	static const char *const calls[] = {
		"config_read pci_read_config_word", NULL,
	};
	static const char what[] = "and not accessed";
	bool traced = gv_trace_begin(getpid(), calls);
	unsigned int i, told = 0;

	for (i = 0; i < GETS; i++)
		told += ask(nl, false);
	gv_ktap_check(told == GETS,
		      "its registers are not told while it is being reset");
	if (!traced) {
		gv_ktap_skip(what, "this kernel has no kprobe events");
		return;
	}
	gv_trace_end();
	gv_ktap_check(!gv_said[0], "%s", what);
}

/* Many at once do not take each other for a reset. */
static void check_crowd(void)
{
	pid_t pids[4];
	unsigned int i, n, wrong = 0;
	struct gv_nl nl;

	for (i = 0; i < 4; i++) {
		pids[i] = fork();
		if (pids[i])
			continue;
		gv_nl_open(&nl);
		for (n = 0; n < 500; n++)
			if (!ask(&nl, true))
				_exit(1);
		_exit(0);
	}
	for (i = 0; i < 4; i++)
		wrong += !!gv_child_status(pids[i], 60000);
	gv_ktap_check(!wrong, "readers do not take each other for a reset");
}

int main(void)
{
	struct gv_nl nl;

	gv_host_begin();
	gv_ktap_plan(5);
	gv_nl_open(&nl);
	gv_host_sim_add(gpu, "vram 64MiB total-vfs 2");
	gv_vfs_enable(gpu, 2);
	gv_vf_name(vf, gpu, 0);
	gv_ktap_check(ask(&nl, true), "the ACS registers of a VF are told");
	check_crowd();

	gv_must("gpuvirt sim set %s faults flr-stuck", gpu);
	gv_must("gpuvirt vf reset %s --no-wait", vf);
	if (!gv_until(60000, ask(&nl, false)))
		gv_ktap_bail("the reset does not begin");
	check_accesses(&nl);
	gv_must("gpuvirt sim set %s faults none", gpu);
	gv_ktap_check(gv_until(60000, ask(&nl, true)),
		      "they are again when the reset has ended");
	gv_nl_close(&nl);
	return gv_ktap_end();
}
