// SPDX-License-Identifier: GPL-2.0
/*
 * timeout: 180
 *
 * What IGT asks of the reset of a VF: results have the names of its subtests
 * xe_sriov_flr, here with VFs of the simulated GPU. VRAM and registers of a VF
 * that is reset are clear, those of the others are as they were.
 */
#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "ktap.h"
#include "vf.h"

#define IOVA 0x40000000ULL
#define SIZE (16 * GV_PAGE)
#define VFS 8

static char gpu[GV_GPU_MAX];
static struct gv_vfio vf[VFS];
static uint8_t *memory[VFS];

static void *get_memory(void)
{
	void *map = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (map == MAP_FAILED)
		gv_ktap_bail("no memory");
	return map;
}

/* Each VF has another mark in its VRAM and in a register. */
static uint32_t mark(unsigned int i)
{
	return 0x01010101 * (i + 1);
}

static void put(unsigned int i)
{
	gv_vf_master(&vf[i], true);
	if (gv_mbox_fill(&vf[i], 0, SIZE, mark(i)))
		gv_ktap_bail("the VRAM of %s can't be filled", vf[i].id);
	gv_mbox_put(&vf[i], GV_MBOX_SCRATCH, mark(i));
}

static void put_all(void)
{
	unsigned int i;

	for (i = 0; i < VFS; i++)
		put(i);
}

/* Does VF i have this byte in all of its VRAM, and in its register? */
static bool has(unsigned int i, uint8_t byte)
{
	bool good = gv_mbox_get(&vf[i], GV_MBOX_SCRATCH) ==
		0x01010101U * byte;

	gv_vf_master(&vf[i], true);
	memset(memory[i], ~byte, SIZE);
	good &= !gv_mbox_dma(&vf[i], GV_OP_WRITE, IOVA, 0, SIZE) &&
		gv_all(memory[i], SIZE, byte);
	if (!good)
		gv_ktap_note("%s has not 0x%02x", vf[i].id, byte);
	return good;
}

/* Are those of the mask clear, and the others as they were? */
static bool clear_are(unsigned int mask)
{
	bool good = true;
	unsigned int i;

	for (i = 0; i < VFS; i++)
		good &= has(i, mask & 1U << i ? 0 : mark(i));
	return good;
}

static bool flr(unsigned int i)
{
	return !gv_dev_ioctl(&vf[i], VFIO_DEVICE_RESET, NULL);
}

static void *flr_of(void *arg)
{
	return flr((uintptr_t)arg) ? NULL : "failed";
}

/* VFIO does not wait for another reset of the device. */
static void *flr_or_busy(void *arg)
{
	int err = gv_dev_ioctl(&vf[(uintptr_t)arg], VFIO_DEVICE_RESET, NULL);

	return !err || err == -EAGAIN ? NULL : "failed";
}

/* By the file of the PCI core, as an administrator would. */
static void *flr_by_sysfs(void *arg)
{
	char path[80];

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/reset",
		 vf[(uintptr_t)arg].id);
	return gv_host_write(path, "1") ? "failed" : NULL;
}

static pthread_t start(void *(*fn)(void *), unsigned int i)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, fn, (void *)(uintptr_t)i))
		gv_ktap_bail("no thread");
	return thread;
}

static bool ended(pthread_t thread)
{
	void *ret;

	return !pthread_join(thread, &ret) && !ret;
}

static bool each_isolation(void)
{
	bool good = true;
	unsigned int i;

	for (i = 0; i < VFS; i++) {
		put_all();
		good &= flr(i) && clear_are(1U << i);
	}
	return good;
}

/* All at once, and then all but one, which keeps what it has. */
static bool vfs_parallel(unsigned int mask)
{
	pthread_t thread[VFS];
	bool good = true;
	unsigned int i;

	put_all();
	for (i = 0; i < VFS; i++)
		if (mask & 1U << i)
			thread[i] = start(flr_of, i);
	for (i = 0; i < VFS; i++)
		if (mask & 1U << i)
			good &= ended(thread[i]);
	return good && clear_are(mask);
}

/* Two resets of one VF at a time, as at the start of a virtual machine. */
static bool twice(void)
{
	pthread_t one, two;
	bool good;

	put_all();
	one = start(flr_or_busy, 3);
	two = start(flr_by_sysfs, 3);
	good = ended(one);
	good &= ended(two);
	return good && clear_are(1U << 3);
}

/* Each is an open VFIO device, and the one that it was opened as. */
static bool open_basic(void)
{
	struct vfio_device_info info;
	bool good = true;
	unsigned int i;

	for (i = 0; i < VFS; i++) {
		info = (struct vfio_device_info){ .argsz = sizeof(info) };
		good &= !gv_dev_ioctl(&vf[i], VFIO_DEVICE_GET_INFO, &info) &&
			info.flags & VFIO_DEVICE_FLAGS_PCI &&
			info.flags & VFIO_DEVICE_FLAGS_RESET &&
			gv_get(&vf[i], GV_CONFIG, 0, 4) == 0x47571234 &&
			gv_mbox_get(&vf[i], GV_MBOX_ID) == 0x46565647;
		/* a register that no other has */
		gv_mbox_put(&vf[i], GV_MBOX_SCRATCH, mark(i));
	}
	for (i = 0; i < VFS; i++)
		good &= gv_mbox_get(&vf[i], GV_MBOX_SCRATCH) == mark(i);
	return good;
}

int main(void)
{
	char id[GV_GPU_MAX];
	unsigned int i;

	gv_host_begin();
	gv_ktap_plan(7);
	gv_host_sim_add(gpu, "vram 64MiB total-vfs 8");
	gv_vfs_enable(gpu, VFS);
	for (i = 0; i < VFS; i++) {
		memory[i] = get_memory();
		gv_vf_name(id, gpu, i);
		gv_vfio_must_open(&vf[i], id);
		if (gv_dma_map(&vf[i], IOVA, memory[i], SIZE, GV_DMA_RW))
			gv_ktap_bail("memory can't be mapped");
	}
	gv_ktap_check(open_basic(), "xe_sriov_vfio open-basic");
	put_all();
	gv_ktap_check(clear_are(0), "each has its own VRAM and registers");
	gv_ktap_check(flr(0) && clear_are(1), "xe_sriov_flr flr-vf1-clear");
	gv_ktap_check(each_isolation(), "xe_sriov_flr flr-each-isolation");
	gv_ktap_check(vfs_parallel((1U << VFS) - 1) && vfs_parallel(0x7f),
		      "xe_sriov_flr flr-vfs-parallel");
	gv_ktap_check(twice(), "xe_sriov_flr flr-twice");
	for (i = 0; i < VFS; i++)
		gv_vfio_close(&vf[i]);
	gv_ktap_check(!gv_vfs_set(gpu, 0), "the VFs go");
	return gv_ktap_end();
}
