// SPDX-License-Identifier: GPL-2.0
/*
 * BAR1: the registers by which a program in the guest talks to the engine of
 * the GPU. It is a BAR of its own so that the program can map it beside
 * bochs-drm. There is no engine yet; what is here identifies the device and
 * raises an interrupt on request, so that a guest's interrupt set-up can be
 * tried. The layout is in Documentation/device.rst.
 *
 * Registers have 32 bits and are written whole; other writes are ignored.
 */
#include <linux/unaligned.h>

#include "vgpu.h"

#define GV_ENGINE_ID 0x00
#define GV_ENGINE_VERSION 0x04
#define GV_ENGINE_VRAM_LO 0x08
#define GV_ENGINE_VRAM_HI 0x0c
#define GV_ENGINE_CAPS 0x10
#define GV_ENGINE_IRQ_STATUS 0x18
#define GV_ENGINE_IRQ_RAISE 0x1c
#define GV_ENGINE_IRQ_ACK 0x20
#define GV_ENGINE_SCRATCH 0x24

#define GV_ENGINE_ID_VALUE 0x55505647	/* "GVPU" */
#define GV_ENGINE_VERSION_VALUE 1

static u32 gv_engine_reg(struct gv_vgpu *vgpu, unsigned int reg)
{
	switch (reg) {
	case GV_ENGINE_ID:
		return GV_ENGINE_ID_VALUE;
	case GV_ENGINE_VERSION:
		return GV_ENGINE_VERSION_VALUE;
	case GV_ENGINE_VRAM_LO:
		return vgpu->slice.size;
	case GV_ENGINE_VRAM_HI:
		return vgpu->slice.size >> 32;
	case GV_ENGINE_IRQ_STATUS:
		return gv_irq_status(vgpu);
	case GV_ENGINE_SCRATCH:
		return vgpu->scratch;
	default:
		return 0;
	}
}

/**
 * gv_engine_read() - read one byte of BAR1
 * @vgpu: the vGPU
 * @pos: offset, below GV_ENGINE_SIZE
 *
 * Context: under the vGPU's lock.
 * Return: the byte.
 */
u8 gv_engine_read(struct gv_vgpu *vgpu, unsigned int pos)
{
	lockdep_assert_held(&vgpu->lock);
	return gv_engine_reg(vgpu, pos & ~3U) >> (8 * (pos & 3));
}

/**
 * gv_engine_write() - write to BAR1
 * @vgpu: the vGPU
 * @pos: offset; @pos + @len is at most GV_ENGINE_SIZE
 * @buf: what is written
 * @len: how much
 *
 * Context: under the vGPU's lock.
 */
void gv_engine_write(struct gv_vgpu *vgpu, unsigned int pos, const u8 *buf,
		     size_t len)
{
	u32 val;

	lockdep_assert_held(&vgpu->lock);

	if (len != sizeof(val) || pos % sizeof(val))
		return;
	val = get_unaligned_le32(buf);

	switch (pos) {
	case GV_ENGINE_IRQ_RAISE:
		gv_irq_raise(vgpu, val);
		break;
	case GV_ENGINE_IRQ_ACK:
		gv_irq_ack(vgpu, val);
		break;
	case GV_ENGINE_SCRATCH:
		vgpu->scratch = val;
		break;
	}
}

/**
 * gv_engine_reset() - registers as after power-on
 * @vgpu: the vGPU
 *
 * Context: under the vGPU's lock.
 */
void gv_engine_reset(struct gv_vgpu *vgpu)
{
	lockdep_assert_held(&vgpu->lock);
	vgpu->scratch = 0;
}
