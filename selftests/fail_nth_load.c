// SPDX-License-Identifier: GPL-2.0
/*
 * libs: libmnl
 * timeout: 300
 *
 * The module is loaded again and again, and each time another allocation in that
 * fails. Whenever it was not loaded nothing of it may be left. It needs a kernel
 * that injects faults, say 6.1-debug. The kernel's own part comes first: this
 * takes some of the last faults, fail_nth_load_all.c takes them all.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "drill.h"
#include "fail.h"
#include "fault.h"
#include "host.h"
#include "ktap.h"

/* More faults than loading can have. */
#define LIMIT 20000

#ifndef LAST
#define LAST 100
#endif

struct outcome {
	int err;
	bool hit;
};

static void load(unsigned int n, struct outcome *out)
{
	struct utsname name;
	char path[256];
	int fd;

	uname(&name);
	snprintf(path, sizeof(path), "/lib/modules/%s/updates/gpuvirt.ko",
		 name.release);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		gv_ktap_bail("%s can't be opened: %m", path);
	gv_fault_on(n);
	out->err = syscall(SYS_finit_module, fd, "", 0) ? errno : 0;
	out->hit = gv_fault_off();
	close(fd);
}

static bool unload(void)
{
	return !syscall(SYS_delete_module, "gpuvirt", O_NONBLOCK);
}

/*
 * To ask for the netlink family would load the module. What is left of it, or of
 * anything else with a name, is in the way of the next load.
 */
static bool nothing_left(void)
{
	return access("/sys/module/gpuvirt", F_OK) &&
	       access("/sys/bus/mdev/drivers/gpuvirt-vgpu", F_OK) &&
	       access("/sys/devices/gpuvirt", F_OK);
}

static bool works(void)
{
	return gv_run("gpuvirt vgpu show") == 0;
}

/* Whether all was right with this fault. */
static bool fault(unsigned int n, struct outcome *out)
{
	bool good;

	load(n, out);
	if (out->err)
		good = out->hit && nothing_left();
	else
		good = works() && unload() && nothing_left();
	if (!good)
		gv_ktap_note("fault %u: error %d, %s", n, out->err, gv_said);
	return good;
}

int main(void)
{
	/* With delayed release of kobjects each takes ten seconds. */
	unsigned int step = LAST && gv_patience(1) > 1 ? 7 : 1;
	unsigned int n, total, refused = 0, borne = 0;
	struct gv_drill drill = { .id = GV_FAIL_DRILL, .what = GV_FAIL_WHAT };
	const char *why = gv_fault_init();
	struct outcome out;
	bool good;

	if (why)
		gv_ktap_skip_all(why);
	drill.begun = gv_now_ms();
	/* What it needs stays: modprobe would take that along. */
	gv_run("rmmod gpuvirt_sim");
	gv_must("modprobe gpuvirt");
	/*
	 * Where the kernel finds no memory for the directory of a module's drivers,
	 * module_add_driver() of 6.1 puts the link that belongs there into the root
	 * of sysfs, and leaves it there: the next such fault meets it.
	 */
	gv_host_write("/dev/kmsg",
		      "gv-test: expect duplicate //mdev:gpuvirt-vgpu");
	gv_ktap_plan(4);
	gv_ktap_check(unload() && nothing_left(), "the module goes");

	good = fault(LIMIT, &out) && !out.err && !out.hit;
	total = gv_fault_used();
	n = LAST && total > LAST ? total - LAST : 1;
	for (; good && n <= total; n += step) {
		good = fault(n, &out);
		refused += !!out.err;
		borne += !out.err && out.hit;
	}
	drill.tried = refused + borne;
	drill.failed = !good;
	gv_drill_tell(&drill);
	gv_ktap_check(good,
		      "of %u chances: %u times it was not loaded, %u times it works all the same",
		      total, refused, borne);
	gv_ktap_check(refused > 3, "faults do keep it from being loaded");
	gv_ktap_check(gv_run("modprobe gpuvirt") == 0 && works(),
		      "it is loaded again");
	return gv_ktap_end();
}
