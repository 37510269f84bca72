// SPDX-License-Identifier: GPL-2.0
/*
 * The root port that a simulated GPU can be below: for IOMMU groups of other
 * shapes. It has no windows, since nothing below it has a BAR, no interrupt and
 * no service, but it resets what is below it. ACS is as firmware has left it: the
 * kernel turns it on by itself only where it has found a hardware IOMMU at boot.
 */
#include <linux/pci.h>
#include <linux/unaligned.h>

#include "sim.h"

#define GV_SIM_ACS (PCI_ACS_SV | PCI_ACS_RR | PCI_ACS_CR | PCI_ACS_UF)
#define GV_SIM_LINK (PCI_EXP_LNKCAP_SLS_16_0GB | 16 << 4)

static void gv_sim_port_exp(u8 *exp)
{
	exp[0] = PCI_CAP_ID_EXP;
	put_unaligned_le16(2 | PCI_EXP_TYPE_ROOT_PORT << 4,
			   exp + PCI_EXP_FLAGS);
	put_unaligned_le32(PCI_EXP_DEVCAP_RBER, exp + PCI_EXP_DEVCAP);
	put_unaligned_le32(GV_SIM_LINK, exp + PCI_EXP_LNKCAP);
	put_unaligned_le16(GV_SIM_LINK | PCI_EXP_LNKSTA_DLLLA,
			   exp + PCI_EXP_LNKSTA);
	put_unaligned_le32(PCI_EXP_DEVCAP2_ARI, exp + PCI_EXP_DEVCAP2);
}

/**
 * gv_sim_port_fill() - configuration space of the root port after power-on
 * @fn: the root port
 */
void gv_sim_port_fill(struct gv_sim_function *fn)
{
	u8 *config = fn->config, *acs = config + GV_SIM_EXT_ACS;

	put_unaligned_le16(GV_SIM_VENDOR, config + PCI_VENDOR_ID);
	put_unaligned_le16(GV_SIM_PORT_DEVICE, config + PCI_DEVICE_ID);
	put_unaligned_le16(PCI_STATUS_CAP_LIST, config + PCI_STATUS);
	put_unaligned_le16(PCI_CLASS_BRIDGE_PCI, config + PCI_CLASS_DEVICE);
	config[PCI_HEADER_TYPE] = PCI_HEADER_TYPE_BRIDGE;
	config[PCI_SECONDARY_BUS] = 1;
	config[PCI_SUBORDINATE_BUS] = 1;
	/* Windows that end before they begin are closed. */
	config[PCI_IO_BASE] = 0xf0;
	put_unaligned_le16(0xfff0, config + PCI_MEMORY_BASE);
	config[PCI_CAPABILITY_LIST] = GV_SIM_CAP_EXP;
	gv_sim_port_exp(config + GV_SIM_CAP_EXP);

	if (fn->sim->port == GPUVIRT_ROOT_PORT_NO_ACS)
		return;
	gv_sim_ext(config, GV_SIM_EXT_ACS, PCI_EXT_CAP_ID_ACS, 1, 0);
	put_unaligned_le16(GV_SIM_ACS, acs + PCI_ACS_CAP);
	if (fn->sim->port == GPUVIRT_ROOT_PORT_ACS)
		put_unaligned_le16(GV_SIM_ACS, acs + PCI_ACS_CTRL);
}

/**
 * gv_sim_port_init_rw() - say what can be written in a root port
 * @rw: mask of its configuration space
 */
void gv_sim_port_init_rw(u8 *rw)
{
	put_unaligned_le16(PCI_COMMAND_MASTER, rw + PCI_COMMAND);
	rw[PCI_PRIMARY_BUS] = 0xff;
	rw[PCI_SECONDARY_BUS] = 0xff;
	rw[PCI_SUBORDINATE_BUS] = 0xff;
	put_unaligned_le16(PCI_BRIDGE_CTL_BUS_RESET, rw + PCI_BRIDGE_CONTROL);
	put_unaligned_le16(PCI_EXP_DEVCTL2_ARI,
			   rw + GV_SIM_CAP_EXP + PCI_EXP_DEVCTL2);
	put_unaligned_le16(GV_SIM_ACS, rw + GV_SIM_EXT_ACS + PCI_ACS_CTRL);
}
