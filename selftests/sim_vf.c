// SPDX-License-Identifier: GPL-2.0
/*
 * timeout: 180
 *
 * A VF of the simulated GPU as the user of vfio-pci sees it: what its mailbox
 * does, and that it gets at nothing it was not given.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ktap.h"
#include "vf.h"

#define IOVA 0x100000000ULL
#define SIZE (16 * GV_PAGE)

static struct gv_vfio vf, other;
static uint8_t *memory, *theirs;
static char gpu[GV_GPU_MAX];

static void *get_memory(void)
{
	void *map = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (map == MAP_FAILED)
		gv_ktap_bail("no memory");
	return map;
}

static void pattern(uint8_t *bytes, unsigned int seed)
{
	size_t i;

	for (i = 0; i < SIZE; i++)
		bytes[i] = i * 7 + i / 251 + seed;
}

static bool is_pattern(const uint8_t *bytes, size_t len, unsigned int seed)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (bytes[i] != (uint8_t)(i * 7 + i / 251 + seed))
			return false;
	return true;
}

static void check_config(void)
{
	struct vfio_region_info info = { .argsz = sizeof(info) };
	unsigned int pos, id, seen = 0, i;
	bool none = true;

	for (pos = gv_get(&vf, GV_CONFIG, 0x34, 1); pos;
	     pos = gv_get(&vf, GV_CONFIG, pos + 1, 1)) {
		id = gv_get(&vf, GV_CONFIG, pos, 1);
		seen |= (id == 0x10 && pos == GV_VF_EXP) << 0;
		seen |= (id == 0x05 && pos == GV_VF_MSI) << 1;
		seen |= (id == 0x09 && pos == GV_VF_MAILBOX) << 2;
	}
	gv_ktap_check(seen == 7, "it has PCIe, MSI and mailbox capabilities");
	gv_ktap_check(gv_get(&vf, GV_CONFIG, 0, 4) == 0x47571234 &&
		      gv_mbox_get(&vf, GV_MBOX_ID) == 0x46565647,
		      "it says what it is");

	for (i = 0; i < 6; i++) {
		info.index = i;
		none &= !gv_dev_ioctl(&vf, VFIO_DEVICE_GET_REGION_INFO, &info) &&
			!info.size;
	}
	gv_ktap_check(none, "it has no BAR");
	gv_mbox_put(&vf, GV_MBOX_SCRATCH, 0x12345678);
	gv_mbox_put(&vf, GV_MBOX_WINDOW, 0);
	gv_mbox_put(&vf, GV_MBOX_STATUS, ~0U);
	gv_ktap_check(gv_mbox_get(&vf, GV_MBOX_SCRATCH) == 0x12345678 &&
		      gv_mbox_get(&vf, GV_MBOX_WINDOW) == 64 * GV_PAGE &&
		      !gv_mbox_get(&vf, GV_MBOX_STATUS),
		      "registers keep what may be written, and no more");
}

/* The fault that the last command met, and how many there were. */
static bool faulted(unsigned int reason, bool write, uint64_t iova,
		    unsigned int count)
{
	uint32_t fault = gv_mbox_get(&vf, GV_MBOX_FAULT);
	uint64_t at = gv_mbox_get(&vf, GV_MBOX_FAULT_LO) |
		      (uint64_t)gv_mbox_get(&vf, GV_MBOX_FAULT_HI) << 32;
	uint32_t faults = gv_mbox_get(&vf, GV_MBOX_FAULTS);

	gv_mbox_put(&vf, GV_MBOX_FAULT, 1);
	if (fault == (1 | write << 1 | reason << 4) && at == iova &&
	    faults == count && !gv_mbox_get(&vf, GV_MBOX_FAULT))
		return true;
	gv_ktap_note("fault 0x%x at 0x%llx, %u of them", fault,
		     (unsigned long long)at, faults);
	return false;
}

static void check_master(void)
{
	pattern(memory, 1);
	gv_ktap_check(gv_mbox_dma(&vf, GV_OP_WRITE, IOVA, 0, GV_PAGE) ==
		      GV_MBOX_FAULTED &&
		      faulted(GV_FAULT_NO_MASTER, true, IOVA, 1) &&
		      is_pattern(memory, SIZE, 1),
		      "no access to memory before it is a bus master");
	gv_vf_master(&vf, true);
}

static void check_dma(void)
{
	bool good;

	pattern(memory, 3);
	good = !gv_mbox_dma(&vf, GV_OP_READ, IOVA, 0, SIZE);
	memset(memory, 0, SIZE);
	good &= !gv_mbox_dma(&vf, GV_OP_WRITE, IOVA, 0, SIZE);
	gv_ktap_check(good && is_pattern(memory, SIZE, 3),
		      "16 pages to VRAM and back");

	memset(memory, 0xee, SIZE);
	good = !gv_mbox_dma(&vf, GV_OP_WRITE, IOVA + 4093, 0, 4099);
	gv_ktap_check(good && gv_all(memory, 4093, 0xee) &&
		      is_pattern(memory + 4093, 4099, 3) &&
		      gv_all(memory + 4093 + 4099, SIZE - 8192, 0xee),
		      "odd bytes, and not one more");

	good = !gv_mbox_fill(&vf, 4, 8192, 0xabababab) &&
	       !gv_mbox_dma(&vf, GV_OP_WRITE, IOVA, 0, 8200);
	gv_ktap_check(good && is_pattern(memory, 4, 3) &&
		      gv_all(memory + 4, 8192, 0xab), "VRAM is filled");

	good = !gv_mbox_dma(&vf, GV_OP_WRITE, IOVA, 32 * GV_PAGE, GV_PAGE);
	gv_ktap_check(good && gv_all(memory, GV_PAGE, 0),
		      "VRAM that was never written is zeros");

	gv_mbox_put(&vf, GV_MBOX_FENCE, 77);
	gv_ktap_check(!gv_mbox_run(&vf, GV_OP_NOP) &&
		      gv_mbox_get(&vf, GV_MBOX_FENCE_DONE) == 77,
		      "a fence is told");
}

static void check_range(void)
{
	static const struct {
		uint32_t command;
		uint64_t iova;
		uint32_t offset, length;
		unsigned int error;
	} bad[] = {
		{ 4, IOVA, 0, 4, GV_MBOX_BAD_COMMAND },
		{ 0xff, IOVA, 0, 4, GV_MBOX_BAD_COMMAND },
		{ GV_OP_READ, IOVA, 64 * GV_PAGE, 1, GV_MBOX_BAD_RANGE },
		{ GV_OP_READ, IOVA, 0, 64 * GV_PAGE + 1, GV_MBOX_BAD_RANGE },
		{ GV_OP_READ, IOVA, ~0U, 2, GV_MBOX_BAD_RANGE },
		{ GV_OP_READ, IOVA, 2, ~0U, GV_MBOX_BAD_RANGE },
		{ GV_OP_WRITE, ~0ULL, 0, 2, GV_MBOX_BAD_RANGE },
		{ GV_OP_FILL, 0, 2, 4, GV_MBOX_BAD_RANGE },
		{ GV_OP_FILL, 0, 4, 2, GV_MBOX_BAD_RANGE },
	};
	unsigned int i, error;
	bool good = true;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		error = gv_mbox_dma(&vf, bad[i].command, bad[i].iova,
				    bad[i].offset, bad[i].length);
		if (error != bad[i].error)
			gv_ktap_note("row %u: error %u", i, error);
		good &= error == bad[i].error;
	}
	gv_ktap_check(good && gv_mbox_get(&vf, GV_MBOX_FAULTS) == 1,
		      "what makes no sense is refused");
}

static void check_faults(void)
{
	uint64_t end = IOVA + SIZE;
	bool good;

	pattern(memory, 9);
	good = gv_mbox_dma(&vf, GV_OP_READ, IOVA - 1, 0, 1) == GV_MBOX_FAULTED;
	gv_ktap_check(good && faulted(GV_FAULT_UNMAPPED, false, IOVA - 1, 2),
		      "an address that is not mapped is a fault");

	good = !gv_mbox_fill(&vf, 0, 8192, 0x55555555);
	good &= gv_mbox_dma(&vf, GV_OP_WRITE, end - GV_PAGE, 0, 8192) ==
		GV_MBOX_FAULTED;
	gv_ktap_check(good && faulted(GV_FAULT_UNMAPPED, true, end, 3) &&
		      gv_all(memory + SIZE - GV_PAGE, GV_PAGE, 0x55) &&
		      is_pattern(memory, SIZE - GV_PAGE, 9),
		      "so is one on the way, which is told");

	gv_mbox_dma(&vf, GV_OP_READ, 0, 0, 4);
	gv_mbox_dma(&vf, GV_OP_READ, ~0ULL - 8, 0, 4);
	gv_ktap_check(faulted(GV_FAULT_UNMAPPED, false, 0, 5),
		      "the first fault is kept, the others are counted");

	if (gv_dma_map(&vf, IOVA + 2 * SIZE, memory, GV_PAGE,
		       VFIO_DMA_MAP_FLAG_READ))
		gv_ktap_bail("can't map for reading");
	good = !gv_mbox_dma(&vf, GV_OP_READ, IOVA + 2 * SIZE, 0, GV_PAGE) &&
	       gv_mbox_dma(&vf, GV_OP_WRITE, IOVA + 2 * SIZE, 0, GV_PAGE) ==
	       GV_MBOX_FAULTED;
	gv_ktap_check(good && faulted(GV_FAULT_DENIED, true, IOVA + 2 * SIZE, 6),
		      "what may only be read is not written");

	good = !gv_dma_unmap(&vf, IOVA + 2 * SIZE, GV_PAGE);
	good &= gv_mbox_dma(&vf, GV_OP_READ, IOVA + 2 * SIZE, 0, 4) ==
		GV_MBOX_FAULTED;
	gv_ktap_check(good && faulted(GV_FAULT_UNMAPPED, false, IOVA + 2 * SIZE,
				      7), "nor read when it is unmapped");
}

static void check_neighbour(void)
{
	bool good;

	pattern(memory, 20);
	pattern(theirs, 40);
	gv_vf_master(&other, true);
	good = !gv_mbox_dma(&other, GV_OP_READ, IOVA, 0, SIZE);
	good &= !gv_mbox_dma(&vf, GV_OP_READ, IOVA, 0, SIZE);
	memset(memory, 0, SIZE);
	memset(theirs, 0, SIZE);
	good &= !gv_mbox_dma(&other, GV_OP_WRITE, IOVA, 0, SIZE);
	gv_ktap_check(good && is_pattern(theirs, SIZE, 40) &&
		      gv_all(memory, SIZE, 0),
		      "a neighbour's address leads to its own memory and VRAM");
}

static void check_irq(void)
{
	int fd = gv_eventfd();
	bool good;

	good = !gv_irq_fd(&vf, GV_IRQ_MSI, VFIO_IRQ_SET_ACTION_TRIGGER, fd);
	gv_mbox_put(&vf, GV_MBOX_CAUSE, ~0U);
	good &= !gv_mbox_run(&vf, GV_OP_NOP | GV_OP_IRQ) &&
		gv_fired(fd, 10000) == 1 &&
		gv_mbox_get(&vf, GV_MBOX_CAUSE) == 1;
	gv_ktap_check(good, "an interrupt comes when a command is done");

	gv_mbox_put(&vf, GV_MBOX_CAUSE, 1);
	good = !gv_mbox_get(&vf, GV_MBOX_CAUSE) &&
	       gv_mbox_dma(&vf, GV_OP_READ | GV_OP_IRQ, 0, 0, 4) ==
	       GV_MBOX_FAULTED && gv_fired(fd, 10000) == 1 &&
	       gv_mbox_get(&vf, GV_MBOX_CAUSE) == 3;
	gv_ktap_check(good, "and when it has met a fault");

	good = !gv_mbox_run(&vf, GV_OP_NOP) && !gv_fired(fd, 50);
	gv_ktap_check(good, "but not if none was asked for");

	gv_vf_master(&vf, false);
	good = !gv_mbox_run(&vf, GV_OP_NOP | GV_OP_IRQ) && !gv_fired(fd, 50);
	gv_vf_master(&vf, true);
	gv_ktap_check(good, "nor without the right to write to memory");
	gv_irq_none(&vf, GV_IRQ_MSI, VFIO_IRQ_SET_ACTION_TRIGGER, 0);
	close(fd);
}

static bool is_clean(void)
{
	unsigned int reg;

	for (reg = GV_MBOX_COMMAND; reg < GV_MBOX_WINDOW; reg += 4)
		if (gv_mbox_get(&vf, reg)) {
			gv_ktap_note("register 0x%x", reg);
			return false;
		}
	gv_vf_master(&vf, true);
	memset(memory, 0xff, SIZE);
	return !gv_mbox_dma(&vf, GV_OP_WRITE, IOVA, 0, SIZE) &&
	       gv_all(memory, SIZE, 0);
}

static void check_reset(void)
{
	bool good;

	gv_mbox_fill(&vf, 0, SIZE, ~0U);
	good = !gv_dev_ioctl(&vf, VFIO_DEVICE_RESET, NULL);
	gv_ktap_check(good && is_clean(), "a reset leaves nothing of it");

	gv_mbox_fill(&vf, 0, SIZE, ~0U);
	gv_mbox_dma(&vf, GV_OP_READ, 0, 0, 4);
	gv_put(&vf, GV_CONFIG, GV_VF_EXP + 8, 2, 0x8000);
	gv_ktap_check(is_clean(), "nor does one by the guest's own hand");

	memset(theirs, 0, SIZE);
	gv_ktap_check(!gv_mbox_dma(&other, GV_OP_WRITE, IOVA, 0, SIZE) &&
		      is_pattern(theirs, SIZE, 40) &&
		      !gv_mbox_get(&other, GV_MBOX_FAULTS),
		      "the neighbour has what it had");
}

static void check_backing(void)
{
	bool good;

	good = !gv_mbox_fill(&vf, 0, 8 * GV_PAGE, 1);
	gv_must("gpuvirt gpu set %s backing-limit 128KiB", gpu);
	good &= gv_mbox_fill(&vf, 8 * GV_PAGE, 32 * GV_PAGE, 1) ==
		GV_MBOX_NO_VRAM;
	gv_ktap_check(good, "VRAM ends where the backing limit is");
	gv_must("gpuvirt gpu set %s backing-limit 16MiB", gpu);
	gv_ktap_check(!gv_mbox_fill(&vf, 8 * GV_PAGE, 32 * GV_PAGE, 1),
		      "and there is more when that is raised");
}

/* Whoever has it next finds nothing. */
static void check_close(void)
{
	char id[GV_GPU_MAX];

	gv_vf_name(id, gpu, 0);
	gv_vfio_close(&vf);
	gv_vfio_must_open(&vf, id);
	gv_mbox_put(&vf, GV_MBOX_SCRATCH, 1);
	gv_ktap_check(gv_mbox_dma(&vf, GV_OP_READ, IOVA, 0, 4) ==
		      GV_MBOX_FAULTED &&
		      faulted(GV_FAULT_NO_MASTER, false, IOVA, 1),
		      "when it is opened again nobody has a hand on memory");
	gv_vf_master(&vf, true);
	gv_ktap_check(!gv_dma_map(&vf, IOVA, memory, SIZE, GV_DMA_RW) &&
		      !gv_mbox_dma(&vf, GV_OP_WRITE, IOVA, 0, SIZE) &&
		      gv_all(memory, SIZE, 0), "and VRAM is zeros");
}

int main(void)
{
	char id[GV_GPU_MAX];

	gv_host_begin();
	gv_ktap_plan(29);
	gv_host_sim_add(gpu, "vram 64MiB backing-limit 16MiB");
	gv_vfs_enable(gpu, 16);
	memory = get_memory();
	theirs = get_memory();
	gv_vf_name(id, gpu, 0);
	gv_vfio_must_open(&vf, id);
	gv_vf_name(id, gpu, 15);
	gv_vfio_must_open(&other, id);
	if (gv_dma_map(&vf, IOVA, memory, SIZE, GV_DMA_RW) ||
	    gv_dma_map(&other, IOVA, theirs, SIZE, GV_DMA_RW))
		gv_ktap_bail("memory can't be mapped");

	check_config();
	check_master();
	check_dma();
	check_range();
	check_faults();
	check_neighbour();
	check_irq();
	check_reset();
	check_backing();
	check_close();
	gv_vfio_close(&vf);
	gv_vfio_close(&other);
	gv_ktap_check(!gv_vfs_set(gpu, 0), "VFs that nobody has open go");
	return gv_ktap_end();
}
