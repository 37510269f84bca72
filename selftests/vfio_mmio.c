// SPDX-License-Identifier: GPL-2.0
/*
 * timeout: 240
 * config: VFIO_MDEV
 *
 * The registers of BAR1 and BAR2, and the monitor that the EDID describes, for
 * vGPUs of several sizes and resolutions.
 */
#include <errno.h>
#include <string.h>

#include "host.h"
#include "ktap.h"
#include "vfio.h"

#define ID "0a16a000-0000-4000-8000-000000000001"
#define SIZE 4096

static const struct {
	unsigned int framebuffer, bar0;		/* MiB */
	const char *resolution;
	unsigned int xres, yres;
} types[] = {
	{ 4, 4, "", 1024, 768 },
	{ 4, 4, "resolution 1280x800", 1280, 800 },
	{ 5, 4, "resolution 640x480", 640, 480 },
	{ 10, 8, "", 1920, 1080 },
	{ 256, 256, "resolution 2560x1440", 2560, 1440 },
	{ 1024, 256, "resolution 3840x2160", 3840, 2160 },
};

#define NR_TYPES (sizeof(types) / sizeof(types[0]))

static struct gv_vfio vgpu;

static uint32_t mmio(unsigned int pos, size_t len)
{
	return gv_get(&vgpu, GV_BAR_MMIO, pos, len);
}

static void check_sizes(unsigned int n)
{
	struct vfio_region_info info = { .argsz = sizeof(info) };
	uint32_t size;

	gv_dev_ioctl(&vgpu, VFIO_DEVICE_GET_REGION_INFO, &info);
	gv_put(&vgpu, GV_CONFIG, 0x10, 4, ~0U);
	size = -(gv_get(&vgpu, GV_CONFIG, 0x10, 4) & ~0xfU);
	gv_ktap_check(mmio(GV_DISPI(GV_DISPI_ID), 2) == 0xb0c5 &&
		      mmio(GV_DISPI(GV_DISPI_MEMORY), 2) == info.size >> 16 &&
		      info.size == types[n].bar0 * GV_MIB && size == info.size,
		      "%u MiB: BAR0 has %u MiB, to VFIO, config space and DISPI",
		      types[n].framebuffer, types[n].bar0);
}

/* Decode the first detailed timing, from the layout in the EDID standard. */
static void check_edid(unsigned int n)
{
	static const uint8_t header[8] = { 0, 255, 255, 255, 255, 255, 255, 0 };
	unsigned int x, y, hblank, vblank, clock, refresh, i;
	uint8_t edid[256], sum = 0, *d = edid + 54;

	if (gv_read(&vgpu, GV_BAR_MMIO, 0, edid, 256) != 256)
		gv_ktap_bail("the EDID can't be read");
	for (i = 0; i < 128; i++)
		sum += edid[i];
	gv_ktap_check(!memcmp(edid, header, 8) && !sum && edid[18] == 1 &&
		      edid[19] >= 3 && !edid[126] && gv_all(edid + 128, 128, 0),
		      "the EDID is one block, with header and checksum");

	x = d[2] | (d[4] & 0xf0) << 4;
	y = d[5] | (d[7] & 0xf0) << 4;
	hblank = d[3] | (d[4] & 0x0f) << 8;
	vblank = d[6] | (d[7] & 0x0f) << 8;
	clock = d[0] | d[1] << 8;
	refresh = clock * 10000ULL / ((x + hblank) * (y + vblank));
	gv_ktap_note("%ux%u, blanking %u and %u, %u0 kHz, %u Hz", x, y, hblank,
		     vblank, clock, refresh);
	gv_ktap_check(x == types[n].xres && y == types[n].yres && hblank &&
		      vblank && refresh >= 59 && refresh <= 60,
		      "it prefers %ux%u at 60 Hz", types[n].xres,
		      types[n].yres);
	gv_ktap_check((uint64_t)x * y * 4 <= types[n].bar0 * GV_MIB,
		      "BAR0 has room for that");
}

static void with_type(const char *gpu, unsigned int n)
{
	char args[64];

	snprintf(args, sizeof(args), "framebuffer %uMiB %s",
		 types[n].framebuffer, types[n].resolution);
	gv_host_type_new(gpu, "t", args);
	gv_host_vgpu_new(gpu, "t", ID);
	gv_vfio_must_open(&vgpu, ID);
	check_sizes(n);
	check_edid(n);
	gv_vfio_close(&vgpu);
	gv_host_vgpu_del(ID);
	gv_must("gpuvirt type del %s t", gpu);
}

/* DISPI 1 to 9 can be written; the id, the memory and all else can't. */
static bool mmio_writable(unsigned int pos)
{
	return pos >= 0x502 && pos < 0x514;
}

static bool mmio_write_good(uint8_t *model, unsigned int pos, size_t len,
			    uint8_t val)
{
	size_t want = pos + len > SIZE ? SIZE - pos : len, i;
	unsigned int from = pos > 16 ? pos - 16 : 0;
	uint8_t data[16], seen[64];
	size_t look = from + 64 > SIZE ? SIZE - from : 64;

	memset(data, val, sizeof(data));
	if (gv_write(&vgpu, GV_BAR_MMIO, pos, data, len) != (ssize_t)want)
		return false;
	for (i = pos; i < pos + want; i++)
		if (mmio_writable(i))
			model[i] = val;
	return gv_read(&vgpu, GV_BAR_MMIO, from, seen, look) == (ssize_t)look &&
	       !memcmp(seen, model + from, look);
}

static void check_mmio(void)
{
	static const size_t widths[] = { 1, 2, 3, 4, 7, 8, 16 };
	uint8_t model[SIZE], seen[SIZE];
	unsigned int pos, w, bad = 0;
	bool whole = true;

	if (gv_read(&vgpu, GV_BAR_MMIO, 0, model, SIZE) != SIZE)
		gv_ktap_bail("BAR2 can't be read");
	gv_ktap_check(gv_all(model + 0x400, 0x100, 0) &&
		      gv_all(model + 0x516, 0x600 - 0x516, 0) &&
		      gv_all(model + 0x608, SIZE - 0x608, 0),
		      "BAR2 reads as zeros where no register is");
	for (w = 0; w < 7; w++) {
		for (pos = 0; pos < SIZE && bad < 5; pos++) {
			if (mmio_write_good(model, pos, widths[w], 0xff) &&
			    mmio_write_good(model, pos, widths[w], 0x5a))
				continue;
			gv_ktap_note("%zu bytes at 0x%x", widths[w], pos);
			bad++;
		}
		gv_read(&vgpu, GV_BAR_MMIO, 0, seen, SIZE);
		whole &= !memcmp(seen, model, SIZE);
	}
	gv_ktap_check(!bad && whole,
		      "a write of any width changes DISPI 1 to 9 in BAR2 only");
}

static void check_beyond(void)
{
	static const uint64_t beyond[] = { 4096, 4097, 8192, 1ULL << 32,
					   (1ULL << 40) - 1 };
	static const unsigned int bars[] = { GV_BAR_ENGINE, GV_BAR_MMIO };
	uint64_t data = ~0ULL;
	bool good = true, cut = true;
	unsigned int i, bar;

	for (bar = 0; bar < 2; bar++) {
		for (i = 0; i < 5; i++) {
			good &= gv_read(&vgpu, bars[bar], beyond[i], &data,
					4) == -EINVAL;
			good &= gv_write(&vgpu, bars[bar], beyond[i], &data,
					 4) == -EINVAL;
		}
		cut &= gv_read(&vgpu, bars[bar], 4093, &data, 8) == 3;
		cut &= gv_write(&vgpu, bars[bar], 4093, &data, 8) == 3;
	}
	gv_ktap_check(good, "past the end of BAR1 and BAR2 is EINVAL");
	gv_ktap_check(cut, "an access across the end is cut");
	gv_ktap_check(gv_read(&vgpu, 3, 0, &data, 4) == -EINVAL &&
		      gv_read(&vgpu, 5, 0, &data, 4) == -EINVAL &&
		      gv_read(&vgpu, 6, 0, &data, 4) == -EINVAL &&
		      gv_read(&vgpu, 8, 0, &data, 4) == -EINVAL &&
		      gv_read(&vgpu, GV_NR_REGIONS, 0, &data, 4) == -EINVAL &&
		      gv_write(&vgpu, 0x7ffff, 0, &data, 4) == -EINVAL,
		      "regions that there are not are EINVAL");
}

static uint32_t engine(unsigned int reg)
{
	return gv_get(&vgpu, GV_BAR_ENGINE, reg, 4);
}

static void check_engine(unsigned int framebuffer)
{
	gv_ktap_check(engine(GV_ENGINE_ID) == 0x55505647 &&
		      engine(0x04) == 1 && engine(0x10) == 0 &&
		      engine(0x08) == framebuffer * GV_MIB &&
		      engine(0x0c) == 0 && engine(GV_ENGINE_STATUS) == 0,
		      "BAR1 has id, version, size of VRAM");
}

/* Whole registers are written, at their own address; anything else is not. */
static bool engine_write_good(unsigned int pos, size_t len)
{
	uint8_t data[16];
	uint32_t scratch = 0x1234, status = 0;
	bool good;

	gv_put(&vgpu, GV_BAR_ENGINE, GV_ENGINE_ACK, 4, ~0U);
	gv_put(&vgpu, GV_BAR_ENGINE, GV_ENGINE_SCRATCH, 4, scratch);
	memset(data, 0xa5, sizeof(data));
	gv_write(&vgpu, GV_BAR_ENGINE, pos, data, len);

	if (pos <= GV_ENGINE_SCRATCH && pos + len >= GV_ENGINE_SCRATCH + 4)
		scratch = 0xa5a5a5a5;
	/* Raised, unless the write goes on and acknowledges it. */
	if (pos <= GV_ENGINE_RAISE && pos + len >= GV_ENGINE_RAISE + 4 &&
	    pos + len < GV_ENGINE_ACK + 4)
		status = 0xa5a5a5a5;
	good = engine(GV_ENGINE_SCRATCH) == scratch &&
	       engine(GV_ENGINE_STATUS) == status &&
	       engine(GV_ENGINE_ID) == 0x55505647 && engine(0x04) == 1;
	if (!good)
		gv_ktap_note("%zu bytes at 0x%x: scratch 0x%x status 0x%x", len,
			     pos, engine(GV_ENGINE_SCRATCH),
			     engine(GV_ENGINE_STATUS));
	return good;
}

static void check_engine_writes(void)
{
	static const size_t widths[] = { 1, 2, 3, 4, 6, 8, 12, 16 };
	uint8_t seen[SIZE];
	unsigned int pos, w, bad = 0;

	for (w = 0; w < 8; w++)
		for (pos = 0; pos < 0x100 && bad < 5; pos++)
			bad += !engine_write_good(pos, widths[w]);
	for (pos = 0x100; pos < SIZE; pos += 52)
		bad += !engine_write_good(pos, 8);
	gv_ktap_check(!bad, "registers of BAR1 are written whole or not at all");
	gv_put(&vgpu, GV_BAR_ENGINE, GV_ENGINE_ACK, 4, ~0U);
	gv_read(&vgpu, GV_BAR_ENGINE, 0, seen, SIZE);
	gv_ktap_check(gv_all(seen + 0x28, SIZE - 0x28, 0),
		      "BAR1 reads as zeros where no register is");
}

static void check_fresh(const uint8_t *fresh, const char *when)
{
	uint8_t seen[SIZE];

	gv_read(&vgpu, GV_BAR_MMIO, 0, seen, SIZE);
	gv_ktap_check(!memcmp(fresh, seen, SIZE) &&
		      !engine(GV_ENGINE_SCRATCH) && !engine(GV_ENGINE_STATUS),
		      "registers are as at first after %s", when);
	memset(seen, 0xff, SIZE);
	gv_write(&vgpu, GV_BAR_MMIO, 0, seen, SIZE);
	gv_put(&vgpu, GV_BAR_ENGINE, GV_ENGINE_SCRATCH, 4, 7);
	gv_put(&vgpu, GV_BAR_ENGINE, GV_ENGINE_RAISE, 4, 7);
}

int main(void)
{
	char gpu[GV_GPU_MAX];
	uint8_t fresh[SIZE];
	unsigned int n;

	gv_host_begin();
	gv_ktap_plan(4 * NR_TYPES + 11);
	gv_host_sim_add(gpu, "vram 2GiB");
	for (n = 0; n < NR_TYPES; n++)
		with_type(gpu, n);

	gv_host_type_new(gpu, "t", "framebuffer 10MiB");
	gv_host_vgpu_new(gpu, "t", ID);
	gv_vfio_must_open(&vgpu, ID);
	gv_read(&vgpu, GV_BAR_MMIO, 0, fresh, SIZE);
	check_engine(10);
	check_mmio();
	check_beyond();
	check_engine_writes();
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
