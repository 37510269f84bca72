// SPDX-License-Identifier: GPL-2.0
/*
 * libs: libmnl
 * config: VFIO_MDEV
 * timeout: 1200
 *
 * R8: who may do what: user id by capabilities by user namespace by network
 * namespace by command, and the exact errno of each cell. The commands are those
 * of the spec: one that is added is in the matrix by itself, as a change unless
 * it is called get. (netlink_rights tells what each kind of caller is shown.)
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drill.h"
#include "neighbour.h"
#include "nl_books.h"
#include "nl_gpu.h"
#include "spec.h"

#define NOBODY 65534
#define UUID "7e57ab1e-0000-4000-8000-0000000000e8"

static struct gv_drill drill;
static struct gv_gpu gpu;

/* What a caller is. */
struct caller {
	bool root;		/* user id 0, else 65534 */
	unsigned int caps;	/* index */
	bool userns;		/* one of its own */
	bool netns;
};

static const struct {
	const char *name;
	uint64_t bits;
} caps[] = {
	{ "no capability", 0 },
	{ "CAP_NET_ADMIN", 1ULL << CAP_NET_ADMIN },
	{ "CAP_SYS_ADMIN", 1ULL << CAP_SYS_ADMIN },
	{ "CAP_SYS_RAWIO and CAP_DAC_OVERRIDE",
	  1ULL << CAP_SYS_RAWIO | 1ULL << CAP_DAC_OVERRIDE },
	{ "all but CAP_SYS_ADMIN", ~(1ULL << CAP_SYS_ADMIN) },
	{ "all capabilities", ~0ULL },
};

#define CAPS (sizeof(caps) / sizeof(caps[0]))
#define CALLERS (2 * CAPS * 2 * 2)

static struct caller caller_of(unsigned int n)
{
	struct caller caller;

	caller.caps = n % CAPS;
	n /= CAPS;
	caller.root = n & 1;
	caller.userns = n & 2;
	caller.netns = n & 4;
	return caller;
}

/* By the rule, and not by what the module does. */
static bool may_change(const struct caller *caller)
{
	return !caller->userns &&
	       caps[caller->caps].bits & 1ULL << CAP_SYS_ADMIN;
}

/* An empty request and one that names what is not there; nothing succeeds. */
static const struct {
	const char *op;
	int empty;
	int absent;
} expected[] = {
	{ "info-get", 0, 0 },
	{ "gpu-get", EINVAL, ENODEV },
	{ "gpu-set", EINVAL, ENODEV },
	{ "type-get", EINVAL, ENODEV },
	{ "type-new", EINVAL, ENODEV },
	{ "type-del", EINVAL, ENODEV },
	{ "vgpu-get", EINVAL, ENOENT },
	{ "vgpu-retire", EINVAL, ENOENT },
	{ "vgpu-reset", EINVAL, ENOENT },
	{ "vf-get", EINVAL, ENODEV },
	{ "vf-enable", EINVAL, EINVAL },
	{ "vf-disable", EINVAL, ENODEV },
	{ "vf-reset", EINVAL, EINVAL },
	{ "id-get", EINVAL, ERANGE },
	{ "id-new", EINVAL, ERANGE },
	{ "id-del", EINVAL, ERANGE },
	{ "sim-new", 0, 0 },
	{ "sim-del", EINVAL, ENODEV },
	{ "sim-set", EINVAL, ENOENT },
	{ "operation-get", EINVAL, ENOENT },
	{ "group-get", EINVAL, ENODEV },
};

/* A number that is in nobody's interest, by the name of its attribute. */
static uint64_t absent_number(const char *attr)
{
	/* Beyond what an id can be, so that none is added. */
	if (!strcmp(attr, "vendor"))
		return 0x10000;
	if (!strcmp(attr, "generation"))
		return 0;
	if (!strcmp(attr, "id"))
		return ~0ULL >> 1;
	return 1;
}

static void absent_attr(struct gv_req *req, const struct gv_spec_attr *attr)
{
	const char *text = "ffff:1f:1f.7";

	if (!strcmp(attr->name, "id"))
		text = "7e57ab1e-ffff-4000-8000-ffffffffffff";
	if (!strcmp(attr->name, "name") || !strcmp(attr->name, "model"))
		text = "none";
	if (!strcmp(attr->name, "series"))
		text = "Q";
	if (strstr(attr->name, "driver"))
		text = "none";
	if (attr->kind == GV_SPEC_STR)
		gv_req_str(req, attr->number, text);
	else if (attr->kind == GV_SPEC_U32)
		gv_req_u32(req, attr->number, absent_number(attr->name));
	else
		gv_req_u64(req, attr->number, absent_number(attr->name));
}

/* Only the handle, so that no value can be at fault. */
static bool is_handle(const struct gv_spec_attr *attr)
{
	static const char *const handles[] = {
		"gpu", "address", "id", "name", "model", "vendor", "device",
	};
	unsigned int i;

	for (i = 0; i < sizeof(handles) / sizeof(handles[0]); i++)
		if (!strcmp(attr->name, handles[i]))
			return true;
	return false;
}

static int ask(struct gv_nl *nl, const struct gv_spec_op *op, bool absent)
{
	struct gv_req req;
	unsigned int i;

	gv_req_init(&req, nl, op->cmd, 0);
	for (i = 0; absent && i < op->n; i++)
		if (is_handle(&op->attrs[i]))
			absent_attr(&req, &op->attrs[i]);
	return gv_nl_do(nl, &req, NULL, NULL);
}

/* What a caller found; in memory that is shared with it. */
struct tally {
	volatile bool became;
	volatile unsigned int cells;
	volatile unsigned int wrong;
	char text[360];
};

static struct tally *tally;

static void cell(const char *what, int got, int want)
{
	size_t len;

	tally->cells++;
	if (got == want)
		return;
	tally->wrong++;
	len = strlen(tally->text);
	snprintf(tally->text + len, sizeof(tally->text) - len,
		 "%s: errno %d, not %d; ", what, got, want);
}

static void try_all(const struct caller *caller)
{
	bool change = may_change(caller);
	char what[64];
	struct gv_nl nl;
	unsigned int i, absent;
	int want;

	gv_nl_open(&nl);
	for (i = 0; i < GV_SPEC_OPS; i++) {
		const struct gv_spec_op *op = &gv_spec_ops[i];

		for (absent = 0; absent < 2; absent++) {
			want = absent ? expected[i].absent : expected[i].empty;
			if (op->flags & GV_SPEC_CHANGE && !change)
				want = EPERM;
			/* It would start an operation, whatever it asks for. */
			if (change && !strcmp(op->name, "sim-new"))
				continue;
			snprintf(what, sizeof(what), "%s of %s", op->name,
				 absent ? "what is not there" : "nothing");
			cell(what, ask(&nl, op, absent), want);
		}
		if (op->flags & GV_SPEC_DUMP) {
			snprintf(what, sizeof(what), "dump of %s", op->name);
			cell(what, gv_nl_dump_cmd(&nl, op->cmd, NULL, NULL), 0);
		}
	}
	cell("to join config", gv_nl_join(&nl, nl.config), 0);
	/* In a network namespace of its own it may listen to silence. */
	want = caps[caller->caps].bits & 1ULL << CAP_SYS_ADMIN &&
	       (!caller->userns || caller->netns) ? 0 : EPERM;
	cell("to join runtime", gv_nl_join(&nl, nl.runtime), want);
}

static bool set_caps(uint64_t bits)
{
	struct __user_cap_header_struct hdr = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &hdr, data))
		return false;
	data[0].permitted &= bits;
	data[1].permitted &= bits >> 32;
	data[0].effective = data[0].permitted;
	data[1].effective = data[1].permitted;
	data[0].inheritable = 0;
	data[1].inheritable = 0;
	return !syscall(SYS_capset, &hdr, data);
}

/* Ids of the new user namespace: all that are used keep their numbers. */
static bool map_ids(uid_t uid)
{
	char map[64];

	prctl(PR_SET_DUMPABLE, 1);
	snprintf(map, sizeof(map), "%u %u 1", uid, uid);
	return !gv_file_write("/proc/self/setgroups", "deny") &&
	       !gv_file_write("/proc/self/uid_map", map) &&
	       !gv_file_write("/proc/self/gid_map", map);
}

static bool become(const struct caller *caller)
{
	uid_t uid = caller->root ? 0 : NOBODY;

	if (caller->netns && !caller->userns && unshare(CLONE_NEWNET))
		return false;
	if (prctl(PR_SET_KEEPCAPS, 1) || setgroups(0, NULL) || setgid(uid) ||
	    setuid(uid))
		return false;
	/* Whoever makes a user namespace has all capabilities in it. */
	if (caller->userns && unshare(CLONE_NEWUSER |
				      (caller->netns ? CLONE_NEWNET : 0)))
		return false;
	if (caller->userns && !map_ids(uid))
		return false;
	return set_caps(caps[caller->caps].bits) && geteuid() == uid;
}

static void try_caller(unsigned int n)
{
	struct caller caller = caller_of(n);
	int status;
	pid_t pid;

	memset(tally, 0, sizeof(*tally));
	pid = fork();
	if (!pid) {
		tally->became = become(&caller);
		if (tally->became)
			try_all(&caller);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	drill.tried += tally->cells;
	if (status || !tally->became)
		gv_drill_failed(&drill, "caller %u is not to be had (0x%x)", n,
				status);
	else if (tally->wrong)
		gv_drill_failed(&drill,
				"user %u, %s, %s user and %s network namespace: %u wrong, %s",
				caller.root ? 0 : NOBODY, caps[caller.caps].name,
				caller.userns ? "its own" : "first",
				caller.netns ? "its own" : "first",
				tally->wrong, tally->text);
}

static bool matrix_is_whole(void)
{
	unsigned int i;

	if (sizeof(expected) / sizeof(expected[0]) != GV_SPEC_OPS)
		return false;
	for (i = 0; i < GV_SPEC_OPS; i++)
		if (strcmp(gv_spec_ops[i].name, expected[i].op))
			return false;
	return true;
}

int main(int argc, char **argv)
{
	const struct gv_sim sim = { .vram = 64 * GV_MIB };
	struct gv_neighbour neighbour;
	struct gv_books books;
	bool moves = true;
	struct gv_nl nl;
	unsigned int n;

	gv_ktap_plan(5);
	gv_drill_begin(&drill, argc, argv, "R8", "cells of the matrix of rights",
		       (struct gv_goals){ { 1, 20000, 200000 } });
	tally = mmap(NULL, sizeof(*tally), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (tally == MAP_FAILED)
		gv_ktap_bail("no memory");
	gv_ktap_check(matrix_is_whole(),
		      "each command of the spec has its errors in the matrix");
	gv_nl_open(&nl);
	gv_gpu_new(&nl, &sim, &gpu);
	gv_neighbour_start(&neighbour, &nl, gpu.address, drill.seed);
	if (gv_type_new(&nl, gpu.address, "t", 4 * GV_MIB, 0) ||
	    gv_vgpu_new(gpu.address, "t", UUID))
		gv_ktap_bail("no vGPU");
	gv_books_take(&nl, &books);
	/* The whole matrix, at least once. */
	while (gv_drill_goes_on(&drill) && moves) {
		for (n = 0; n < CALLERS; n++)
			try_caller(n);
		moves = gv_neighbour_moves(&neighbour);
	}
	gv_ktap_check(gv_books_same(&nl, &books), "none of it changes anything");
	gv_drill_check(&drill, CALLERS * GV_SPEC_OPS);
	gv_ktap_check(moves & gv_neighbour_end(&neighbour),
		      "the neighbour got on, and keeps its VRAM");
	gv_ktap_check(!gv_gpu_del(&nl, gpu.address), "the GPU goes");
	return gv_ktap_end();
}
