// SPDX-License-Identifier: GPL-2.0
/*
 * Interrupts of simulated functions. Each simulated GPU has an interrupt domain
 * of its own, above which the PCI core puts its MSI domains: so no CPU vector is
 * used, and a message reaches only the function that it was made for, as with
 * interrupt remapping. The number of an interrupt is that of its function.
 */
#include <linux/errno.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/irqdomain.h>
#include <linux/msi.h>
#include <linux/unaligned.h>

#include "sim.h"

/* Where x86 has its interrupt messages: nobody else may think it is memory. */
#define GV_SIM_MSI_ADDRESS 0xfee00000U

static void gv_sim_msi_compose(struct irq_data *data, struct msi_msg *msg)
{
	memset(msg, 0, sizeof(*msg));
	msg->address_lo = GV_SIM_MSI_ADDRESS;
	msg->data = data->hwirq;
}

static void gv_sim_msi_ack(struct irq_data *data)
{
}

static int gv_sim_msi_affinity(struct irq_data *data,
			       const struct cpumask *mask, bool force)
{
	return -EINVAL;
}

static struct irq_chip gv_sim_msi_chip = {
	.name = "gpuvirt-sim",
	.irq_ack = gv_sim_msi_ack,
	.irq_compose_msi_msg = gv_sim_msi_compose,
	.irq_set_affinity = gv_sim_msi_affinity,
};

static int gv_sim_msi_alloc(struct irq_domain *domain, unsigned int virq,
			    unsigned int count, void *arg)
{
	struct device *dev = msi_desc_to_dev(((msi_alloc_info_t *)arg)->desc);
	struct gv_sim_function *fn = gv_sim_function_of(to_pci_dev(dev));

	if (!fn || fn->sim != domain->host_data || count != 1)
		return -EINVAL;
	irq_domain_set_info(domain, virq, fn->index, &gv_sim_msi_chip, fn,
			    handle_edge_irq, NULL, "edge");
	return 0;
}

static void gv_sim_msi_free(struct irq_domain *domain, unsigned int virq,
			    unsigned int count)
{
	irq_domain_free_irqs_common(domain, virq, count);
}

static const struct irq_domain_ops gv_sim_msi_ops = {
	.alloc = gv_sim_msi_alloc,
	.free = gv_sim_msi_free,
};

#ifdef GV_HAVE_MSI_PARENT
static bool gv_sim_msi_device(struct device *dev, struct irq_domain *domain,
			      struct irq_domain *real_parent,
			      struct msi_domain_info *info)
{
	info->flags |= MSI_FLAG_USE_DEF_DOM_OPS | MSI_FLAG_USE_DEF_CHIP_OPS;
	info->chip->irq_ack = irq_chip_ack_parent;
	info->chip->irq_set_affinity = gv_sim_msi_affinity;
	return true;
}

static const struct msi_parent_ops gv_sim_msi_parent_ops = {
	.supported_flags = MSI_GENERIC_FLAGS_MASK,
	.prefix = "gpuvirt-sim-",
	.init_dev_msi_info = gv_sim_msi_device,
};

static int gv_sim_msi_make(struct gv_sim *sim, struct fwnode_handle *fwnode)
{
	sim->msi = irq_domain_create_hierarchy(NULL,
					       IRQ_DOMAIN_FLAG_MSI_PARENT |
					       IRQ_DOMAIN_FLAG_ISOLATED_MSI,
					       sim->nr_functions, fwnode,
					       &gv_sim_msi_ops, sim);
	if (!sim->msi)
		return -ENOMEM;
	sim->msi->msi_parent_ops = &gv_sim_msi_parent_ops;
	sim->msi_pci = sim->msi;
	return 0;
}
#else
static struct irq_chip gv_sim_msi_pci_chip = {
	.name = "gpuvirt-sim-MSI",
	.irq_ack = irq_chip_ack_parent,
	.irq_set_affinity = gv_sim_msi_affinity,
};

static struct msi_domain_ops gv_sim_msi_pci_ops;

static struct msi_domain_info gv_sim_msi_pci_info = {
	.flags = MSI_FLAG_USE_DEF_DOM_OPS | MSI_FLAG_USE_DEF_CHIP_OPS,
	.ops = &gv_sim_msi_pci_ops,
	.chip = &gv_sim_msi_pci_chip,
};

static int gv_sim_msi_make(struct gv_sim *sim, struct fwnode_handle *fwnode)
{
	sim->msi = irq_domain_create_hierarchy(NULL, IRQ_DOMAIN_FLAG_MSI_REMAP,
					       sim->nr_functions, NULL,
					       &gv_sim_msi_ops, sim);
	if (!sim->msi)
		return -ENOMEM;
	sim->msi_pci = pci_msi_create_irq_domain(fwnode, &gv_sim_msi_pci_info,
						 sim->msi);
	if (!sim->msi_pci) {
		irq_domain_remove(sim->msi);
		return -ENOMEM;
	}
	return 0;
}
#endif

/**
 * gv_sim_msi_init() - make the interrupt domain
 * @sim: the simulated GPU
 * @why: where to note a refusal
 *
 * Return: 0 or a negative errno.
 */
int gv_sim_msi_init(struct gv_sim *sim, struct gv_why *why)
{
	struct fwnode_handle *fwnode;
	int err = -ENOMEM;

	fwnode = irq_domain_alloc_named_id_fwnode("gpuvirt-sim",
						  sim->sysdata.domain);
	if (fwnode) {
		err = gv_sim_msi_make(sim, fwnode);
		if (err)
			irq_domain_free_fwnode(fwnode);
	}
	if (err) {
		sim->msi = NULL;
		return gv_fail_nomem(why);
	}
	return 0;
}

/**
 * gv_sim_msi_attach() - give the interrupt domain to a bus
 * @sim: the simulated GPU, on whose bus no device has been found yet
 */
void gv_sim_msi_attach(struct gv_sim *sim)
{
	dev_set_msi_domain(&sim->bus->dev, sim->msi_pci);
}

/**
 * gv_sim_msi_exit() - remove the interrupt domain
 * @sim: a simulated GPU of which no device is left
 */
void gv_sim_msi_exit(struct gv_sim *sim)
{
	struct fwnode_handle *fwnode;

	if (!sim->msi)
		return;
	fwnode = sim->msi_pci->fwnode;
	if (sim->msi_pci != sim->msi)
		irq_domain_remove(sim->msi_pci);
	irq_domain_remove(sim->msi);
	irq_domain_free_fwnode(fwnode);
}

/**
 * gv_sim_msi_send() - send a function's message
 * @fn: the function
 *
 * As with hardware, it is a write to memory by a bus master. A message that was
 * not made for this function goes nowhere.
 *
 * Context: process.
 */
void gv_sim_msi_send(struct gv_sim_function *fn)
{
	struct gv_sim *sim = fn->sim;
	u8 *msi = fn->config + GV_SIM_CAP_MSI;
	unsigned long flags;
	bool good;

	raw_spin_lock_irqsave(&sim->config_lock, flags);
	good = !fn->reset &&
	       get_unaligned_le16(fn->config + PCI_COMMAND) & PCI_COMMAND_MASTER &&
	       get_unaligned_le16(msi + PCI_MSI_FLAGS) & PCI_MSI_FLAGS_ENABLE &&
	       get_unaligned_le32(msi + PCI_MSI_ADDRESS_LO) == GV_SIM_MSI_ADDRESS &&
	       !get_unaligned_le32(msi + PCI_MSI_ADDRESS_HI) &&
	       get_unaligned_le16(msi + PCI_MSI_DATA_64) == fn->index;
	raw_spin_unlock_irqrestore(&sim->config_lock, flags);

	if (good)
		generic_handle_domain_irq_safe(sim->msi, fn->index);
}
