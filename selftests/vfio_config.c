// SPDX-License-Identifier: GPL-2.0
/*
 * timeout: 240
 * config: VFIO_MDEV
 *
 * PCI configuration space: what is in it, and that a guest can write what the
 * device's documentation says it can, and nothing else, with any access.
 */
#include <errno.h>
#include <linux/pci_regs.h>
#include <string.h>

#include "host.h"
#include "ktap.h"
#include "vfio.h"

#define ID "0a16a000-0000-4000-8000-000000000001"
#define SIZE 256
#define MSI 0x40

static struct gv_vfio vgpu;

/* Bits that can be written; everything else can't. */
static uint8_t rw[SIZE];

static void rw32(unsigned int pos, uint32_t bits)
{
	memcpy(rw + pos, &bits, 4);
}

static void rw16(unsigned int pos, uint16_t bits)
{
	memcpy(rw + pos, &bits, 2);
}

/* A vGPU of 5 MiB: BAR0 has 4 MiB, BAR4 has 8. */
static void make_rw(void)
{
	rw16(PCI_COMMAND, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER |
	     PCI_COMMAND_INTX_DISABLE);
	rw32(PCI_BASE_ADDRESS_0, 0xffc00000);
	rw32(PCI_BASE_ADDRESS_1, 0xfffff000);
	rw32(PCI_BASE_ADDRESS_2, 0xfffff000);
	rw32(PCI_BASE_ADDRESS_4, 0xff800000);
	rw32(PCI_BASE_ADDRESS_5, 0xffffffff);
	rw[PCI_INTERRUPT_LINE] = 0xff;
	rw16(MSI + PCI_MSI_FLAGS, PCI_MSI_FLAGS_ENABLE);
	rw32(MSI + PCI_MSI_ADDRESS_LO, 0xfffffffc);
	rw32(MSI + PCI_MSI_ADDRESS_HI, 0xffffffff);
	rw16(MSI + PCI_MSI_DATA_64, 0xffff);
}

static uint32_t get(unsigned int pos, size_t len)
{
	return gv_get(&vgpu, GV_CONFIG, pos, len);
}

static void put(unsigned int pos, size_t len, uint32_t val)
{
	gv_put(&vgpu, GV_CONFIG, pos, len, val);
}

static void read_all(uint8_t *config)
{
	if (gv_read(&vgpu, GV_CONFIG, 0, config, SIZE) != SIZE)
		gv_ktap_bail("config space can't be read");
}

static void check_ids(void)
{
	gv_ktap_check(get(PCI_VENDOR_ID, 4) == 0x11111234 &&
		      get(PCI_SUBSYSTEM_VENDOR_ID, 4) == 0x11001af4 &&
		      get(PCI_CLASS_REVISION, 4) == 0x03800002 &&
		      get(PCI_HEADER_TYPE, 1) == 0,
		      "ids, class and revision are those of bochs-display");
	gv_ktap_check(get(PCI_STATUS, 2) == PCI_STATUS_CAP_LIST &&
		      get(PCI_COMMAND, 2) == 0 &&
		      get(PCI_INTERRUPT_PIN, 1) == 1 &&
		      get(PCI_ROM_ADDRESS, 4) == 0,
		      "nothing is enabled, INTA is its pin, it has no ROM");
	gv_ktap_check(get(PCI_CAPABILITY_LIST, 1) == MSI &&
		      get(MSI, 4) == (PCI_CAP_ID_MSI |
				      PCI_MSI_FLAGS_64BIT << 16),
		      "its one capability is MSI: one message, 64-bit address");
}

static void check_bars(void)
{
	static const uint32_t flags[6] = { 0x8, 0, 0, 0, 0xc, 0 };
	static const uint32_t sized[6] = { 0xffc00008, 0xfffff000, 0xfffff000,
					   0, 0xff80000c, 0xffffffff };
	bool fresh = true, good = true, kept = true;
	unsigned int i, pos;

	for (i = 0; i < 6; i++) {
		pos = PCI_BASE_ADDRESS_0 + 4 * i;
		fresh &= get(pos, 4) == flags[i];
		put(pos, 4, ~0U);
		good &= get(pos, 4) == sized[i];
		put(pos, 4, 0x12345678);
		kept &= get(pos, 4) == ((0x12345678 & sized[i] & ~0xfU) |
					flags[i] |
					(i == 5 ? 0x12345678 & 0xf : 0));
		put(pos, 4, 0);
	}
	gv_ktap_check(fresh, "BARs have no address at first");
	gv_ktap_check(good, "their sizes are found by writing ones");
	gv_ktap_check(kept, "they keep the address that is written");
}

/* Write to @pos and compare all of it with what the rules say. */
static bool write_good(unsigned int pos, size_t len, uint8_t val)
{
	uint8_t before[SIZE], after[SIZE], data[16];
	size_t want = len, i;
	ssize_t done;

	if (pos + want > SIZE)
		want = SIZE - pos;
	memset(data, val, sizeof(data));
	read_all(before);
	done = gv_write(&vgpu, GV_CONFIG, pos, data, len);
	read_all(after);
	/* Back to what was: writable bits all can be written. */
	gv_write(&vgpu, GV_CONFIG, 0, before, SIZE);

	for (i = pos; i < pos + want; i++)
		before[i] = (before[i] & ~rw[i]) | (val & rw[i]);
	if (done == (ssize_t)want && !memcmp(before, after, SIZE))
		return true;
	for (i = 0; i < SIZE && before[i] == after[i]; i++)
		;
	gv_ktap_note("0x%02x in %zu bytes at 0x%x: wrote %zd, then 0x%zx has 0x%02x, not 0x%02x",
		     val, len, pos, done, i, i < SIZE ? after[i] : 0,
		     i < SIZE ? before[i] : 0);
	return false;
}

static void check_writes(void)
{
	static const uint8_t values[] = { 0, 0xff, 0x55, 0xaa };
	static const size_t widths[] = { 1, 2, 3, 4, 5, 8, 16 };
	unsigned int pos, w, v, bad;

	for (w = 0; w < sizeof(widths) / sizeof(widths[0]); w++) {
		bad = 0;
		for (pos = 0; pos < SIZE && bad < 5; pos++)
			for (v = 0; v < sizeof(values); v++)
				bad += !write_good(pos, widths[w], values[v]);
		gv_ktap_check(!bad, "writes of %zu bytes change what they may",
			      widths[w]);
	}
}

static bool read_good(const uint8_t *config, unsigned int pos, size_t len)
{
	size_t want = pos + len > SIZE ? SIZE - pos : len;
	uint8_t data[SIZE + 8];

	memset(data, 0x77, sizeof(data));
	return gv_read(&vgpu, GV_CONFIG, pos, data, len) == (ssize_t)want &&
	       !memcmp(data, config + pos, want) &&
	       gv_all(data + want, sizeof(data) - want, 0x77);
}

static void check_reads(void)
{
	uint8_t config[SIZE];
	bool good = true;
	unsigned int pos;
	size_t len;

	read_all(config);
	for (pos = 0; pos < SIZE; pos++)
		for (len = 0; len <= 9; len++)
			good &= read_good(config, pos, len);
	good &= read_good(config, 0, SIZE + 4);
	gv_ktap_check(good, "reads of any width are the same bytes, cut at the end");
}

static void check_beyond(void)
{
	static const uint64_t beyond[] = { 256, 257, 4095, 4096, 1ULL << 32,
					   (1ULL << 40) - 1 };
	uint8_t before[SIZE], after[SIZE];
	uint32_t data = ~0U;
	bool good = true;
	unsigned int i;

	read_all(before);
	for (i = 0; i < sizeof(beyond) / sizeof(beyond[0]); i++) {
		good &= gv_read(&vgpu, GV_CONFIG, beyond[i], &data, 4) ==
			-EINVAL;
		good &= gv_write(&vgpu, GV_CONFIG, beyond[i], &data, 4) ==
			-EINVAL;
	}
	read_all(after);
	gv_ktap_check(good && !memcmp(before, after, SIZE),
		      "past the end there is nothing, which is EINVAL");
}

static void check_pointers(void)
{
	char *page = mmap(NULL, GV_PAGE, PROT_NONE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	gv_ktap_check(gv_read(&vgpu, GV_CONFIG, 0, page, 4) == -EFAULT &&
		      gv_write(&vgpu, GV_CONFIG, 4, page, 4) == -EFAULT,
		      "a buffer that is nowhere is EFAULT");
	munmap(page, GV_PAGE);
}

static void check_fresh(const uint8_t *fresh, const char *when)
{
	uint8_t config[SIZE];

	read_all(config);
	gv_ktap_check(!memcmp(config, fresh, SIZE),
		      "it is as at first after %s", when);
	memset(config, 0xff, SIZE);
	gv_write(&vgpu, GV_CONFIG, 0, config, SIZE);
}

int main(void)
{
	uint8_t fresh[SIZE], ones[SIZE];
	char gpu[GV_GPU_MAX];

	gv_host_begin();
	gv_ktap_plan(19);
	gv_host_sim_add(gpu, "vram 64MiB");
	gv_host_type_new(gpu, "5m", "framebuffer 5MiB");
	gv_host_vgpu_new(gpu, "5m", ID);
	gv_vfio_must_open(&vgpu, ID);
	make_rw();
	read_all(fresh);

	check_ids();
	check_bars();
	check_writes();
	check_reads();
	check_beyond();
	check_pointers();

	memset(ones, 0xff, SIZE);
	gv_write(&vgpu, GV_CONFIG, 0, ones, SIZE);
	if (gv_dev_ioctl(&vgpu, VFIO_DEVICE_RESET, NULL))
		gv_ktap_bail("VFIO_DEVICE_RESET failed");
	check_fresh(fresh, "VFIO_DEVICE_RESET");
	gv_must("gpuvirt vgpu reset %s", ID);
	check_fresh(fresh, "a reset by the administrator");
	gv_vfio_close(&vgpu);
	gv_vfio_must_open(&vgpu, ID);
	check_fresh(fresh, "closing and opening");
	gv_vfio_close(&vgpu);
	return gv_ktap_end();
}
