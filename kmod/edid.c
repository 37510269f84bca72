// SPDX-License-Identifier: GPL-2.0
/*
 * The monitor that a guest sees: an EDID 1.4 base block with one preferred
 * mode at 60 Hz, timed by the reduced-blanking rules of VESA CVT 1.1.
 */
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "edid.h"

#define GV_SCANOUT_MAX (256ULL << 20)

/* CVT 1.1 reduced blanking: fixed horizontal blanking and front porches. */
#define GV_RB_HBLANK 160U
#define GV_RB_HFRONT 48U
#define GV_RB_HSYNC 32U
#define GV_RB_VFRONT 3U
#define GV_RB_VSYNC 6U
#define GV_RB_VBACK_MIN 7U
#define GV_RB_VBLANK_MIN_US 460U
#define GV_REFRESH 60U

/* Lines of vertical blanking: at least 460 us of them. */
static u32 gv_edid_vblank(u32 yres)
{
	u32 frame_us = 1000000 / GV_REFRESH;
	u32 lines = GV_RB_VBLANK_MIN_US * yres /
		    (frame_us - GV_RB_VBLANK_MIN_US) + 1;

	return max(lines, GV_RB_VFRONT + GV_RB_VSYNC + GV_RB_VBACK_MIN);
}

/**
 * gv_edid_clock() - pixel clock that a mode needs at 60 Hz
 * @xres: width in pixels
 * @yres: height in lines
 *
 * Return: clock in kHz.
 */
u32 gv_edid_clock(u32 xres, u32 yres)
{
	u32 pixels = (xres + GV_RB_HBLANK) * (yres + gv_edid_vblank(yres));

	return pixels / 1000 * GV_REFRESH + pixels % 1000 * GV_REFRESH / 1000;
}

static void gv_edid_timing(u8 *d, u32 xres, u32 yres)
{
	u32 clock = gv_edid_clock(xres, yres) / 10;
	u32 vblank = gv_edid_vblank(yres);
	/* Size for 100 pixels per inch, in mm. */
	u32 width = min(xres * 254 / 1000, 4095U);
	u32 height = min(yres * 254 / 1000, 4095U);

	d[0] = clock;
	d[1] = clock >> 8;
	d[2] = xres;
	d[3] = GV_RB_HBLANK;
	d[4] = (xres >> 8) << 4;
	d[5] = yres;
	d[6] = vblank;
	d[7] = (yres >> 8) << 4 | vblank >> 8;
	d[8] = GV_RB_HFRONT;
	d[9] = GV_RB_HSYNC;
	d[10] = GV_RB_VFRONT << 4 | GV_RB_VSYNC;
	d[12] = width;
	d[13] = height;
	d[14] = (width >> 8) << 4 | height >> 8;
	d[17] = 0x1a;	/* separate sync, horizontal positive */
}

static void gv_edid_text(u8 *d, u8 tag, const char *text)
{
	size_t len = min_t(size_t, strlen(text), 13);

	d[3] = tag;
	memset(d + 5, ' ', 13);
	memcpy(d + 5, text, len);
	if (len < 13)
		d[5 + len] = '\n';
}

/**
 * gv_edid_fill() - write the EDID of a vGPU's monitor
 * @edid: GV_EDID_SIZE bytes
 * @xres: width of the preferred mode
 * @yres: height of the preferred mode
 * @serial: serial number of the monitor
 */
void gv_edid_fill(u8 *edid, u32 xres, u32 yres, u32 serial)
{
	u8 sum = 0;
	int i;

	memset(edid, 0, GV_EDID_SIZE);
	memset(edid + 1, 0xff, 6);
	edid[8] = 0x1e;		/* manufacturer GPV, 5 bits a letter */
	edid[9] = 0x16;
	edid[10] = 0x01;	/* product */
	for (i = 0; i < 4; i++)
		edid[12 + i] = serial >> (8 * i);
	edid[16] = 0xff;	/* the year is that of the model */
	edid[17] = 2026 - 1990;
	edid[18] = 1;		/* EDID 1.4 */
	edid[19] = 4;
	edid[20] = 0xa0;	/* digital, 8 bits a colour */
	edid[21] = min(xres * 254 / 10000, 255U);
	edid[22] = min(yres * 254 / 10000, 255U);
	edid[23] = 120;		/* gamma 2.20 */
	edid[24] = 0x06;	/* sRGB, preferred mode is native */
	/* Chromaticity of sRGB. */
	memcpy(edid + 25, "\xee\x91\xa3\x54\x4c\x99\x26\x0f\x50\x54", 10);
	memset(edid + 38, 0x01, 16);	/* no standard timings */
	gv_edid_timing(edid + 54, xres, yres);
	gv_edid_text(edid + 72, 0xfc, "gpuvirt");
	gv_edid_text(edid + 90, 0xff, "vGPU");
	edid[108 + 3] = 0x10;	/* unused descriptor */

	for (i = 0; i < GV_EDID_SIZE - 1; i++)
		sum += edid[i];
	edid[GV_EDID_SIZE - 1] = -sum;
}

/**
 * gv_scanout_size() - size of the scan-out aperture (BAR0)
 * @framebuffer: VRAM of the vGPU, in bytes, at least 4 MiB
 *
 * Return: the largest power of two that is at most @framebuffer and 256 MiB.
 */
u64 gv_scanout_size(u64 framebuffer)
{
	return min_t(u64, rounddown_pow_of_two(framebuffer), GV_SCANOUT_MAX);
}
