// SPDX-License-Identifier: GPL-2.0
/*
 * libs: libmnl
 * timeout: 300
 *
 * VFs of the simulated GPU come and go while they are used, and memory is
 * unmapped while it is written.
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ktap.h"
#include "nl.h"
#include "vf.h"

#define IOVA 0x40000000ULL
#define SIZE (64 * GV_PAGE)
#define ROUNDS 150

static char gpu[GV_GPU_MAX], id[GV_GPU_MAX];
static struct gv_vfio vf;
static atomic_bool stop;

static void *get_memory(void)
{
	void *map = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (map == MAP_FAILED)
		gv_ktap_bail("no memory");
	return map;
}

static unsigned int vfs(void)
{
	gv_must("cat /sys/bus/pci/devices/%s/sriov_numvfs", gpu);
	return atoi(gv_said);
}

/* As fast as it goes; each write is from IOVA on, as far as it gets. */
static void *write_always(void *arg)
{
	const struct gv_vfio *v = arg;

	while (!stop) {
		gv_mbox_run(v, GV_OP_WRITE);
		gv_mbox_put(v, GV_MBOX_FAULT, 1);
	}
	return NULL;
}

/*
 * Once memory was unmapped nothing is written to it. It is watched for as long as
 * the device takes to finish what it was doing.
 */
static bool unmap_while_written(void)
{
	uint8_t *memory = get_memory();
	unsigned int i, hit = 0;
	pthread_t thread;
	bool good = true;

	gv_mbox_fill(&vf, 0, SIZE, 0xa5a5a5a5);
	gv_mbox_put(&vf, GV_MBOX_IOVA_LO, IOVA);
	gv_mbox_put(&vf, GV_MBOX_IOVA_HI, 0);
	gv_mbox_put(&vf, GV_MBOX_OFFSET, 0);
	gv_mbox_put(&vf, GV_MBOX_LENGTH, SIZE);
	stop = false;
	if (pthread_create(&thread, NULL, write_always, &vf))
		gv_ktap_bail("no thread");
	for (i = 0; i < ROUNDS && good; i++) {
		memset(memory, 0, SIZE);
		good = !gv_dma_map(&vf, IOVA, memory, SIZE, GV_DMA_RW);
		usleep(i * 37 % 2000);
		good &= !gv_dma_unmap(&vf, IOVA, SIZE);
		hit += memory[0] == 0xa5;
		memset(memory, 0x11, SIZE);
		usleep(500);
		good &= gv_all(memory, SIZE, 0x11);
	}
	stop = true;
	pthread_join(thread, NULL);
	munmap(memory, SIZE);
	gv_ktap_note("%u of %u mappings were written to", hit, i);
	return good && hit;
}

/* The same with the whole of it closed, which detaches the domain. */
static bool close_while_written(void)
{
	uint8_t *memory = get_memory();
	bool good = true;
	unsigned int i;

	for (i = 0; i < 10 && good; i++) {
		memset(memory, 0, SIZE);
		gv_vf_master(&vf, true);
		gv_mbox_fill(&vf, 0, SIZE, 0xa5a5a5a5);
		good = !gv_dma_map(&vf, IOVA, memory, SIZE, GV_DMA_RW);
		gv_mbox_put(&vf, GV_MBOX_IOVA_LO, IOVA);
		gv_mbox_put(&vf, GV_MBOX_COMMAND, GV_OP_WRITE);
		gv_vfio_close(&vf);
		memset(memory, 0x11, SIZE);
		gv_vfio_must_open(&vf, id);
		good &= gv_all(memory, SIZE, 0x11);
	}
	munmap(memory, SIZE);
	return good;
}

static void check_refused(void)
{
	gv_ktap_check(gv_vfs_set(gpu, 0) == -EBUSY && vfs() == 4,
		      "VFs are not disabled while one is open");
	gv_must("dmesg | tail -n 20");
	gv_ktap_check(gv_said_all(gpu, id, "is in use, the VFs stay", NULL),
		      "the kernel log says which");
	gv_ktap_check(gv_run("gpuvirt sim del %s", gpu) == 1 &&
		      gv_said_all(id, "is in use", "vf-open", NULL) &&
		      vfs() == 4, "nor is the GPU removed");
	gv_ktap_check(!gv_mbox_run(&vf, GV_OP_NOP), "the open one still works");
}

/* A reset that does not end, until the fault does. */
static void check_stuck(void)
{
	pid_t pid;
	bool good;

	gv_must("gpuvirt sim set %s faults flr-stuck", gpu);
	pid = fork();
	if (!pid)
		_exit(!!gv_dev_ioctl(&vf, VFIO_DEVICE_RESET, NULL));
	good = gv_child_status(pid, 1500) == -1;
	gv_ktap_check(good, "a reset that is stuck does not end");
	gv_must("gpuvirt sim set %s faults none", gpu);
	gv_ktap_check(!gv_child_status(pid, 60000) &&
		      !gv_mbox_run(&vf, GV_OP_NOP),
		      "it does when the fault is gone, and the VF works");
}

/* Where no VF is open, others being bound to vfio-pci does not matter. */
static void check_goes(void)
{
	gv_vfio_close(&vf);
	gv_ktap_check(!gv_vfs_set(gpu, 0) && !vfs(),
		      "when it is closed they are disabled");
	gv_vfs_enable(gpu, 4);
	gv_ktap_check(!gv_vfio_open(&vf, id) &&
		      !gv_mbox_run(&vf, GV_OP_NOP), "and enabled again");
	gv_vfio_close(&vf);
	gv_ktap_check(!gv_run("gpuvirt sim del %s", gpu),
		      "the GPU goes with its VFs");
}

static void skip(struct gv_nl *nl)
{
	static struct gv_msg msg;

	while (gv_nl_event(nl, &msg, 0))
		;
}

/* The next event of the VF that says whether its driver leaves. */
static bool told(struct gv_nl *nl, bool open, bool leaving)
{
	static struct gv_msg msg;

	while (gv_nl_event(nl, &msg, 10000)) {
		if (msg.cmd != GPUVIRT_CMD_VF_CHANGE_NTF ||
		    strcmp(gv_str(&msg, GPUVIRT_A_VF_ADDRESS), id))
			continue;
		gv_ktap_note("open %u, leaving %u",
			     gv_u32(&msg, GPUVIRT_A_VF_OPEN),
			     gv_u32(&msg, GPUVIRT_A_VF_LEAVING));
		return gv_u32(&msg, GPUVIRT_A_VF_OPEN) == open &&
		       gv_u32(&msg, GPUVIRT_A_VF_LEAVING) == leaving &&
		       gv_has(&msg, GPUVIRT_A_VF_DRIVER) == leaving;
	}
	return false;
}

/* Disabled without anybody having it open: whoever claims its group meanwhile. */
static void check_unused(struct gv_nl *nl)
{
	gv_must("gpuvirt vf enable %s 4", gpu);
	skip(nl);
	gv_must("gpuvirt vf disable %s", gpu);
	gv_ktap_check(told(nl, false, true) && told(nl, false, false),
		      "a VF that we disable is not told of as open");
	gv_must("gpuvirt vf enable %s 4", gpu);
	skip(nl);
	gv_ktap_check(!gv_vfs_set(gpu, 0) && told(nl, false, true) &&
		      told(nl, false, false),
		      "nor one that the PF driver disables");
}

/* A client that has its files open when the device goes by another way. */
static void check_foreign(void)
{
	struct gv_nl nl;
	char path[80];
	pid_t pid;

	gv_nl_open(&nl);
	if (gv_nl_join(&nl, nl.config))
		gv_ktap_bail("no events");
	gv_host_sim_add(gpu, "vram 64MiB total-vfs 4");
	check_unused(&nl);
	gv_vfs_enable(gpu, 4);
	gv_vfio_must_open(&vf, id);
	skip(&nl);
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/remove", gpu);
	pid = gv_file_write_child(path, "1");
	gv_ktap_check(gv_child_status(pid, 1000) == -1 &&
		      !gv_mbox_run(&vf, GV_OP_NOP),
		      "the PCI core's own removal waits for the user");
	gv_ktap_check(told(&nl, true, true),
		      "an event tells of it while it waits");
	gv_ktap_check(!gv_run("gpuvirt vf show %s", id) &&
		      gv_said_all("open yes", "leaving yes",
				  "the kernel waits for who has it open", NULL),
		      "and so does vf show");
	gv_vfio_close(&vf);
	gv_ktap_check(!gv_child_status(pid, 30000), "and ends when that lets go");
	gv_ktap_check(told(&nl, false, false), "which is an event, too");
	gv_nl_close(&nl);
	gv_ktap_check(!gv_run("gpuvirt sim del %s", gpu),
		      "the GPU can still be deleted");
}

int main(void)
{
	gv_host_begin();
	gv_ktap_plan(19);
	gv_host_sim_add(gpu, "vram 64MiB total-vfs 4");
	gv_vfs_enable(gpu, 4);
	gv_vf_name(id, gpu, 2);
	gv_vfio_must_open(&vf, id);
	gv_vf_master(&vf, true);

	gv_ktap_check(unmap_while_written(),
		      "nothing is written to memory that was unmapped");
	gv_ktap_check(close_while_written(),
		      "nor to what was mapped when the VF was closed");
	check_refused();
	check_stuck();
	check_goes();
	check_foreign();
	return gv_ktap_end();
}
