// SPDX-License-Identifier: GPL-2.0
/*
 * A PCI root bus of its own for each simulated GPU, in a PCI domain of its own;
 * with a root port, the GPU is on a second bus below it.
 */
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/numa.h>
#include <linux/pci.h>

#include "sim.h"

#define GV_SIM_DOMAIN_FIRST 0x1000
#define GV_SIM_DOMAIN_LAST 0xffff

/*
 * How long to wait for others to let go of a bus that was removed. A kernel that
 * delays the release of kobjects does so for a device, its port and the bus.
 */
#define GV_SIM_BUS_WAIT_MS (IS_ENABLED(CONFIG_DEBUG_KOBJECT_RELEASE) ? 30000 : 5000)

static struct gv_sim *gv_sim_of_bus(const struct pci_bus *bus)
{
	return container_of((struct pci_sysdata *)bus->sysdata, struct gv_sim,
			    sysdata);
}

/* Number of VFs that are there. */
static unsigned int gv_sim_bus_vfs(struct gv_sim *sim)
{
	struct gv_sim_function *pf = gv_sim_pf(sim);
	u32 ctrl, count;

	if (!sim->total_vfs)
		return 0;
	ctrl = gv_sim_config_read(pf, GV_SIM_EXT_SRIOV + PCI_SRIOV_CTRL, 2);
	count = gv_sim_config_read(pf, GV_SIM_EXT_SRIOV + PCI_SRIOV_NUM_VF, 2);
	if (ctrl == ~0U || count == ~0U || !(ctrl & PCI_SRIOV_CTRL_VFE))
		return 0;
	return min(count, sim->total_vfs);
}

/* Who answers at an address, NULL if nobody does. */
static struct gv_sim_function *gv_sim_bus_at(const struct pci_bus *bus,
					     unsigned int devfn)
{
	struct gv_sim *sim = gv_sim_of_bus(bus);
	struct gv_sim_function *port = NULL;

	if (sim->port)
		port = &sim->functions[sim->nr_functions - 1];
	if (port && !bus->number)
		return devfn ? NULL : port;
	if (!devfn || devfn <= gv_sim_bus_vfs(sim))
		return &sim->functions[devfn];
	return NULL;
}

static int gv_sim_bus_read(struct pci_bus *bus, unsigned int devfn, int pos,
			   int size, u32 *val)
{
	struct gv_sim_function *fn = gv_sim_bus_at(bus, devfn);

	if (!fn) {
		*val = ~0U;
		return PCIBIOS_DEVICE_NOT_FOUND;
	}
	*val = gv_sim_config_read(fn, pos, size);
	return PCIBIOS_SUCCESSFUL;
}

static int gv_sim_bus_write(struct pci_bus *bus, unsigned int devfn, int pos,
			    int size, u32 val)
{
	struct gv_sim_function *fn = gv_sim_bus_at(bus, devfn);

	if (!fn)
		return PCIBIOS_DEVICE_NOT_FOUND;
	gv_sim_config_write(fn, pos, size, val);
	return PCIBIOS_SUCCESSFUL;
}

static struct pci_ops gv_sim_bus_ops = {
	.read = gv_sim_bus_read,
	.write = gv_sim_bus_write,
};

/**
 * gv_sim_of() - the simulated GPU behind a PCI device
 * @pdev: PCI device
 *
 * Return: the simulated GPU, or NULL if the device is not on one of our buses.
 */
struct gv_sim *gv_sim_of(const struct pci_dev *pdev)
{
	if (pdev->bus->ops != &gv_sim_bus_ops)
		return NULL;
	return gv_sim_of_bus(pdev->bus);
}

/**
 * gv_sim_function_of() - the simulated function behind a PCI device
 * @pdev: PCI device
 *
 * A VF has its PCI device before it answers, and for a while after it does.
 *
 * Return: the function, or NULL if the device is not on one of our buses.
 */
struct gv_sim_function *gv_sim_function_of(const struct pci_dev *pdev)
{
	struct gv_sim *sim = gv_sim_of(pdev);

	if (!sim)
		return NULL;
	if (sim->port && !pdev->bus->number)
		return &sim->functions[sim->nr_functions - 1];
	if (pdev->devfn > sim->total_vfs)
		return NULL;
	return &sim->functions[pdev->devfn];
}

/**
 * gv_sim_pf_get() - the PCI device of a simulated GPU
 * @sim: the simulated GPU
 *
 * Return: the device with a reference, or NULL if it is not on its bus.
 */
struct pci_dev *gv_sim_pf_get(struct gv_sim *sim)
{
	return pci_get_domain_bus_and_slot(sim->sysdata.domain,
					   sim->busn.end, 0);
}

static int gv_sim_bus_choose(struct gv_sim *sim, s64 wanted, struct gv_why *why)
{
	int domain;

	if (wanted >= 0) {
		if (pci_find_bus(wanted, 0))
			return gv_fail(why, -EBUSY,
				       GPUVIRT_REASON_DOMAIN_IN_USE, 0,
				       "PCI domain %04llx is taken", wanted);
		sim->sysdata.domain = wanted;
		return 0;
	}

	for (domain = GV_SIM_DOMAIN_FIRST; domain <= GV_SIM_DOMAIN_LAST;
	     domain++) {
		if (!pci_find_bus(domain, 0)) {
			sim->sysdata.domain = domain;
			return 0;
		}
	}
	return gv_fail(why, -ENOSPC, GPUVIRT_REASON_DOMAIN_IN_USE, 0,
		       "no PCI domain from %04x to %04x is free",
		       GV_SIM_DOMAIN_FIRST, GV_SIM_DOMAIN_LAST);
}

/**
 * gv_sim_bus_domain() - choose a PCI domain
 * @sim: gets it, its bus numbers and its address
 * @wanted: the domain to use, or negative for the first free one
 * @why: where to note a refusal
 *
 * Context: process, one at a time until the bus is there.
 * Return: 0 or a negative errno.
 */
int gv_sim_bus_domain(struct gv_sim *sim, s64 wanted, struct gv_why *why)
{
	int err = gv_sim_bus_choose(sim, wanted, why);

	if (err)
		return err;
	sim->busn.start = 0;
	sim->busn.end = sim->port ? 1 : 0;
	snprintf(sim->address, sizeof(sim->address), "%04x:%02x:00.0",
		 sim->sysdata.domain, (unsigned int)sim->busn.end);

	return 0;
}

/* Has everybody let go of the bus but us? Its devices hold on to it too. */
static bool gv_sim_bus_idle(struct pci_bus *bus)
{
	unsigned int tries = GV_SIM_BUS_WAIT_MS / 10;

	while (kref_read(&bus->dev.kobj.kref) > 1) {
		if (!tries--)
			return false;
		msleep(10);
	}
	return true;
}

/**
 * gv_sim_bus_del() - take a simulated GPU and its bus away
 * @sim: the simulated GPU
 *
 * Waits for the users of its vGPUs, if there are any. The PCI core may look at
 * the sysdata, which is in @sim, for as long as somebody holds on to the bus or
 * a device that was there, and does not tell when that ends.
 *
 * Return: false if somebody still does, so that @sim must not be freed.
 */
bool gv_sim_bus_del(struct gv_sim *sim)
{
	struct pci_bus *bus = sim->bus;
	bool idle;

	get_device(&bus->dev);
	pci_lock_rescan_remove();
	pci_stop_root_bus(bus);
	pci_remove_root_bus(bus);
	/* What pci_create_root_bus() took, and the core leaves to the caller. */
	put_device(bus->bridge);
	pci_unlock_rescan_remove();

	idle = gv_sim_bus_idle(bus);
	if (!idle)
		pr_warn("gpuvirt-sim: %s is removed but somebody holds on to it, its memory stays\n",
			sim->address);
	put_device(&bus->dev);

	return idle;
}

/**
 * gv_sim_bus_new() - bring a simulated GPU up on a bus
 * @sim: the simulated GPU, complete
 * @why: where to note a refusal
 *
 * When this returns 0, @sim->bound tells whether the PF driver has bound.
 *
 * Context: process, one at a time.
 * Return: 0 or a negative errno.
 */
int gv_sim_bus_new(struct gv_sim *sim, struct gv_why *why)
{
	LIST_HEAD(resources);

	sim->sysdata.node = NUMA_NO_NODE;
	sim->busn.name = "gpuvirt-sim";
	sim->busn.flags = IORESOURCE_BUS;
	pci_add_resource(&resources, &sim->busn);

	pci_lock_rescan_remove();
	sim->bus = pci_create_root_bus(NULL, 0, &gv_sim_bus_ops, &sim->sysdata,
				       &resources);
	if (!sim->bus) {
		pci_unlock_rescan_remove();
		pci_free_resource_list(&resources);
		return gv_fail(why, -ENOMEM, GPUVIRT_REASON_DEVICE_ERROR, 0,
			       "the PCI core refused a root bus in domain %04x",
			       sim->sysdata.domain);
	}
	gv_sim_msi_attach(sim);
	sim->bound = -ENODEV;
	pci_scan_child_bus(sim->bus);
	pci_bus_add_devices(sim->bus);
	pci_unlock_rescan_remove();

	return 0;
}
