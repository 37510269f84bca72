// SPDX-License-Identifier: GPL-2.0
/*
 * Configuration space of the simulated functions: endpoints with PCI Express
 * (function-level reset), MSI and mailbox capabilities, and no BAR, since RAM
 * that the kernel knows about can't be behind one. The root port is in port.c.
 */
#include <linux/pci.h>
#include <linux/unaligned.h>

#include "sim.h"

/* Size of the BAR that a fault gives to VFs. */
#define GV_SIM_VF_BAR 0x100000U

#define GV_SIM_LINK (PCI_EXP_LNKCAP_SLS_16_0GB | 16 << 4)

/* Header of an extended capability. */
void gv_sim_ext(u8 *config, unsigned int pos, u16 id, u8 version,
		unsigned int next)
{
	put_unaligned_le32(id | version << 16 | next << 20, config + pos);
}

static void gv_sim_fill_exp(struct gv_sim_function *fn)
{
	u8 *exp = fn->config + GV_SIM_CAP_EXP;
	bool port = fn->sim->port;

	exp[0] = PCI_CAP_ID_EXP;
	exp[PCI_CAP_LIST_NEXT] = GV_SIM_CAP_MSI;
	put_unaligned_le16(2 | (port ? PCI_EXP_TYPE_ENDPOINT :
				       PCI_EXP_TYPE_RC_END) << 4,
			   exp + PCI_EXP_FLAGS);
	put_unaligned_le32(PCI_EXP_DEVCAP_RBER | PCI_EXP_DEVCAP_FLR,
			   exp + PCI_EXP_DEVCAP);
	if (!port || fn->kind != GV_SIM_PF)
		return;
	put_unaligned_le32(GV_SIM_LINK, exp + PCI_EXP_LNKCAP);
	put_unaligned_le16(GV_SIM_LINK, exp + PCI_EXP_LNKSTA);
}

static void gv_sim_fill_msi(u8 *config)
{
	u8 *msi = config + GV_SIM_CAP_MSI;

	msi[0] = PCI_CAP_ID_MSI;
	msi[PCI_CAP_LIST_NEXT] = GV_SIM_CAP_MAILBOX;
	put_unaligned_le16(PCI_MSI_FLAGS_64BIT, msi + PCI_MSI_FLAGS);
}

static void gv_sim_fill_sriov(struct gv_sim *sim, u8 *config)
{
	u8 *iov = config + GV_SIM_EXT_SRIOV;

	put_unaligned_le16(sim->total_vfs, iov + PCI_SRIOV_INITIAL_VF);
	put_unaligned_le16(sim->total_vfs, iov + PCI_SRIOV_TOTAL_VF);
	put_unaligned_le16(1, iov + PCI_SRIOV_VF_OFFSET);
	/* Of a single VF the specification leaves it open (SR-IOV 1.1, 3.3.10). */
	put_unaligned_le16(sim->total_vfs > 1, iov + PCI_SRIOV_VF_STRIDE);
	put_unaligned_le16(GV_SIM_VF_DEVICE, iov + PCI_SRIOV_VF_DID);
	/* 4 KiB to 4 MiB, of BARs that there are none of. */
	put_unaligned_le32(0x553, iov + PCI_SRIOV_SUP_PGSIZE);
	put_unaligned_le32(1, iov + PCI_SRIOV_SYS_PGSIZE);
	/* But for a fault, which gv_sim_config_fault() hides. */
	put_unaligned_le32(PCI_BASE_ADDRESS_MEM_TYPE_64 |
			   PCI_BASE_ADDRESS_MEM_PREFETCH, iov + PCI_SRIOV_BAR);
}

/*
 * Functions on the root bus need no ARI; below a port, VFs from the eighth on
 * have no other way to be addressed. ACS, because no function reaches another
 * one behind the IOMMU's back.
 */
static void gv_sim_fill_ext(struct gv_sim_function *fn)
{
	struct gv_sim *sim = fn->sim;
	bool iov = fn->kind == GV_SIM_PF && sim->total_vfs;
	unsigned int ari = sim->port ? GV_SIM_EXT_ARI : 0;
	u8 *config = fn->config;

	gv_sim_ext(config, GV_SIM_EXT_ACS, PCI_EXT_CAP_ID_ACS, 1,
		   iov ? GV_SIM_EXT_SRIOV : ari);
	put_unaligned_le16(PCI_ACS_RR | PCI_ACS_CR,
			   config + GV_SIM_EXT_ACS + PCI_ACS_CAP);
	put_unaligned_le16(PCI_ACS_RR | PCI_ACS_CR,
			   config + GV_SIM_EXT_ACS + PCI_ACS_CTRL);
	if (iov) {
		gv_sim_ext(config, GV_SIM_EXT_SRIOV, PCI_EXT_CAP_ID_SRIOV, 1,
			   ari);
		gv_sim_fill_sriov(sim, config);
	}
	if (ari)
		gv_sim_ext(config, GV_SIM_EXT_ARI, PCI_EXT_CAP_ID_ARI, 1, 0);
}

static void gv_sim_fill_endpoint(struct gv_sim_function *fn)
{
	bool vf = fn->kind == GV_SIM_VF;
	u8 *config = fn->config;

	/* A VF has no identity of its own: the PF's SR-IOV capability has it. */
	put_unaligned_le16(vf ? 0xffff : GV_SIM_VENDOR, config + PCI_VENDOR_ID);
	put_unaligned_le16(vf ? 0xffff : GV_SIM_DEVICE, config + PCI_DEVICE_ID);
	put_unaligned_le16(PCI_STATUS_CAP_LIST, config + PCI_STATUS);
	config[PCI_REVISION_ID] = 1;
	put_unaligned_le16(PCI_CLASS_DISPLAY_3D, config + PCI_CLASS_DEVICE);
	put_unaligned_le16(GV_SIM_VENDOR, config + PCI_SUBSYSTEM_VENDOR_ID);
	put_unaligned_le16(GV_SIM_DEVICE, config + PCI_SUBSYSTEM_ID);
	config[PCI_CAPABILITY_LIST] = vf ? GV_SIM_CAP_EXP : GV_SIM_CAP_PM;

	if (!vf) {
		config[GV_SIM_CAP_PM] = PCI_CAP_ID_PM;
		config[GV_SIM_CAP_PM + PCI_CAP_LIST_NEXT] = GV_SIM_CAP_EXP;
		put_unaligned_le16(3, config + GV_SIM_CAP_PM + PCI_PM_PMC);
		put_unaligned_le16(PCI_PM_CTRL_NO_SOFT_RESET,
				   config + GV_SIM_CAP_PM + PCI_PM_CTRL);
	}
	gv_sim_fill_exp(fn);
	gv_sim_fill_msi(config);
	gv_sim_mailbox_fill(fn);
	gv_sim_fill_ext(fn);
}

/**
 * gv_sim_config_fill() - put a configuration space into its state after power-on
 * @fn: function that nobody can access
 */
void gv_sim_config_fill(struct gv_sim_function *fn)
{
	memset(fn->config, 0, sizeof(fn->config));
	if (fn->kind == GV_SIM_PORT)
		gv_sim_port_fill(fn);
	else
		gv_sim_fill_endpoint(fn);
}

static void gv_sim_rw_endpoint(u8 *rw, bool vf)
{
	put_unaligned_le16(PCI_COMMAND_MASTER, rw + PCI_COMMAND);
	put_unaligned_le16(PCI_EXP_DEVCTL_CERE | PCI_EXP_DEVCTL_NFERE |
			   PCI_EXP_DEVCTL_FERE | PCI_EXP_DEVCTL_URRE |
			   PCI_EXP_DEVCTL_BCR_FLR,
			   rw + GV_SIM_CAP_EXP + PCI_EXP_DEVCTL);
	put_unaligned_le16(PCI_MSI_FLAGS_ENABLE,
			   rw + GV_SIM_CAP_MSI + PCI_MSI_FLAGS);
	put_unaligned_le32(~3U, rw + GV_SIM_CAP_MSI + PCI_MSI_ADDRESS_LO);
	put_unaligned_le32(~0U, rw + GV_SIM_CAP_MSI + PCI_MSI_ADDRESS_HI);
	put_unaligned_le16(0xffff, rw + GV_SIM_CAP_MSI + PCI_MSI_DATA_64);
	put_unaligned_le16(PCI_ACS_RR | PCI_ACS_CR,
			   rw + GV_SIM_EXT_ACS + PCI_ACS_CTRL);
	gv_sim_mailbox_init_rw(rw + GV_SIM_CAP_MAILBOX);
	if (vf)
		return;

	put_unaligned_le16(PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER |
			   PCI_COMMAND_INTX_DISABLE, rw + PCI_COMMAND);
	rw[PCI_INTERRUPT_LINE] = 0xff;
	rw[PCI_CACHE_LINE_SIZE] = 0xff;
	put_unaligned_le16(PCI_PM_CTRL_STATE_MASK,
			   rw + GV_SIM_CAP_PM + PCI_PM_CTRL);
}

static void gv_sim_rw_sriov(u8 *rw)
{
	u8 *iov = rw + GV_SIM_EXT_SRIOV;

	put_unaligned_le16(PCI_SRIOV_CTRL_VFE | PCI_SRIOV_CTRL_MSE |
			   PCI_SRIOV_CTRL_ARI, iov + PCI_SRIOV_CTRL);
	put_unaligned_le16(0xffff, iov + PCI_SRIOV_NUM_VF);
	put_unaligned_le32(~0U, iov + PCI_SRIOV_SYS_PGSIZE);
	put_unaligned_le32(~(GV_SIM_VF_BAR - 1), iov + PCI_SRIOV_BAR);
	put_unaligned_le32(~0U, iov + PCI_SRIOV_BAR + 4);
}

/**
 * gv_sim_config_init() - lay out the configuration spaces
 * @sim: the simulated GPU, with its functions
 */
void gv_sim_config_init(struct gv_sim *sim)
{
	unsigned int i;

	raw_spin_lock_init(&sim->config_lock);
	gv_sim_rw_endpoint(sim->config_rw[GV_SIM_PF], false);
	if (sim->total_vfs)
		gv_sim_rw_sriov(sim->config_rw[GV_SIM_PF]);
	gv_sim_rw_endpoint(sim->config_rw[GV_SIM_VF], true);
	gv_sim_port_init_rw(sim->config_rw[GV_SIM_PORT]);
	for (i = 0; i < sim->nr_functions; i++)
		gv_sim_config_fill(&sim->functions[i]);
}

/*
 * What a byte of the SR-IOV capability of the PF reads as, with faults that the PCI
 * core meets when it finds the device. While there are VFs they are where they are:
 * their offset may depend on their number.
 */
static u8 gv_sim_config_fault(struct gv_sim *sim, unsigned int pos, u8 val)
{
	const u8 *iov = gv_sim_pf(sim)->config + GV_SIM_EXT_SRIOV;

	if (!sim->total_vfs || pos < GV_SIM_EXT_SRIOV)
		return val;
	switch (pos - GV_SIM_EXT_SRIOV) {
	case PCI_SRIOV_INITIAL_VF ... PCI_SRIOV_TOTAL_VF + 1:
		return gv_sim_faulty(sim, GPUVIRT_SIM_FAULT_SRIOV_OFF) ? 0 : val;
	case PCI_SRIOV_VF_OFFSET + 1:
		if (get_unaligned_le16(iov + PCI_SRIOV_NUM_VF))
			return val;
		return gv_sim_faulty(sim, GPUVIRT_SIM_FAULT_VF_BUSES) ? 1 : val;
	case PCI_SRIOV_BAR ... PCI_SRIOV_BAR + 7:
		return gv_sim_faulty(sim, GPUVIRT_SIM_FAULT_VF_BARS) ? val : 0;
	}
	return val;
}

/**
 * gv_sim_config_read() - read from a function's configuration space
 * @fn: the function
 * @pos: offset
 * @size: 1, 2 or 4 bytes
 *
 * Context: any.
 * Return: the value, little endian; ones while the function is being reset.
 */
u32 gv_sim_config_read(struct gv_sim_function *fn, unsigned int pos, int size)
{
	struct gv_sim *sim = fn->sim;
	unsigned long flags;
	u32 val = 0;
	u8 byte;
	int i;

	if (pos + size > GV_SIM_CONFIG_SIZE)
		return ~0U;

	raw_spin_lock_irqsave(&sim->config_lock, flags);
	if (fn->reset)
		val = ~0U;
	else
		for (i = 0; i < size; i++) {
			byte = fn->config[pos + i];
			if (fn->kind == GV_SIM_PF)
				byte = gv_sim_config_fault(sim, pos + i, byte);
			val |= (u32)byte << (8 * i);
		}
	raw_spin_unlock_irqrestore(&sim->config_lock, flags);

	return val;
}

static u16 gv_sim_sriov_ctrl(const struct gv_sim *sim)
{
	if (!sim->total_vfs)
		return 0;
	return get_unaligned_le16(sim->functions[0].config + GV_SIM_EXT_SRIOV +
				  PCI_SRIOV_CTRL);
}

/* The number of VFs can't be changed while they are enabled. */
static bool gv_sim_config_locked(struct gv_sim_function *fn, unsigned int pos)
{
	unsigned int num_vf = GV_SIM_EXT_SRIOV + PCI_SRIOV_NUM_VF;

	return fn->kind == GV_SIM_PF && pos >= num_vf && pos < num_vf + 2 &&
	       gv_sim_sriov_ctrl(fn->sim) & PCI_SRIOV_CTRL_VFE;
}

/* The bit that starts a function-level reset reads as 0. */
static void gv_sim_config_flr(struct gv_sim_function *fn)
{
	u8 *devctl = fn->config + GV_SIM_CAP_EXP + PCI_EXP_DEVCTL;

	if (fn->kind != GV_SIM_PORT &&
	    get_unaligned_le16(devctl) & PCI_EXP_DEVCTL_BCR_FLR)
		gv_sim_function_reset(fn, true);
}

static bool gv_sim_config_bus_reset(const struct gv_sim_function *fn)
{
	return fn->kind == GV_SIM_PORT &&
	       get_unaligned_le16(fn->config + PCI_BRIDGE_CONTROL) &
	       PCI_BRIDGE_CTL_BUS_RESET;
}

/* All that is below the root port, and thus the VFs' being enabled, too. */
static void gv_sim_config_reset_bus(struct gv_sim *sim)
{
	unsigned int i;

	for (i = 0; i <= sim->total_vfs; i++)
		gv_sim_function_reset(&sim->functions[i], false);
}

/**
 * gv_sim_config_write() - write to a function's configuration space
 * @fn: the function
 * @pos: offset
 * @size: 1, 2 or 4 bytes
 * @val: value, of which read-only bits are ignored
 *
 * Context: any, interrupts may be off and raw locks held.
 */
void gv_sim_config_write(struct gv_sim_function *fn, unsigned int pos, int size,
			 u32 val)
{
	struct gv_sim *sim = fn->sim;
	unsigned long flags;
	bool vfs, bus_reset;
	u8 rw;
	int i;

	if (pos + size > GV_SIM_CONFIG_SIZE)
		return;

	raw_spin_lock_irqsave(&sim->config_lock, flags);
	if (fn->reset)
		goto out_unlock;
	vfs = gv_sim_sriov_ctrl(sim) & PCI_SRIOV_CTRL_VFE;
	bus_reset = gv_sim_config_bus_reset(fn);
	for (i = 0; i < size; i++) {
		if (gv_sim_config_locked(fn, pos + i))
			continue;
		rw = sim->config_rw[fn->kind][pos + i];
		fn->config[pos + i] = (fn->config[pos + i] & ~rw) |
				      ((val >> (8 * i)) & rw);
	}
	if (fn->kind != GV_SIM_PORT)
		gv_sim_mailbox_written(fn, pos, size, val);
	gv_sim_config_flr(fn);
	if (!bus_reset && gv_sim_config_bus_reset(fn))
		gv_sim_config_reset_bus(sim);
	/* Disabled VFs lose what they had. */
	if (vfs && (fn->reset ||
		    !(gv_sim_sriov_ctrl(sim) & PCI_SRIOV_CTRL_VFE)))
		if (fn->kind == GV_SIM_PF)
			for (i = 1; i <= sim->total_vfs; i++)
				gv_sim_function_reset(&sim->functions[i], false);
out_unlock:
	raw_spin_unlock_irqrestore(&sim->config_lock, flags);
}

/**
 * gv_sim_config_master() - may a function access memory
 * @fn: the function
 *
 * Return: true if it is a bus master and not being reset.
 */
bool gv_sim_config_master(struct gv_sim_function *fn)
{
	u32 command = gv_sim_config_read(fn, PCI_COMMAND, 2);

	return command != ~0U && command & PCI_COMMAND_MASTER;
}
