// SPDX-License-Identifier: GPL-2.0
/*
 * PCI configuration space of a vGPU: 256 bytes, and which bits of them a guest
 * can write. Sizing a BAR works by itself: the low address bits are read-only.
 *
 * The ids are those of QEMU's bochs-display, which bochs-drm matches.
 */
#include <linux/pci.h>
#include <linux/string.h>

#include "vgpu.h"

#define GV_ID_VENDOR 0x1234
#define GV_ID_DEVICE 0x1111
#define GV_ID_REVISION 2
#define GV_ID_SUBVENDOR 0x1af4
#define GV_ID_SUBDEVICE 0x1100

#define GV_CAP_MSI 0x40

#define GV_COMMAND_RW (PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER | \
		       PCI_COMMAND_INTX_DISABLE)

static void gv_config_put16(u8 *p, u16 val)
{
	p[0] = val;
	p[1] = val >> 8;
}

static void gv_config_put32(u8 *p, u32 val)
{
	gv_config_put16(p, val);
	gv_config_put16(p + 2, val >> 16);
}

/**
 * gv_config_bar_size() - size of a BAR
 * @vgpu: the vGPU
 * @bar: number, 0 to 5
 *
 * Return: a power of two in bytes, or 0 if there is no such BAR.
 */
u64 gv_config_bar_size(const struct gv_vgpu *vgpu, unsigned int bar)
{
	switch (bar) {
	case GV_BAR_SCANOUT:
		return gv_scanout_size(vgpu->slice.size);
	case GV_BAR_ENGINE:
		return GV_ENGINE_SIZE;
	case GV_BAR_MMIO:
		return GV_MMIO_SIZE;
	case GV_BAR_VRAM:
		return roundup_pow_of_two(vgpu->slice.size);
	default:
		return 0;
	}
}

static u32 gv_config_bar_flags(unsigned int bar)
{
	switch (bar) {
	case GV_BAR_SCANOUT:
		return PCI_BASE_ADDRESS_MEM_PREFETCH;
	case GV_BAR_VRAM:
		return PCI_BASE_ADDRESS_MEM_PREFETCH |
		       PCI_BASE_ADDRESS_MEM_TYPE_64;
	default:
		return 0;
	}
}

/**
 * gv_config_init() - lay out the configuration space
 * @vgpu: a vGPU that has its VRAM slice
 */
void gv_config_init(struct gv_vgpu *vgpu)
{
	u8 *rw = vgpu->config_rw;
	unsigned int bar, pos;
	u64 size;

	gv_config_put16(rw + PCI_COMMAND, GV_COMMAND_RW);
	rw[PCI_INTERRUPT_LINE] = 0xff;
	for (bar = 0; bar < PCI_STD_NUM_BARS; bar++) {
		size = gv_config_bar_size(vgpu, bar);
		if (!size)
			continue;
		pos = PCI_BASE_ADDRESS_0 + 4 * bar;
		gv_config_put32(rw + pos, ~(size - 1));
		if (gv_config_bar_flags(bar) & PCI_BASE_ADDRESS_MEM_TYPE_64)
			gv_config_put32(rw + pos + 4, ~(size - 1) >> 32);
	}
	gv_config_put16(rw + GV_CAP_MSI + PCI_MSI_FLAGS, PCI_MSI_FLAGS_ENABLE);
	gv_config_put32(rw + GV_CAP_MSI + PCI_MSI_ADDRESS_LO, ~3U);
	gv_config_put32(rw + GV_CAP_MSI + PCI_MSI_ADDRESS_HI, ~0U);
	gv_config_put16(rw + GV_CAP_MSI + PCI_MSI_DATA_64, 0xffff);

	gv_config_reset(vgpu);
}

/**
 * gv_config_reset() - configuration space as after power-on
 * @vgpu: the vGPU
 */
void gv_config_reset(struct gv_vgpu *vgpu)
{
	u8 *config = vgpu->config;
	unsigned int bar;

	memset(config, 0, GV_CONFIG_SIZE);
	gv_config_put16(config + PCI_VENDOR_ID, GV_ID_VENDOR);
	gv_config_put16(config + PCI_DEVICE_ID, GV_ID_DEVICE);
	gv_config_put16(config + PCI_STATUS, PCI_STATUS_CAP_LIST);
	config[PCI_REVISION_ID] = GV_ID_REVISION;
	gv_config_put16(config + PCI_CLASS_DEVICE, PCI_CLASS_DISPLAY_OTHER);
	gv_config_put16(config + PCI_SUBSYSTEM_VENDOR_ID, GV_ID_SUBVENDOR);
	gv_config_put16(config + PCI_SUBSYSTEM_ID, GV_ID_SUBDEVICE);
	for (bar = 0; bar < PCI_STD_NUM_BARS; bar++)
		config[PCI_BASE_ADDRESS_0 + 4 * bar] = gv_config_bar_flags(bar);
	config[PCI_CAPABILITY_LIST] = GV_CAP_MSI;
	config[PCI_INTERRUPT_PIN] = 1;
	config[GV_CAP_MSI] = PCI_CAP_ID_MSI;
	gv_config_put16(config + GV_CAP_MSI + PCI_MSI_FLAGS, PCI_MSI_FLAGS_64BIT);

	gv_irq_disable_intx(vgpu, false);
}

/**
 * gv_config_read() - read one byte of configuration space
 * @vgpu: the vGPU
 * @pos: offset, below GV_CONFIG_SIZE
 *
 * Context: under the vGPU's lock.
 * Return: the byte.
 */
u8 gv_config_read(struct gv_vgpu *vgpu, unsigned int pos)
{
	u8 val = vgpu->config[pos];

	lockdep_assert_held(&vgpu->lock);

	if (pos == PCI_STATUS && gv_irq_status(vgpu))
		val |= PCI_STATUS_INTERRUPT;
	return val;
}

/**
 * gv_config_write() - write one byte of configuration space
 * @vgpu: the vGPU
 * @pos: offset, below GV_CONFIG_SIZE
 * @val: value, of which read-only bits are ignored
 *
 * Context: under the vGPU's lock.
 */
void gv_config_write(struct gv_vgpu *vgpu, unsigned int pos, u8 val)
{
	u8 rw = vgpu->config_rw[pos];

	lockdep_assert_held(&vgpu->lock);

	vgpu->config[pos] = (vgpu->config[pos] & ~rw) | (val & rw);
	if (pos == PCI_COMMAND + 1)
		gv_irq_disable_intx(vgpu, vgpu->config[pos] &
				    (PCI_COMMAND_INTX_DISABLE >> 8));
}
