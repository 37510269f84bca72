// SPDX-License-Identifier: GPL-2.0
/*
 * BAR2: the registers of QEMU's bochs-display (docs/specs/standard-vga.txt of
 * QEMU): EDID, the VGA ports, which do nothing here, and the DISPI registers,
 * which set the mode.
 */
#include <linux/pci.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include <drm/drm_fourcc.h>

#include "state.h"
#include "vgpu.h"

#define GV_MMIO_EDID 0x000
#define GV_MMIO_EDID_END 0x400
#define GV_MMIO_DISPI 0x500
#define GV_MMIO_QEXT 0x600
#define GV_MMIO_QEXT_ENDIAN (GV_MMIO_QEXT + 4)
#define GV_QEXT_SIZE 8
#define GV_QEXT_LITTLE_ENDIAN 0x1e1e1e1e

/* DISPI registers, 16 bits each. */
enum gv_dispi {
	GV_DISPI_ID,
	GV_DISPI_XRES,
	GV_DISPI_YRES,
	GV_DISPI_BPP,
	GV_DISPI_ENABLE,
	GV_DISPI_BANK,
	GV_DISPI_VIRT_WIDTH,
	GV_DISPI_VIRT_HEIGHT,
	GV_DISPI_X_OFFSET,
	GV_DISPI_Y_OFFSET,
	GV_DISPI_VIDEO_MEMORY_64K,
	GV_NR_DISPI,
};

#define GV_DISPI_ID5 0xb0c5
#define GV_DISPI_ENABLED 0x01

#define GV_MODE_MIN 64

static u16 gv_dispi(const struct gv_vgpu *vgpu, enum gv_dispi reg)
{
	return get_unaligned_le16(vgpu->mmio + GV_MMIO_DISPI + 2 * reg);
}

static void gv_dispi_set(struct gv_vgpu *vgpu, enum gv_dispi reg, u16 val)
{
	put_unaligned_le16(val, vgpu->mmio + GV_MMIO_DISPI + 2 * reg);
}

static bool gv_mmio_writable(unsigned int pos)
{
	unsigned int reg = (pos - GV_MMIO_DISPI) / 2;

	if (pos < GV_MMIO_DISPI)
		return false;
	return reg < GV_NR_DISPI && reg != GV_DISPI_ID &&
	       reg != GV_DISPI_VIDEO_MEMORY_64K;
}

/**
 * gv_mmio_init() - fill BAR2 in
 * @vgpu: a vGPU that has its VRAM slice
 */
void gv_mmio_init(struct gv_vgpu *vgpu)
{
	const struct gv_type_params *params = &vgpu->type->params;

	gv_edid_fill(vgpu->mmio + GV_MMIO_EDID, params->xres, params->yres,
		     vgpu->serial);
	put_unaligned_le32(GV_QEXT_SIZE, vgpu->mmio + GV_MMIO_QEXT);
	put_unaligned_le32(GV_QEXT_LITTLE_ENDIAN,
			   vgpu->mmio + GV_MMIO_QEXT_ENDIAN);
	gv_mmio_reset(vgpu);
}

/**
 * gv_mmio_reset() - no mode is set
 * @vgpu: the vGPU
 */
void gv_mmio_reset(struct gv_vgpu *vgpu)
{
	memset(vgpu->mmio + GV_MMIO_DISPI, 0, 2 * GV_NR_DISPI);
	gv_dispi_set(vgpu, GV_DISPI_ID, GV_DISPI_ID5);
	gv_dispi_set(vgpu, GV_DISPI_VIDEO_MEMORY_64K,
		     gv_scanout_size(vgpu->slice.size) >> 16);
	gv_mmio_note_mode(vgpu);
}

/**
 * gv_mmio_read() - read one byte of BAR2
 * @vgpu: the vGPU
 * @pos: offset, below GV_MMIO_SIZE
 *
 * Context: under the vGPU's lock.
 * Return: the byte.
 */
u8 gv_mmio_read(struct gv_vgpu *vgpu, unsigned int pos)
{
	lockdep_assert_held(&vgpu->lock);
	return vgpu->mmio[pos];
}

/**
 * gv_mmio_write() - write one byte of BAR2
 * @vgpu: the vGPU
 * @pos: offset, below GV_MMIO_SIZE
 * @val: value; ignored where nothing can be written
 *
 * Context: under the vGPU's lock.
 */
void gv_mmio_write(struct gv_vgpu *vgpu, unsigned int pos, u8 val)
{
	lockdep_assert_held(&vgpu->lock);
	if (gv_mmio_writable(pos))
		vgpu->mmio[pos] = val;
}

/**
 * gv_mmio_mode() - the mode that the DISPI registers describe
 * @vgpu: the vGPU
 * @mode: gets it
 *
 * Context: under the vGPU's lock.
 * Return: false if the display is off or the mode reaches beyond BAR0.
 */
bool gv_mmio_mode(const struct gv_vgpu *vgpu, struct gv_mode *mode)
{
	u64 aperture = gv_scanout_size(vgpu->slice.size);
	u32 bytes, width;

	if (!(gv_dispi(vgpu, GV_DISPI_ENABLE) & GV_DISPI_ENABLED))
		return false;

	switch (gv_dispi(vgpu, GV_DISPI_BPP)) {
	case 16:
		mode->format = DRM_FORMAT_RGB565;
		bytes = 2;
		break;
	case 32:
		mode->format = DRM_FORMAT_XRGB8888;
		bytes = 4;
		break;
	default:
		return false;
	}

	mode->xres = gv_dispi(vgpu, GV_DISPI_XRES);
	mode->yres = gv_dispi(vgpu, GV_DISPI_YRES);
	if (mode->xres < GV_MODE_MIN || mode->yres < GV_MODE_MIN)
		return false;

	/* No product of two of these exceeds 16 + 16 + 2 bits. */
	width = max_t(u32, mode->xres, gv_dispi(vgpu, GV_DISPI_VIRT_WIDTH));
	mode->stride = width * bytes;
	mode->start = (u64)gv_dispi(vgpu, GV_DISPI_Y_OFFSET) * mode->stride +
		      (u64)gv_dispi(vgpu, GV_DISPI_X_OFFSET) * bytes;
	mode->size = (u64)mode->stride * mode->yres;

	return mode->start + mode->size <= aperture;
}

/**
 * gv_mmio_note_mode() - let `vgpu show` see the mode that the guest has set
 * @vgpu: the vGPU
 *
 * Context: under the vGPU's lock, or before others can see the vGPU.
 */
void gv_mmio_note_mode(struct gv_vgpu *vgpu)
{
	struct gv_mode mode = {};

	if (!gv_mmio_mode(vgpu, &mode)) {
		mode.xres = 0;
		mode.yres = 0;
	}

	spin_lock(&gv_state_lock);
	vgpu->mode_xres = mode.xres;
	vgpu->mode_yres = mode.yres;
	spin_unlock(&gv_state_lock);
}
