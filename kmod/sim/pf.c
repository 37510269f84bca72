// SPDX-License-Identifier: GPL-2.0
/* The PF driver of simulated GPUs. */
#include <linux/err.h>
#include <linux/pci.h>

#include <gpuvirt/pci.h>

#include "sim.h"

static int gv_sim_pf_start(struct pci_dev *pdev, struct gv_sim *sim)
{
	struct gv_backend_desc desc;
	struct gv_backend *be;
	int err;

	err = pci_enable_device(pdev);
	if (err)
		return err;

	desc.model = sim->model;
	desc.vram = sim->vram;
	desc.max_vgpus = sim->max_vgpus;
	be = gv_backend_register(pdev, &gv_sim_backend_ops, &desc, sim);
	if (IS_ERR(be)) {
		err = PTR_ERR(be);
		goto err_disable;
	}
	pci_set_drvdata(pdev, be);
	if (gv_sim_faulty(sim, GPUVIRT_SIM_FAULT_NO_VFS))
		pci_sriov_set_totalvfs(pdev, 0);

	return 0;

err_disable:
	pci_disable_device(pdev);
	return err;
}

static int gv_sim_pf_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct gv_sim *sim = gv_sim_of(pdev);

	/* The id may be that of another device, or be added by hand. */
	if (!sim || gv_pci_is_vf(pdev) || pci_is_bridge(pdev))
		return -ENODEV;

	sim->bound = gv_sim_pf_start(pdev, sim);
	return sim->bound;
}

static void gv_sim_pf_remove(struct pci_dev *pdev)
{
	/* Waits for who has a VF open: this can't be refused. */
	pci_disable_sriov(pdev);
	gv_backend_unregister(pci_get_drvdata(pdev));
	pci_disable_device(pdev);
}

/* Not in the module's alias table: there is nothing to load it for by itself. */
static const struct pci_device_id gv_sim_pf_ids[] = {
	{ PCI_DEVICE(GV_SIM_VENDOR, GV_SIM_DEVICE) },
	{ }
};

struct pci_driver gv_sim_pf_driver = {
	.name = GV_SIM_DRIVER,
	.id_table = gv_sim_pf_ids,
	.probe = gv_sim_pf_probe,
	.remove = gv_sim_pf_remove,
	.sriov_configure = gv_sim_sriov_configure,
	/* Whoever has a GPU made is told at once what became of it. */
	.driver.probe_type = PROBE_FORCE_SYNCHRONOUS,
};
