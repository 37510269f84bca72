// SPDX-License-Identifier: GPL-2.0
/*
 * libs: libmnl
 * timeout: 120
 * config: VFIO_MDEV
 *
 * Who may do what: every command by every kind of caller, what each is told,
 * and which multicast groups each may join.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ktap.h"
#include "nl_books.h"
#include "nl_gpu.h"
#include "nl_try.h"
#include "nl_vfio.h"

#define NOBODY 65534
#define UUID "7e57ab1e-0000-4000-8000-000000000001"

static struct gv_gpu gpu;

static bool set_caps(uint32_t caps)
{
	struct __user_cap_header_struct hdr = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2] = {
		{ .effective = caps, .permitted = caps },
	};

	return !syscall(SYS_capset, &hdr, data);
}

static bool become_nobody(uint32_t caps)
{
	return !prctl(PR_SET_KEEPCAPS, 1) && !setgroups(0, NULL) &&
	       !setgid(NOBODY) && !setuid(NOBODY) && set_caps(caps);
}

/* Root of a user namespace of its own, made by an ordinary user. */
static bool become_fake_root(int flags)
{
	char map[32];
	int err;

	if (!become_nobody(0))
		return false;
	if (unshare(CLONE_NEWUSER | flags)) {
		gv_ktap_note("no user namespace: %s", strerror(errno));
		return false;
	}
	/* Whoever has changed rights does not own its /proc/self until this. */
	prctl(PR_SET_DUMPABLE, 1);
	err = gv_file_write("/proc/self/setgroups", "deny");
	snprintf(map, sizeof(map), "0 %d 1", NOBODY);
	if (!err)
		err = gv_file_write("/proc/self/uid_map", map);
	if (!err)
		err = gv_file_write("/proc/self/gid_map", map);
	if (err)
		gv_ktap_note("no map of ids: %s", strerror(err));
	return !err && !geteuid();
}

static bool as_root(void)
{
	return true;
}

static bool as_nobody(void)
{
	return become_nobody(0);
}

static bool as_net_admin(void)
{
	return become_nobody(1U << CAP_NET_ADMIN);
}

static bool as_sys_admin(void)
{
	return become_nobody(1U << CAP_SYS_ADMIN);
}

static bool as_userns_root(void)
{
	return become_fake_root(0);
}

static bool as_container_root(void)
{
	return become_fake_root(CLONE_NEWNET);
}

static bool as_root_elsewhere(void)
{
	return !unshare(CLONE_NEWNET);
}

/* May: change things, see what is for administrators, join group runtime. */
static const struct caller {
	const char *name;
	bool (*become)(void);
	bool change;
	bool runtime;
} callers[] = {
	{ "root", as_root, true, true },
	{ "uid 65534", as_nobody, false, false },
	{ "uid 65534 with CAP_NET_ADMIN", as_net_admin, false, false },
	{ "uid 65534 with CAP_SYS_ADMIN", as_sys_admin, true, true },
	{ "root of a user namespace", as_userns_root, false, false },
	/* It may join in its own network namespace, where nothing is sent. */
	{ "root of a container", as_container_root, false, true },
	{ "root in another network namespace", as_root_elsewhere, true, true },
};

#define REFUSED EPERM, GPUVIRT_REASON_NOT_PERMITTED, \
	"needs CAP_SYS_ADMIN in the initial user namespace", 0

/*
 * Changes that fail for another reason when they are allowed, so that each can
 * be tried by all; even the empty ones are refused for lack of rights first.
 */
static const struct gv_try changes[] = {
	{ "gpu-set", GPUVIRT_CMD_GPU_SET,
	  { S(GPUVIRT_A_GPU_ADDRESS, GV_GPU), U(GPUVIRT_A_GPU_DRAIN, 2) },
	  REFUSED },
	{ "type-new", GPUVIRT_CMD_TYPE_NEW,
	  { S(GPUVIRT_A_TYPE_GPU, GV_GPU), S(GPUVIRT_A_TYPE_NAME, "/"),
	    L(GPUVIRT_A_TYPE_FRAMEBUFFER, 8 * GV_MIB) }, REFUSED },
	{ "type-del", GPUVIRT_CMD_TYPE_DEL,
	  { S(GPUVIRT_A_TYPE_GPU, GV_GPU), S(GPUVIRT_A_TYPE_NAME, "none") },
	  REFUSED },
	{ "vgpu-retire", GPUVIRT_CMD_VGPU_RETIRE,
	  { S(GPUVIRT_A_VGPU_ID, UUID), L(GPUVIRT_A_VGPU_SERIAL, ~0ULL) },
	  REFUSED },
	{ "vgpu-reset", GPUVIRT_CMD_VGPU_RESET,
	  { S(GPUVIRT_A_VGPU_ID, UUID), L(GPUVIRT_A_VGPU_SERIAL, ~0ULL) },
	  REFUSED },
	{ "sim-new", GPUVIRT_CMD_SIM_NEW, { S(GPUVIRT_A_SIM_MODEL, "") },
	  REFUSED },
	{ "sim-del", GPUVIRT_CMD_SIM_DEL,
	  { S(GPUVIRT_A_SIM_GPU, "ffff:00:00.0") }, REFUSED },
	{ "type-new of nothing", GPUVIRT_CMD_TYPE_NEW, { }, REFUSED },
};

/* All may read. */
static const struct gv_try reads[] = {
	{ .what = "info-get", .cmd = GPUVIRT_CMD_INFO_GET },
	{ .what = "gpu-get", .cmd = GPUVIRT_CMD_GPU_GET,
	  .attrs = { S(GPUVIRT_A_GPU_ADDRESS, GV_GPU) } },
	{ .what = "type-get", .cmd = GPUVIRT_CMD_TYPE_GET,
	  .attrs = { S(GPUVIRT_A_TYPE_GPU, GV_GPU),
		     S(GPUVIRT_A_TYPE_NAME, "one") } },
	{ .what = "vgpu-get", .cmd = GPUVIRT_CMD_VGPU_GET,
	  .attrs = { S(GPUVIRT_A_VGPU_ID, UUID) } },
};

static bool try_changes(struct gv_nl *nl, const struct caller *caller)
{
	struct gv_end end;
	struct gv_req req;
	bool good = true;
	unsigned int i;

	for (i = 0; i < GV_TRIES(changes); i++) {
		if (!caller->change) {
			if (gv_try(nl, &changes[i], gpu.address))
				continue;
			gv_ktap_note("%s is not refused as it must",
				     changes[i].what);
			good = false;
			continue;
		}
		gv_try_request(nl, &changes[i], gpu.address, 0, &req);
		gv_nl_do(nl, &req, NULL, &end);
		if (end.err && end.err != EPERM &&
		    end.reason != GPUVIRT_REASON_NOT_PERMITTED)
			continue;
		gv_ktap_note("%s: errno %d", changes[i].what, end.err);
		good = false;
	}
	return good;
}

static void count_entry(const struct gv_msg *msg, void *arg)
{
	++*(unsigned int *)arg;
}

static bool try_reads(struct gv_nl *nl)
{
	static struct gv_msg msg;
	struct gv_req req;
	bool good = true;
	unsigned int i;
	int err;

	for (i = 0; i < GV_TRIES(reads); i++) {
		gv_try_request(nl, &reads[i], gpu.address, 0, &req);
		msg.cmd = 0;
		err = gv_nl_do(nl, &req, &msg, NULL);
		if (!err && msg.cmd == reads[i].cmd)
			continue;
		gv_ktap_note("%s: errno %d", reads[i].what, err);
		good = false;
	}
	err = gv_nl_dump_cmd(nl, GPUVIRT_CMD_OPERATION_GET, count_entry, &i);
	return good && !err && i > GV_TRIES(reads);
}

/* What is for administrators; the vGPU is open, so there is all of it. */
static const struct secrets {
	const char *what;
	uint8_t cmd;
	bool dump;
	uint16_t attrs[6];
} secrets[] = {
	{ "info-get", GPUVIRT_CMD_INFO_GET, false,
	  { GPUVIRT_A_INFO_RUNTIME_SEQ } },
	{ "gpu-get", GPUVIRT_CMD_GPU_GET, true,
	  { GPUVIRT_A_GPU_BACKING_USED } },
	{ "vgpu-get", GPUVIRT_CMD_VGPU_GET, true,
	  { GPUVIRT_A_VGPU_HOLDER_PID, GPUVIRT_A_VGPU_HOLDER_COMM,
	    GPUVIRT_A_VGPU_BACKING_USED, GPUVIRT_A_VGPU_RESETS,
	    GPUVIRT_A_VGPU_MODE_XRES, GPUVIRT_A_VGPU_MODE_YRES } },
};

struct told {
	const struct secrets *secrets;
	bool admin;
	unsigned int good;
	unsigned int bad;
};

static void look_at(const struct gv_msg *msg, void *arg)
{
	struct told *told = arg;
	const uint16_t *attr;
	bool good = msg->cmd == told->secrets->cmd;

	/* The machine may have GPUs that nothing is told of. */
	if (msg->cmd == GPUVIRT_CMD_GPU_GET &&
	    strcmp(gv_str(msg, GPUVIRT_A_GPU_ADDRESS), gpu.address))
		return;
	for (attr = told->secrets->attrs;
	     attr < told->secrets->attrs + 6 && *attr; attr++) {
		if (gv_has(msg, *attr) == told->admin)
			continue;
		gv_ktap_note("%s: attribute %u is %s", told->secrets->what,
			     *attr, told->admin ? "missing" : "shown");
		good = false;
	}
	told->good += good;
	told->bad += !good;
}

/* Both by get and by dump: all of what is for administrators, or none of it. */
static bool try_secrets(struct gv_nl *nl, bool admin)
{
	static struct gv_msg msg;
	bool good = true;
	struct gv_req req;
	struct told told;
	unsigned int i;

	for (i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++) {
		told = (struct told){ .secrets = &secrets[i], .admin = admin };
		gv_req_init(&req, nl, secrets[i].cmd, 0);
		if (secrets[i].cmd == GPUVIRT_CMD_GPU_GET)
			gv_req_str(&req, GPUVIRT_A_GPU_ADDRESS, gpu.address);
		if (secrets[i].cmd == GPUVIRT_CMD_VGPU_GET)
			gv_req_str(&req, GPUVIRT_A_VGPU_ID, UUID);
		if (!gv_nl_do(nl, &req, &msg, NULL))
			look_at(&msg, &told);
		if (secrets[i].dump)
			gv_nl_dump_cmd(nl, secrets[i].cmd, look_at, &told);
		if (!told.bad && told.good == 1u + secrets[i].dump)
			continue;
		gv_ktap_note("%s: %u answers are right, %u wrong",
			     secrets[i].what, told.good, told.bad);
		good = false;
	}
	return good;
}

static bool try_groups(struct gv_nl *nl, bool runtime)
{
	int err = gv_nl_join(nl, nl->runtime);

	if (err != (runtime ? 0 : EPERM)) {
		gv_ktap_note("runtime: errno %d", err);
		return false;
	}
	return !gv_nl_join(nl, nl->config);
}

/* A socket that root opened and handed on does not hand on root's rights. */
static bool handed_socket(const struct caller *caller)
{
	struct gv_end end;
	struct gv_req req;
	struct gv_nl nl;

	gv_nl_open(&nl);
	if (!caller->become())
		return false;
	gv_try_request(&nl, &changes[0], gpu.address, 0, &req);
	gv_nl_do(&nl, &req, NULL, &end);
	return gv_try_compare(&changes[0], &req, &end);
}

enum {
	BECAME = 1,
	CHANGES = 2,
	READS = 4,
	SECRETS = 8,
	GROUPS = 16,
	ALL = 31,
};

static int run_as(const struct caller *caller)
{
	struct gv_nl nl;
	int good = 0;

	if (!caller->become())
		return 0;
	gv_nl_open(&nl);
	good |= BECAME;
	good |= try_changes(&nl, caller) ? CHANGES : 0;
	good |= try_reads(&nl) ? READS : 0;
	good |= try_secrets(&nl, caller->change) ? SECRETS : 0;
	good |= try_groups(&nl, caller->runtime) ? GROUPS : 0;
	return good;
}

static void check_caller(const struct caller *caller)
{
	int status = 0;

	if (!fork())
		_exit(run_as(caller));
	wait(&status);
	status = WEXITSTATUS(status);
	gv_ktap_check(status & BECAME, "%s: there is one", caller->name);
	gv_ktap_check(status & READS, "%s: may read all objects", caller->name);
	gv_ktap_check(status & CHANGES, "%s: %s change anything", caller->name,
		      caller->change ? "may" : "may not");
	gv_ktap_check(status & SECRETS, "%s: is told %s", caller->name,
		      caller->change ? "all" : "nothing for administrators");
	gv_ktap_check(status & GROUPS, "%s: may join config%s", caller->name,
		      caller->runtime ? " and runtime" : " only");
}

static bool check_handed(void)
{
	int status;

	if (!fork())
		_exit(!handed_socket(&callers[1]));
	wait(&status);
	return !status;
}

/* Changes from another network namespace work as at home. */
static int change_elsewhere(void)
{
	struct gv_nl nl;

	if (!as_root_elsewhere())
		return 1;
	gv_nl_open(&nl);
	return gv_type_new(&nl, gpu.address, "away", 8 * GV_MIB, 0) ||
	       gv_type_del(&nl, gpu.address, "away") ||
	       gv_gpu_set(&nl, gpu.address, 1) ||
	       gv_gpu_set(&nl, gpu.address, 0);
}

static bool check_elsewhere(void)
{
	int status;

	if (!fork())
		_exit(change_elsewhere());
	wait(&status);
	return !status;
}

int main(void)
{
	const unsigned int n = sizeof(callers) / sizeof(callers[0]);
	const struct gv_sim sim = { .vram = 64 * GV_MIB };
	static struct gv_msg msg;
	struct gv_hold hold;
	struct gv_nl nl;
	unsigned int i;

	gv_ktap_plan(n * 5 + 4);
	gv_nl_open(&nl);
	gv_gpu_new(&nl, &sim, &gpu);
	if (system("modprobe vfio_iommu_type1"))
		gv_ktap_bail("no VFIO on this kernel");
	if (gv_type_new(&nl, gpu.address, "one", 8 * GV_MIB, 0) ||
	    gv_vgpu_new(gpu.address, "one", UUID) ||
	    gv_vgpu_get(&nl, UUID, &msg) ||
	    gv_hold_open(&hold, gv_u32(&msg, GPUVIRT_A_VGPU_IOMMU_GROUP), UUID))
		gv_ktap_bail("no vGPU to work with");

	for (i = 0; i < n; i++)
		check_caller(&callers[i]);
	gv_ktap_check(check_handed(), "a socket of root's does not give rights");
	gv_ktap_check(check_elsewhere(), "root's changes work from elsewhere");
	gv_hold_close(&hold);
	gv_ktap_check(!gv_vgpu_remove(UUID), "the vGPU goes");
	gv_ktap_check(!gv_gpu_del(&nl, gpu.address), "the GPU goes");
	return gv_ktap_end();
}
