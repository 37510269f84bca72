/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GV_EDID_H
#define GV_EDID_H

#include <linux/types.h>

#define GV_EDID_SIZE 128

/*
 * Bounds of the one detailed timing in an EDID 1.4 base block: 12 bits for each
 * count of active pixels and lines, 16 bits in steps of 10 kHz for the clock
 * (VESA E-EDID release A2, section 3.10.2). The floor is the smallest mode that
 * the display can scan out; the width is in character cells of the CVT formula.
 */
#define GV_EDID_XRES_MIN 64U
#define GV_EDID_XRES_MAX 4088U
#define GV_EDID_XRES_STEP 8U
#define GV_EDID_YRES_MIN 64U
#define GV_EDID_YRES_MAX 4095U
#define GV_EDID_CLOCK_MAX 655350U	/* kHz */

u32 gv_edid_clock(u32 xres, u32 yres);
void gv_edid_fill(u8 *edid, u32 xres, u32 yres, u32 serial);
u64 gv_scanout_size(u64 framebuffer);

#endif
