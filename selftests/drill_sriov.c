// SPDX-License-Identifier: GPL-2.0
/*
 * libs: libmnl
 * timeout: 1200
 *
 * R12: everybody changes the VFs of one GPU at once: the tool's operations, those
 * who write to sriov_numvfs, VMMs that open and close VFs, drivers that are taken
 * from VFs and from the GPU, removal of the GPU, unloading of its module. What is
 * asked may be refused; at the end all that is told of the GPU must be so, nobody
 * may hang, and no VF may ever have been in another driver than it was meant for.
 *
 * The third argument is a GPU of others to do it to, see drill_sriov_nvme.sh.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drill.h"
#include "neighbour.h"
#include "nl_gpu.h"
#include "vf.h"

#define VFS 8
#define DEVICES "/sys/bus/pci/devices"
#define DRIVERS "/sys/bus/pci/drivers"
/* Made here, or given as the third argument. */
#define OURS "1f12:00:00.0"
/* What the neighbour lives on, so that the simulated GPU's module can go. */
#define PLAIN "0000:00:00.0"
#define PLAIN_ID "8086:29c0"
/* Before a process that does not end is said to hang. */
#define PATIENCE_MS 60000

/* What the actors share. */
static struct shared {
	atomic_bool stop;
	atomic_ulong tried[16], done[16];
	atomic_ulong foreign, nonsense;
	/*
	 * The PCI core takes the locks of a PF and of the bus in one order where
	 * sriov_numvfs is written, and in the other where a device is removed: who
	 * does both at once has himself to blame. Writers share it.
	 */
	pthread_rwlock_t removal;
} *shared;

static struct gv_drill drill;
static struct gv_nl nl;

static char gpu[GV_GPU_MAX] = OURS;
static bool ours = true;
/* pci-stub was told of our VFs. */
static bool id_told;
static char pf_driver[64] = "gpuvirt-sim";

static unsigned int below(unsigned int n)
{
	return gv_drill_below(&drill, n);
}

static void vf_name(char name[GV_GPU_MAX])
{
	gv_vf_name(name, gpu, below(VFS));
}

/* 0 or an errno; the operation goes on by itself, or is waited for. */
static int operate(uint8_t cmd, unsigned int count, const char *vf)
{
	static struct gv_msg msg;
	static struct gv_req req;
	int err;

	gv_req_init(&req, &nl, cmd, 0);
	if (vf)
		gv_req_str(&req, GPUVIRT_A_VF_ADDRESS, vf);
	else
		gv_req_str(&req, GPUVIRT_A_VF_GPU, gpu);
	if (count) {
		gv_req_u32(&req, GPUVIRT_A_VF_COUNT, count);
		gv_req_u32(&req, GPUVIRT_A_VF_RESIZE, !below(8));
	}
	err = gv_nl_do(&nl, &req, &msg, NULL);
	if (!err && below(4))
		err = gv_operation_wait(&nl, gv_u64(&msg, GPUVIRT_A_VF_OPERATION),
					&msg);
	return err;
}

/* What takes VFs away is rare, since the PCI core then waits a second. */
static int act_operation(void)
{
	char vf[GV_GPU_MAX];

	gv_sleep(below(10));
	switch (below(20)) {
	case 0:
		return operate(GPUVIRT_CMD_VF_DISABLE, 0, NULL);
	case 1 ... 6:
		vf_name(vf);
		return operate(GPUVIRT_CMD_VF_RESET, 0, vf);
	case 7 ... 8:
		return operate(GPUVIRT_CMD_VF_RESET, 0, NULL);
	default:
		return operate(GPUVIRT_CMD_VF_ENABLE, 1 + below(VFS), NULL);
	}
}

static int act_sysfs(void)
{
	int ret;

	gv_sleep(below(50));
	pthread_rwlock_rdlock(&shared->removal);
	ret = gv_vfs_set(gpu, below(20) ? 1 + below(VFS) : 0);
	pthread_rwlock_unlock(&shared->removal);
	return ret;
}

static int act_open(void)
{
	static struct gv_vfio vfio;
	char vf[GV_GPU_MAX];
	int ret;

	vf_name(vf);
	gv_sleep(below(10));
	ret = gv_vfio_open(&vfio, vf);
	if (ret)
		return ret;
	if (below(2))
		gv_dev_ioctl(&vfio, VFIO_DEVICE_RESET, NULL);
	gv_sleep(below(60));
	gv_vfio_close(&vfio);
	return 0;
}

/* From a VF, or with all of them from the GPU itself; and back. */
static int act_driver(void)
{
	bool pf = !below(30);
	const char *driver = pf ? pf_driver : "vfio-pci";
	char address[GV_GPU_MAX], path[128];
	int ret;

	vf_name(address);
	if (pf)
		strcpy(address, gpu);
	pthread_rwlock_rdlock(&shared->removal);
	snprintf(path, sizeof(path), DRIVERS "/%s/unbind", driver);
	ret = gv_host_write(path, address);
	gv_sleep(below(10));
	gv_host_write("/sys/bus/pci/drivers_probe", address);
	pthread_rwlock_unlock(&shared->removal);
	return ret;
}

/* A VF of anybody's is born into vfio-pci. */
static int make_gpu(void)
{
	int ret = 0;

	if (ours)
		ret = gv_run("gpuvirt sim add domain 1f12 vram 64MiB total-vfs %u",
			     VFS);
	return gv_run("gpuvirt vf set %s driver vfio-pci", gpu) ?: ret;
}

static int act_removal(void)
{
	int ret;

	gv_sleep(2000 + below(2000));
	pthread_rwlock_wrlock(&shared->removal);
	ret = gv_run("gpuvirt sim del %s timeout 600", gpu);
	if (!ret && below(2))
		syscall(SYS_delete_module, "gpuvirt_sim", O_NONBLOCK);
	if (!ret)
		make_gpu();
	pthread_rwlock_unlock(&shared->removal);
	return ret;
}

/* While there is a GPU it must not go. */
static int act_unload(void)
{
	int ret;

	pthread_rwlock_rdlock(&shared->removal);
	ret = syscall(SYS_delete_module, "gpuvirt_sim", O_NONBLOCK);
	if (!ret)
		shared->nonsense++;
	pthread_rwlock_unlock(&shared->removal);
	gv_sleep(20);
	return 1;
}

static void look(const struct gv_msg *msg, void *arg)
{
	unsigned int *vfs = arg;

	++*vfs;
	if (gv_has(msg, GPUVIRT_A_VF_DRIVER) &&
	    strcmp(gv_str(msg, GPUVIRT_A_VF_DRIVER), "vfio-pci"))
		shared->foreign++;
	if (gv_u32(msg, GPUVIRT_A_VF_INDEX) >= VFS)
		shared->nonsense++;
}

static void look_away(const struct gv_msg *msg, void *arg)
{
}

static int act_read(void)
{
	unsigned int vfs = 0;

	gv_nl_dump_cmd(&nl, GPUVIRT_CMD_VF_GET, look, &vfs);
	gv_nl_dump_cmd(&nl, GPUVIRT_CMD_GROUP_GET, look_away, NULL);
	gv_nl_dump_cmd(&nl, GPUVIRT_CMD_GPU_GET, look_away, NULL);
	if (vfs > VFS)
		shared->nonsense++;
	gv_sleep(5);
	return 0;
}

/*
 * Hot-unplug is for our own GPU alone: a driver of others may leave VFs enabled
 * when it goes, and then the PCI core leaves them behind.
 */
static const struct actor {
	const char *name;
	int (*act)(void);
	unsigned int copies;
	bool ours;
	bool must;	/* something comes of it in any run */
} actors[] = {
	{ "operations", act_operation, 2, false, true },
	{ "writes to sriov_numvfs", act_sysfs, 1, false, true },
	{ "opens", act_open, 2, false, true },
	{ "drivers taken away", act_driver, 1, false, false },
	{ "removals", act_removal, 1, true, false },
	{ "unloads", act_unload, 1, true, false },
	{ "looks", act_read, 1, false, true },
};

#define ACTORS (sizeof(actors) / sizeof(actors[0]))

static pid_t start(unsigned int i, unsigned int copy)
{
	pid_t pid = fork();

	if (pid < 0)
		gv_ktap_bail("fork: %m");
	if (pid)
		return pid;
	drill.state += 0x9e3779b97f4a7c15ULL * (i * 16 + copy + 1);
	gv_nl_open(&nl);
	while (!shared->stop) {
		shared->tried[i]++;
		if (!actors[i].act())
			shared->done[i]++;
	}
	_exit(0);
}

/* Where in the kernel is a process that does not end? */
static void tell_stack(pid_t pid)
{
	gv_run("cat /proc/%d/stack", pid);
	gv_ktap_note("%d hangs: %s", pid, gv_said);
}

static void check_end(const pid_t *pids, unsigned int n)
{
	unsigned int i, hung = 0;

	for (i = 0; i < n; i++) {
		if (!gv_child_status(pids[i], PATIENCE_MS * gv_drill_slow()))
			continue;
		hung++;
		tell_stack(pids[i]);
	}
	if (hung)
		gv_drill_failed(&drill, "%u processes hang", hung);
	gv_ktap_check(!hung, "nobody hangs");
}

static void count_running(const struct gv_msg *msg, void *arg)
{
	unsigned int *running = arg;

	*running += gv_u32(msg, GPUVIRT_A_OPERATION_STATE) ==
		    GPUVIRT_OPERATION_STATE_RUNNING;
}

static bool idle(void)
{
	unsigned int running = 0;

	return !gv_nl_dump_cmd(&nl, GPUVIRT_CMD_OPERATION_GET, count_running,
			       &running) && !running;
}

/* What netlink tells of a VF, and sysfs: the same. */
static void same(const struct gv_msg *msg, void *arg)
{
	const char *name = gv_str(msg, GPUVIRT_A_VF_ADDRESS);
	char path[96], link[160], *driver = "";
	unsigned int *count = arg;
	ssize_t len;

	snprintf(path, sizeof(path), DEVICES "/%s/driver", name);
	len = readlink(path, link, sizeof(link) - 1);
	if (len > 0) {
		link[len] = 0;
		driver = strrchr(link, '/') + 1;
	}
	snprintf(path, sizeof(path), DEVICES "/%s", name);
	if (access(path, F_OK) || gv_u32(msg, GPUVIRT_A_VF_OPEN) ||
	    strcmp(driver, gv_has(msg, GPUVIRT_A_VF_DRIVER) ?
		   gv_str(msg, GPUVIRT_A_VF_DRIVER) : "")) {
		gv_ktap_note("%s has driver \"%s\"", name, driver);
		*count += 1000;
	}
	++*count;
}

static unsigned int sysfs_numvfs(void)
{
	char path[80], text[16] = "";

	snprintf(path, sizeof(path), DEVICES "/%s/sriov_numvfs", gpu);
	gv_file_read(path, text, sizeof(text));
	return atoi(text);
}

/* Functions of the GPU that there are, but for itself. */
static unsigned int functions(void)
{
	unsigned int n = 0;
	struct dirent *entry;
	DIR *dir = opendir(DEVICES);

	while (dir && (entry = readdir(dir)))
		n += !strncmp(entry->d_name, gpu, 8);
	if (dir)
		closedir(dir);
	return n - 1;
}

static void check_state(void)
{
	unsigned int told = 0;
	static struct gv_msg msg;

	gv_ktap_check(gv_until(PATIENCE_MS * gv_drill_slow(), idle()), "no operation goes on");
	gv_nl_dump_cmd(&nl, GPUVIRT_CMD_VF_GET, same, &told);
	gv_gpu_get(&nl, gpu, &msg);
	gv_ktap_check(told == functions() && told <= sysfs_numvfs() &&
		      gv_u32(&msg, GPUVIRT_A_GPU_NUM_VFS) == sysfs_numvfs(),
		      "%u VFs are told of, and are there", told);
}

/* It works as before: nothing is left claimed, pinned or marked. */
static void check_works(void)
{
	gv_run("echo %s >/sys/bus/pci/drivers_probe", gpu);
	gv_ktap_check(!gv_run("gpuvirt vf disable %s", gpu) &&
		      !gv_run("gpuvirt vf enable %s %u", gpu, VFS) &&
		      !gv_run("gpuvirt vf reset gpu %s", gpu) &&
		      !gv_run("gpuvirt vf disable %s", gpu),
		      "VFs can be enabled, reset and disabled: %s", gv_said);
	gv_ktap_check((!ours || (!gv_run("gpuvirt sim del %s", gpu) &&
				 !gv_run("rmmod gpuvirt_sim"))) &&
		      !gv_run("rmmod gpuvirt"),
		      "nothing holds on to the modules: %s", gv_said);
	gv_must("modprobe gpuvirt");
	if (id_told)
		gv_must("echo 1234 4757 >" DRIVERS "/pci-stub/remove_id");
}

/* What was tried, and what was found meanwhile. */
static void check_tried(void)
{
	unsigned long foreign = shared->foreign, nonsense = shared->nonsense;
	unsigned int i;

	for (i = 0; i < ACTORS; i++) {
		gv_ktap_note("%lu of %lu %s", shared->done[i],
			     shared->tried[i], actors[i].name);
		if (!shared->done[i] && actors[i].must)
			gv_drill_failed(&drill, "nothing came of %s",
					actors[i].name);
		drill.tried += shared->tried[i];
	}
	if (foreign)
		gv_drill_failed(&drill, "VFs in another driver, %lu times",
				foreign);
	if (nonsense)
		gv_drill_failed(&drill, "what can't be, %lu times", nonsense);
	gv_drill_check(&drill, 50);
}

/* A kernel without mdev has no vGPUs, so no neighbour. */
static bool neighbour_start(struct gv_neighbour *neighbour)
{
	if (!gv_has_mdev())
		return false;
	gv_must("modprobe gpuvirt-plain");
	gv_must("gpuvirt id add " PLAIN_ID);
	gv_must("echo gpuvirt-plain >" DEVICES "/" PLAIN "/driver_override");
	gv_must("echo " PLAIN " >/sys/bus/pci/drivers_probe");
	gv_nl_open(&nl);
	gv_neighbour_start(neighbour, &nl, PLAIN, drill.seed);
	gv_nl_close(&nl);
	return true;
}

static bool neighbour_end(struct gv_neighbour *neighbour)
{
	bool good = gv_neighbour_end(neighbour);

	return !gv_run("gpuvirt vgpu del %s", neighbour->uuid) &&
		!gv_run("rmmod gpuvirt_plain") &&
		!gv_run("echo >" DEVICES "/" PLAIN "/driver_override") &&
		!gv_run("gpuvirt id del " PLAIN_ID) && good;
}

/* All do as they like until the time is over, and the neighbour gets on. */
static bool race(struct gv_neighbour *neighbour)
{
	unsigned int i, copy, n = 0;
	bool moves = true;
	pid_t pids[32];

	for (i = 0; i < ACTORS; i++)
		for (copy = 0; copy < actors[i].copies; copy++)
			if (ours || !actors[i].ours)
				pids[n++] = start(i, copy);
	while (gv_drill_left(&drill)) {
		gv_sleep(200);
		moves &= !neighbour || gv_neighbour_moves(neighbour);
	}
	shared->stop = true;
	gv_nl_open(&nl);
	check_end(pids, n);
	return moves;
}

/* A GPU of somebody else, whose driver makes the VFs. */
static void take(const char *address)
{
	char path[80], link[160];
	ssize_t len;

	ours = false;
	snprintf(gpu, sizeof(gpu), "%.16s", address);
	snprintf(path, sizeof(path), DEVICES "/%s/driver", gpu);
	len = readlink(path, link, sizeof(link) - 1);
	if (len <= 0)
		gv_ktap_bail("%s has no driver", gpu);
	link[len] = 0;
	snprintf(pf_driver, sizeof(pf_driver), "%.63s", strrchr(link, '/') + 1);
}

int main(int argc, char **argv)
{
	static const struct gv_goals goals = { { ~0ULL, ~0ULL, ~0ULL } };
	struct gv_neighbour neighbour;
	pthread_rwlockattr_t attr;
	bool has, moves;

	gv_host_begin();
	gv_ktap_plan(7);
	if (argc > 3)
		take(argv[3]);
	gv_drill_begin(&drill, argc, argv, ours ? "R12" : "R12n",
		       "changes of VFs by all at once", goals);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		gv_ktap_bail("no memory: %m");
	pthread_rwlockattr_init(&attr);
	pthread_rwlockattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	/* The one who removes gets his turn. */
	pthread_rwlockattr_setkind_np(&attr,
				      PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	pthread_rwlock_init(&shared->removal, &attr);

	gv_must("modprobe vfio-pci");
	/* A driver that takes what is not kept for another, if there is one. */
	id_told = ours && !gv_run("modprobe pci-stub");
	if (id_told)
		gv_must("echo 1234 4757 >" DRIVERS "/pci-stub/new_id");
	if (make_gpu())
		gv_ktap_bail("no GPU: %s", gv_said);
	has = neighbour_start(&neighbour);
	gv_drill_restart(&drill);
	moves = race(has ? &neighbour : NULL);

	check_state();
	check_tried();
	gv_nl_close(&nl);
	if (has)
		gv_ktap_check(neighbour_end(&neighbour) && moves,
			      "the neighbour got on, and keeps its VRAM: %s",
			      gv_said);
	else
		gv_ktap_skip("the neighbour", "this kernel has no mdev");
	check_works();
	return gv_ktap_end();
}
