// SPDX-License-Identifier: GPL-2.0
/*
 * Configuration space of the simulated PF: an endpoint with power management
 * and PCI Express capabilities (function-level reset), and no BAR, since RAM
 * that the kernel knows about can't be behind one.
 */
#include <linux/pci.h>
#include <linux/unaligned.h>

#include "sim.h"

#define GV_SIM_CAP_PM 0x40
#define GV_SIM_CAP_EXP 0x48

static void gv_sim_config_fill(u8 *config)
{
	put_unaligned_le16(GV_SIM_VENDOR, config + PCI_VENDOR_ID);
	put_unaligned_le16(GV_SIM_DEVICE, config + PCI_DEVICE_ID);
	put_unaligned_le16(PCI_STATUS_CAP_LIST, config + PCI_STATUS);
	config[PCI_REVISION_ID] = 1;
	put_unaligned_le16(PCI_CLASS_DISPLAY_3D, config + PCI_CLASS_DEVICE);
	put_unaligned_le16(GV_SIM_VENDOR, config + PCI_SUBSYSTEM_VENDOR_ID);
	put_unaligned_le16(GV_SIM_DEVICE, config + PCI_SUBSYSTEM_ID);
	config[PCI_CAPABILITY_LIST] = GV_SIM_CAP_PM;

	config[GV_SIM_CAP_PM] = PCI_CAP_ID_PM;
	config[GV_SIM_CAP_PM + PCI_CAP_LIST_NEXT] = GV_SIM_CAP_EXP;
	put_unaligned_le16(3, config + GV_SIM_CAP_PM + PCI_PM_PMC);
	put_unaligned_le16(PCI_PM_CTRL_NO_SOFT_RESET,
			   config + GV_SIM_CAP_PM + PCI_PM_CTRL);

	config[GV_SIM_CAP_EXP] = PCI_CAP_ID_EXP;
	put_unaligned_le16(2 | PCI_EXP_TYPE_RC_END << 4,
			   config + GV_SIM_CAP_EXP + PCI_EXP_FLAGS);
	put_unaligned_le32(PCI_EXP_DEVCAP_RBER | PCI_EXP_DEVCAP_FLR,
			   config + GV_SIM_CAP_EXP + PCI_EXP_DEVCAP);
}

/**
 * gv_sim_config_init() - lay out the configuration space
 * @sim: the simulated GPU
 */
void gv_sim_config_init(struct gv_sim *sim)
{
	u8 *rw = sim->config_rw;

	raw_spin_lock_init(&sim->config_lock);
	put_unaligned_le16(PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER |
			   PCI_COMMAND_INTX_DISABLE, rw + PCI_COMMAND);
	rw[PCI_INTERRUPT_LINE] = 0xff;
	rw[PCI_CACHE_LINE_SIZE] = 0xff;
	put_unaligned_le16(PCI_PM_CTRL_STATE_MASK,
			   rw + GV_SIM_CAP_PM + PCI_PM_CTRL);
	put_unaligned_le16(PCI_EXP_DEVCTL_CERE | PCI_EXP_DEVCTL_NFERE |
			   PCI_EXP_DEVCTL_FERE | PCI_EXP_DEVCTL_URRE |
			   PCI_EXP_DEVCTL_BCR_FLR,
			   rw + GV_SIM_CAP_EXP + PCI_EXP_DEVCTL);

	gv_sim_config_fill(sim->config);
}

/* The bit that starts a function-level reset reads as 0. */
static void gv_sim_config_flr(struct gv_sim *sim)
{
	u8 *devctl = sim->config + GV_SIM_CAP_EXP + PCI_EXP_DEVCTL;

	lockdep_assert_held(&sim->config_lock);

	if (!(get_unaligned_le16(devctl) & PCI_EXP_DEVCTL_BCR_FLR))
		return;

	memset(sim->config, 0, sizeof(sim->config));
	gv_sim_config_fill(sim->config);
}

/**
 * gv_sim_config_read() - read from the PF's configuration space
 * @sim: the simulated GPU
 * @pos: offset
 * @size: 1, 2 or 4 bytes
 *
 * Context: any.
 * Return: the value, little endian.
 */
u32 gv_sim_config_read(struct gv_sim *sim, unsigned int pos, int size)
{
	unsigned long flags;
	u32 val = 0;
	int i;

	if (pos + size > GV_SIM_CONFIG_SIZE)
		return ~0U;

	raw_spin_lock_irqsave(&sim->config_lock, flags);
	for (i = 0; i < size; i++)
		val |= (u32)sim->config[pos + i] << (8 * i);
	raw_spin_unlock_irqrestore(&sim->config_lock, flags);

	return val;
}

/**
 * gv_sim_config_write() - write to the PF's configuration space
 * @sim: the simulated GPU
 * @pos: offset
 * @size: 1, 2 or 4 bytes
 * @val: value, of which read-only bits are ignored
 *
 * Context: any.
 */
void gv_sim_config_write(struct gv_sim *sim, unsigned int pos, int size,
			 u32 val)
{
	unsigned long flags;
	u8 rw;
	int i;

	if (pos + size > GV_SIM_CONFIG_SIZE)
		return;

	raw_spin_lock_irqsave(&sim->config_lock, flags);
	for (i = 0; i < size; i++) {
		rw = sim->config_rw[pos + i];
		sim->config[pos + i] = (sim->config[pos + i] & ~rw) |
				       ((val >> (8 * i)) & rw);
	}
	gv_sim_config_flr(sim);
	raw_spin_unlock_irqrestore(&sim->config_lock, flags);
}
