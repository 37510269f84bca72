// SPDX-License-Identifier: GPL-2.0
/*
 * Simulated GPUs, made and removed at the core's request. Each holds a
 * reference to this module, which can therefore be unloaded when there are none.
 */
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "sim.h"

/* Makes instances come and go one at a time. Outermost. */
static DEFINE_MUTEX(gv_sims_lock);

/* Guards gv_sims. Innermost. */
static DEFINE_SPINLOCK(gv_sims_list_lock);
static LIST_HEAD(gv_sims);

/* Give up what a GPU has that is not, or not any more, on its bus. */
static void gv_sim_free(struct gv_sim *sim)
{
	gv_sim_functions_exit(sim);
	gv_sim_msi_exit(sim);
	gv_sim_iommu_leave(sim);
	gv_sim_vram_exit(sim);
	kvfree(sim);
}

static void gv_sim_list(struct gv_sim *sim)
{
	spin_lock(&gv_sims_list_lock);
	list_add_tail(&sim->node, &gv_sims);
	spin_unlock(&gv_sims_list_lock);
}

static void gv_sim_unlist(struct gv_sim *sim)
{
	spin_lock(&gv_sims_list_lock);
	list_del(&sim->node);
	spin_unlock(&gv_sims_list_lock);
}

/* Take a GPU that is on its bus away again. */
static void gv_sim_del(struct gv_sim *sim)
{
	bool idle = gv_sim_bus_del(sim);

	/* Until now it was known, so that who asks is told that it is going. */
	gv_sim_unlist(sim);
	if (!idle)
		return;
	gv_sim_free(sim);
	module_put(THIS_MODULE);
}

/* What it needs before it can go on a bus. */
static int gv_sim_prepare(struct gv_sim *sim, s64 domain, struct gv_why *why)
{
	int err;

	err = gv_sim_functions_init(sim);
	if (err)
		return gv_fail_nomem(why);
	gv_sim_config_init(sim);
	err = gv_sim_bus_domain(sim, domain, why);
	if (err)
		return err;
	err = gv_sim_msi_init(sim, why);
	if (err)
		return err;
	return gv_sim_iommu_join(sim, why);
}

static int gv_sim_instance_new(const struct gv_instance_params *params,
			       char *address, struct gv_why *why)
{
	struct gv_sim *sim;
	int err;

	sim = gv_sim_model_make(params, why);
	if (IS_ERR(sim))
		return PTR_ERR(sim);
	gv_sim_vram_init(sim);

	mutex_lock(&gv_sims_lock);
	err = gv_sim_prepare(sim, params->domain, why);
	if (err)
		goto err_free;

	/* Events tell of it before it is complete, and are to say what it is. */
	gv_sim_list(sim);
	err = gv_sim_bus_new(sim, why);
	if (err)
		goto err_unlist;

	/* The caller holds a reference, so the module is not going. */
	__module_get(THIS_MODULE);
	err = sim->bound;
	if (err) {
		gv_fail(why, err, GPUVIRT_REASON_DEVICE_ERROR, 0,
			"the PF driver did not bind (error %d)", -err);
		gv_sim_del(sim);
		goto out_unlock;
	}

	strscpy(address, sim->address, GPUVIRT_ADDRESS_MAX + 1);
	goto out_unlock;

err_unlist:
	gv_sim_unlist(sim);
err_free:
	gv_sim_free(sim);
out_unlock:
	mutex_unlock(&gv_sims_lock);
	return err;
}

static struct gv_sim *gv_sim_find(const char *address)
{
	struct gv_sim *sim;

	lockdep_assert_held(&gv_sims_list_lock);

	list_for_each_entry(sim, &gv_sims, node)
		if (!strcmp(sim->address, address))
			return sim;
	return NULL;
}

static bool gv_sim_instance_known(const char *address, u32 *faults)
{
	struct gv_sim *sim;

	spin_lock(&gv_sims_list_lock);
	sim = gv_sim_find(address);
	if (sim && faults)
		*faults = atomic_read(&sim->faults);
	spin_unlock(&gv_sims_list_lock);

	return sim;
}

static int gv_sim_instance_del(const char *address, struct gv_why *why)
{
	struct gv_sim *sim;
	int err = -ENOENT;

	mutex_lock(&gv_sims_lock);
	spin_lock(&gv_sims_list_lock);
	sim = gv_sim_find(address);
	spin_unlock(&gv_sims_list_lock);
	if (sim)
		err = gv_sim_sriov_leave(sim, why);
	if (!err)
		gv_sim_del(sim);
	mutex_unlock(&gv_sims_lock);

	return err;
}

/* Sets the faults that a GPU shows; those that are not in the set end. */
static int gv_sim_instance_fault(const char *address, u32 faults,
				 struct gv_why *why)
{
	struct gv_sim *sim;
	int err = -ENOENT;

	spin_lock(&gv_sims_list_lock);
	sim = gv_sim_find(address);
	if (sim) {
		atomic_set(&sim->faults, faults);
		/* A reset that was stuck goes on. */
		gv_sim_functions_kick(sim);
		err = 0;
	}
	spin_unlock(&gv_sims_list_lock);

	return err;
}

static const struct gv_factory_ops gv_sim_factory_ops = {
	.owner = THIS_MODULE,
	.instance_new = gv_sim_instance_new,
	.instance_known = gv_sim_instance_known,
	.instance_del = gv_sim_instance_del,
	.instance_fault = gv_sim_instance_fault,
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
