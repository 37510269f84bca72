// SPDX-License-Identifier: GPL-2.0
/*
 * Display registers and monitor: a picture is one if its last byte is in BAR0,
 * and the EDID says what it was asked to say.
 */
#include "fixture.h"

#define DISPI 0x500

/* Numbers of the registers, see docs/specs/standard-vga.txt of QEMU. */
enum { ID, XRES, YRES, BPP, ENABLE, BANK, VWIDTH, VHEIGHT, XOFF, YOFF, MEM };

struct picture {
	bool shown;
	u64 first;
	u64 last;
};

static void look(const u16 *reg, u64 bar0, struct picture *pic)
{
	u64 bytes = reg[BPP] == 16 ? 2 : reg[BPP] == 32 ? 4 : 0;
	u64 line = reg[XRES] > reg[VWIDTH] ? reg[XRES] : reg[VWIDTH];

	pic->shown = false;
	if (!(reg[ENABLE] & 1) || !bytes || reg[XRES] < 64 || reg[YRES] < 64)
		return;
	pic->first = (reg[YOFF] * line + reg[XOFF]) * bytes;
	pic->last = pic->first + reg[YRES] * line * bytes - 1;
	pic->shown = pic->last < bar0;
}

static void write_reg(struct gv_vgpu *vgpu, u16 *reg, unsigned int n, u16 val)
{
	mutex_lock(&vgpu->lock);
	gv_mmio_write(vgpu, DISPI + 2 * n, val);
	gv_mmio_write(vgpu, DISPI + 2 * n + 1, val >> 8);
	mutex_unlock(&vgpu->lock);
	if (n > ID && n < MEM)
		reg[n] = val;
}

static u16 some_value(unsigned int reg)
{
	static const u16 often[] = { 16, 32, 24, 640, 480, 1024, 768, 65535 };

	if (reg == ENABLE)
		return gv_below(4) ? 0x41 : gv_awkward();
	if (reg == BPP)
		return gv_below(4) ? often[gv_below(3)] : gv_awkward();
	if (gv_below(2))
		return often[gv_below(8)];
	return gv_awkward();
}

static void query(struct gv_vgpu *vgpu, const struct picture *pic,
		  const u16 *reg)
{
	struct vfio_device_gfx_plane_info plane = {
		.argsz = sizeof(plane),
		.flags = VFIO_GFX_PLANE_TYPE_REGION,
	};
	unsigned int at;
	int err = gv_display_query(vgpu, &plane);

	gv_expect(!err, "%d", err);
	gv_expect(!!plane.size == pic->shown, "size %u", plane.size);
	if (!pic->shown)
		return;
	gv_expect(plane.width == reg[XRES] && plane.height == reg[YRES] &&
		  plane.size == pic->last - pic->first + 1, "%ux%u %u",
		  plane.width, plane.height, plane.size);
	at = plane.region_index - GV_REGION_DISPLAY;
	gv_expect(at < GV_NR_DISPLAYS &&
		  vgpu->display.start[at] == (pic->first & ~4095ULL),
		  "region %u", plane.region_index);
}

static void modes(unsigned int writes)
{
	u64 framebuffer = gv_below(2) ? gv_some_framebuffer() :
			  (4 + gv_below(8)) << 20;
	struct gv_vgpu *vgpu = gv_make_vgpu(framebuffer, 1024, 768);
	u64 bar0 = gv_config_bar_size(vgpu, 0);
	u16 reg[MEM + 1] = { 0xb0c5, [MEM] = bar0 >> 16 };
	struct picture pic;
	unsigned int n;

	while (writes--) {
		gv_case();
		n = gv_below(MEM + 3);
		write_reg(vgpu, reg, n, some_value(n));
		look(reg, bar0, &pic);
		query(vgpu, &pic, reg);
		mutex_lock(&vgpu->lock);
		for (n = 0; n <= MEM; n++)
			gv_expect((gv_mmio_read(vgpu, DISPI + 2 * n) |
				   gv_mmio_read(vgpu, DISPI + 2 * n + 1) << 8) ==
				  reg[n], "register %u", n);
		mutex_unlock(&vgpu->lock);
	}
	gv_drop_vgpu(vgpu);
}

/* What a monitor's owner reads out of it. */
static void edid(void)
{
	u64 framebuffer = gv_some_framebuffer();
	u32 xres, yres, hblank, vblank;
	struct gv_vgpu *vgpu;
	u64 clock, pixels;
	u8 *e, sum = 0;
	int i;

	gv_case();
	gv_some_mode(framebuffer, &xres, &yres);
	vgpu = gv_make_vgpu(framebuffer, xres, yres);
	e = vgpu->mmio;
	for (i = 0; i < 128; i++)
		sum += e[i];
	gv_expect(!sum, "%ux%u: checksum", xres, yres);
	gv_expect(!memcmp(e, "\0\xff\xff\xff\xff\xff\xff\0", 8), "header");
	gv_expect((e[56] | (e[58] & 0xf0) << 4) == xres, "%u", xres);
	gv_expect((e[59] | (e[61] & 0xf0) << 4) == yres, "%u", yres);
	hblank = e[57] | (e[58] & 0xf) << 8;
	vblank = e[60] | (e[61] & 0xf) << 8;
	clock = (e[54] | e[55] << 8) * 10000ULL;
	pixels = (u64)(xres + hblank) * (yres + vblank);
	/* the clock is in steps of 10 kHz, and rounded down */
	gv_expect(clock <= 60 * pixels && 60 * pixels < clock + 11000,
		  "%ux%u: %llu Hz for %llu", xres, yres, clock, pixels);
	gv_expect(vblank * 1000000ULL / 60 >= 460 * (u64)(yres + vblank) -
		  (u64)(yres + vblank), "%u lines", vblank);
	gv_drop_vgpu(vgpu);
}

void gv_model_display(uint64_t n)
{
	for (; n >= 100; n -= 100) {
		modes(80);
		for (int i = 0; i < 20; i++)
			edid();
	}
}
