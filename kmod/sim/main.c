// SPDX-License-Identifier: GPL-2.0
/*
 * Simulated GPUs, made and removed at the core's request. Each holds a
 * reference to this module, which can therefore be unloaded when there are none.
 */
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include "sim.h"

/* Guards gv_sims, and makes instances come and go one at a time. Outermost. */
static DEFINE_MUTEX(gv_sims_lock);
static LIST_HEAD(gv_sims);

static int gv_sim_instance_new(const struct gv_instance_params *params,
			       char *address, struct gv_why *why)
{
	struct gv_sim *sim;
	int err;

	sim = kvzalloc(sizeof(*sim), GFP_KERNEL);
	if (!sim)
		return gv_fail_nomem(why);
	err = gv_sim_model_apply(sim, params, why);
	if (err)
		goto err_free;
	gv_sim_vram_init(sim);
	gv_sim_config_init(sim);

	mutex_lock(&gv_sims_lock);
	err = gv_sim_bus_new(sim, params->domain, why);
	if (err) {
		mutex_unlock(&gv_sims_lock);
		goto err_vram;
	}
	list_add_tail(&sim->node, &gv_sims);
	/* The caller holds a reference, so the module is not going. */
	__module_get(THIS_MODULE);
	snprintf(address, GPUVIRT_ADDRESS_MAX + 1, "%04x:00:00.0",
		 sim->sysdata.domain);
	mutex_unlock(&gv_sims_lock);

	return 0;

err_vram:
	gv_sim_vram_exit(sim);
err_free:
	kvfree(sim);
	return err;
}

static int gv_sim_instance_del(struct pci_dev *pdev, struct gv_why *why)
{
	struct gv_sim *sim;

	mutex_lock(&gv_sims_lock);
	list_for_each_entry(sim, &gv_sims, node) {
		if (sim == gv_sim_of(pdev)) {
			list_del(&sim->node);
			gv_sim_bus_del(sim);
			mutex_unlock(&gv_sims_lock);
			gv_sim_vram_exit(sim);
			kvfree(sim);
			module_put(THIS_MODULE);
			return 0;
		}
	}
	mutex_unlock(&gv_sims_lock);

	return -ENOENT;
}

static const struct gv_factory_ops gv_sim_factory_ops = {
	.owner = THIS_MODULE,
	.instance_new = gv_sim_instance_new,
	.instance_del = gv_sim_instance_del,
};

static int __init gv_sim_init(void)
{
	int err;

	err = pci_register_driver(&gv_sim_pf_driver);
	if (err)
		return err;
	err = gv_factory_register(&gv_sim_factory_ops);
	if (err)
		pci_unregister_driver(&gv_sim_pf_driver);
	return err;
}

static void __exit gv_sim_exit(void)
{
	gv_factory_unregister(&gv_sim_factory_ops);
	pci_unregister_driver(&gv_sim_pf_driver);
}

module_init(gv_sim_init);
module_exit(gv_sim_exit);

MODULE_DESCRIPTION("Simulated GPUs for gpuvirt");
MODULE_AUTHOR("gpuvirt developers");
MODULE_LICENSE("GPL");
MODULE_VERSION(GV_VERSION);
