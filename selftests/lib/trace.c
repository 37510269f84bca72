// SPDX-License-Identifier: GPL-2.0
#include <sys/mount.h>
#include <unistd.h>

#include "host.h"
#include "ktap.h"
#include "trace.h"

#define TRACING "/sys/kernel/tracing"

bool gv_trace_begin(pid_t pid, const char *const *calls)
{
	if (access(TRACING "/trace", W_OK))
		mount("tracefs", TRACING, "tracefs", 0, NULL);
	if (access(TRACING "/kprobe_events", W_OK))
		return false;

	for (; *calls; calls++)
		gv_must("echo 'p:gv/%s' >>" TRACING "/kprobe_events", *calls);
	if (pid)
		gv_must("echo 'common_pid == %d' >" TRACING "/events/gv/filter",
			pid);
	gv_must("echo >" TRACING "/trace");
	gv_must("echo 1 >" TRACING "/events/gv/enable");
	return true;
}

void gv_trace_end(void)
{
	gv_must("echo 0 >" TRACING "/events/gv/enable");
	/* It takes what is said away with the events. */
	gv_must("grep -v '^#' " TRACING "/trace || true;"
		"echo >" TRACING "/kprobe_events");
}
