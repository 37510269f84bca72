// SPDX-License-Identifier: GPL-2.0
/*
 * An IOMMU in software for simulated GPUs with VFs. It is registered with the
 * kernel while there is such a GPU.
 *
 * What other drivers leave to the kernel is done by hand in two places, since
 * IOMMU drivers are not meant to come late or to leave:
 *
 * - Where the kernel has one IOMMU driver for a whole bus (GV_HAVE_IOMMU_BUS_OPS),
 *   registering makes it ours for PCI and platform devices, which is why we are
 *   refused beside another driver; no other function is taken in, and when we
 *   leave we clear what the core leaves behind.
 * - Elsewhere a device is led to us by a firmware specification, set before the
 *   core asks. iommu_fwspec_init() wants a lock of the core's that no module can
 *   take. It keeps apart those who set up one device at once; this one is being
 *   added, and but for another IOMMU driver that registers just then, and walks the
 *   bus, nobody else does. lockdep is told to look away.
 */
#include <linux/delay.h>
#include <linux/iommu.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/platform_device.h>
#include <linux/property.h>

#include "iommu.h"
#include "sim.h"

/* Interrupt messages of x86 go here, so it is not memory. */
#define GV_SIM_MSI_START 0xfee00000
#define GV_SIM_MSI_SIZE 0x100000

/* How long to wait for others to let go of the last domain; as for a bus. */
#define GV_IOMMU_WAIT_MS (IS_ENABLED(CONFIG_DEBUG_KOBJECT_RELEASE) ? 30000 : 5000)

/* GPUs that use it, whether it is registered, and for good (gv_sims_lock). */
static unsigned int gv_iommu_users;
static bool gv_iommu_registered;
static bool gv_iommu_pinned;
static struct iommu_device gv_iommu;
static const struct iommu_ops gv_iommu_ops;

static struct gv_sim_function *gv_iommu_function(struct device *dev)
{
	if (!dev_is_pci(dev))
		return NULL;
	return gv_sim_function_of(to_pci_dev(dev));
}

static struct iommu_device *gv_iommu_probe(struct device *dev)
{
	struct gv_sim_function *fn = gv_iommu_function(dev);

	if (!fn || !fn->sim->iommu)
		return ERR_PTR(-ENODEV);
	/* Without a group, no VFIO driver takes it. */
	if (fn->kind == GV_SIM_VF && !(fn->index % 2) &&
	    gv_sim_faulty(fn->sim, GPUVIRT_SIM_FAULT_VF_PROBE))
		return ERR_PTR(-ENODEV);
	return &gv_iommu;
}

static void gv_iommu_release(struct device *dev)
{
	gv_domain_forget(dev);
}

static void gv_iommu_resv(struct device *dev, struct list_head *list)
{
	struct iommu_resv_region *region;

	region = iommu_alloc_resv_region(GV_SIM_MSI_START, GV_SIM_MSI_SIZE, 0,
					 IOMMU_RESV_MSI, GFP_KERNEL);
	if (region)
		list_add_tail(&region->list, list);
}

static bool gv_iommu_capable(struct device *dev, enum iommu_cap cap)
{
#ifdef GV_HAVE_IOMMU_CAP_INTR_REMAP
	if (cap == IOMMU_CAP_INTR_REMAP)
		return true;
#endif
	return cap == IOMMU_CAP_CACHE_COHERENCY;
}

static int gv_iommu_def_domain_type(struct device *dev)
{
	return IOMMU_DOMAIN_IDENTITY;
}

static const struct iommu_ops gv_iommu_ops = {
	.owner = THIS_MODULE,
	.capable = gv_iommu_capable,
#ifdef GV_HAVE_IOMMU_BUS_OPS
	.domain_alloc = gv_iommu_domain_alloc,
#else
	.domain_alloc_paging = gv_iommu_domain_alloc_paging,
	.identity_domain = &gv_identity_domain,
	.blocked_domain = &gv_blocked_domain,
#endif
	.def_domain_type = gv_iommu_def_domain_type,
	.probe_device = gv_iommu_probe,
	.release_device = gv_iommu_release,
	.device_group = pci_device_group,
	.get_resv_regions = gv_iommu_resv,
	.default_domain_ops = &gv_domain_ops,
};

#ifdef GV_HAVE_IOMMU_BUS_OPS
static int gv_iommu_lead_here(void)
{
	return 0;
}

/* The core leaves the bus to a driver that has gone. */
static void gv_iommu_lead_away(void)
{
	pci_lock_rescan_remove();
	if (pci_bus_type.iommu_ops == &gv_iommu_ops)
		pci_bus_type.iommu_ops = NULL;
	if (platform_bus_type.iommu_ops == &gv_iommu_ops)
		platform_bus_type.iommu_ops = NULL;
	pci_unlock_rescan_remove();
}
#else
static int gv_iommu_notify(struct notifier_block *nb, unsigned long action,
			   void *data)
{
	struct gv_sim_function *fn = gv_iommu_function(data);

	if (action == BUS_NOTIFY_ADD_DEVICE && fn && fn->sim->iommu) {
		lockdep_off();
		if (iommu_fwspec_init(data, gv_iommu.fwnode))
			dev_warn(data, "gpuvirt-sim: can't be led to its IOMMU\n");
		lockdep_on();
	}
	return NOTIFY_DONE;
}

static struct notifier_block gv_iommu_nb = {
	.notifier_call = gv_iommu_notify,
	/* Before the IOMMU core looks at the device. */
	.priority = 1,
};

static int gv_iommu_lead_here(void)
{
	gv_iommu.fwnode = fwnode_create_software_node(NULL, NULL);
	if (IS_ERR(gv_iommu.fwnode))
		return PTR_ERR(gv_iommu.fwnode);
	return bus_register_notifier(&pci_bus_type, &gv_iommu_nb);
}

static void gv_iommu_lead_away(void)
{
	if (IS_ERR_OR_NULL(gv_iommu.fwnode))
		return;
	bus_unregister_notifier(&pci_bus_type, &gv_iommu_nb);
	fwnode_remove_software_node(gv_iommu.fwnode);
}
#endif

static int gv_iommu_register(void)
{
	int err;

	memset(&gv_iommu, 0, sizeof(gv_iommu));
	err = iommu_device_sysfs_add(&gv_iommu, NULL, NULL, GV_SIM_DRIVER);
	if (err)
		return err;
	err = gv_iommu_lead_here();
	if (!err)
		err = iommu_device_register(&gv_iommu, &gv_iommu_ops, NULL);
	if (err) {
		gv_iommu_lead_away();
		iommu_device_sysfs_remove(&gv_iommu);
		return err;
	}
	gv_iommu_registered = true;
	return 0;
}

static bool gv_iommu_idle(void)
{
	unsigned int tries = GV_IOMMU_WAIT_MS / 10;

	while (gv_domains_exist()) {
		if (!tries--)
			return false;
		msleep(10);
	}
	return true;
}

/* Who still has a domain, calls us to free it: then we stay. */
static void gv_iommu_unregister(void)
{
	bool idle = gv_iommu_idle();

	if (!idle && !gv_iommu_pinned) {
		pr_warn("gpuvirt-sim: the IOMMU of the removed GPU is still in use, it stays\n");
		__module_get(THIS_MODULE);
	}
	if (idle && gv_iommu_pinned)
		module_put(THIS_MODULE);
	gv_iommu_pinned = !idle;
	if (!idle)
		return;

	iommu_device_unregister(&gv_iommu);
	gv_iommu_lead_away();
	iommu_device_sysfs_remove(&gv_iommu);
	gv_iommu_registered = false;
}

/**
 * gv_sim_iommu_join() - put a simulated GPU behind the IOMMU
 * @sim: the simulated GPU, not on its bus yet
 * @why: where to note a refusal
 *
 * Where the kernel has room for one IOMMU driver only and there is one, the GPU
 * comes without.
 *
 * Context: process, under gv_sims_lock.
 * Return: 0 or a negative errno.
 */
int gv_sim_iommu_join(struct gv_sim *sim, struct gv_why *why)
{
	int err = 0;

	if (!sim->total_vfs)
		return 0;
	if (!gv_iommu_registered)
		err = gv_iommu_register();
	if (err == -EBUSY) {
		pr_warn("gpuvirt-sim: this kernel has room for one IOMMU driver: no VFs\n");
		return 0;
	}
	if (err)
		return gv_fail(why, err, GPUVIRT_REASON_DEVICE_ERROR, 0,
			       "the software IOMMU was not registered (error %d)",
			       -err);
	gv_iommu_users++;
	sim->iommu = true;
	return 0;
}

/**
 * gv_sim_iommu_leave() - a simulated GPU has no use for the IOMMU any more
 * @sim: the simulated GPU, not on its bus any more
 *
 * Context: process, under gv_sims_lock.
 */
void gv_sim_iommu_leave(struct gv_sim *sim)
{
	if (!sim->iommu)
		return;
	sim->iommu = false;
	if (!--gv_iommu_users)
		gv_iommu_unregister();
}
