// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "hold.h"
#include "host.h"
#include "ktap.h"

#define PARAMETERS "/sys/module/gpuvirt_hold/parameters"

void gv_hold_init(void)
{
	if (gv_run("modprobe gpuvirt-hold"))
		gv_ktap_bail("calls can't be held: %s", gv_said);
}

void gv_hold_call(const char *function, unsigned int n, const char *caller)
{
	char text[128];

	snprintf(text, sizeof(text), "%s %u %s", function, n, caller);
	if (gv_host_write(PARAMETERS "/call", text))
		gv_ktap_bail("%s can't be held", text);
}

static bool gv_hold_held(void)
{
	char held = 'N';
	FILE *file = fopen(PARAMETERS "/held", "re");

	if (!file || fread(&held, 1, 1, file) != 1)
		gv_ktap_bail("nothing can be held");
	fclose(file);
	return held == 'Y';
}

bool gv_hold_reached(void)
{
	bool good = gv_until(30000, gv_hold_held());

	if (!good)
		gv_ktap_note("the call is not made");
	return good;
}

void gv_hold_go(void)
{
	if (gv_host_write(PARAMETERS "/call", "none") ||
	    !gv_until(30000, !gv_hold_held()))
		gv_ktap_bail("what is held does not go");
}

bool gv_hold_waits(pid_t pid, const char *function)
{
	char path[32], line[128] = "";
	FILE *file;
	bool good;

	snprintf(path, sizeof(path), "/proc/%d/stack", pid);
	file = fopen(path, "re");
	if (!file)
		return false;
	good = fgets(line, sizeof(line), file) && strstr(line, function);
	fclose(file);
	return good;
}

pid_t gv_hold_start(const char *said, const char *fmt, ...)
{
	char command[512];
	va_list ap;
	pid_t pid;

	va_start(ap, fmt);
	vsnprintf(command, sizeof(command), fmt, ap);
	va_end(ap);
	pid = fork();
	if (pid < 0)
		gv_ktap_bail("fork: %m");
	if (!pid)
		_exit(gv_run("%s >%s", command, said));
	return pid;
}
