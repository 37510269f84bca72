// SPDX-License-Identifier: GPL-2.0
/*
 * What decides on IOMMU groups, for readers to whom sysfs shows no more than
 * the first 64 bytes of configuration space. The groups themselves are the
 * kernel's: nothing here changes them.
 *
 * The type of a group's domain is not told. A domain can be freed while nobody
 * but the IOMMU core may hold it, and the group's type file in sysfs, which
 * everybody can read, has it.
 */
#include <linux/iommu.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/platform_device.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "group.h"

/**
 * struct gv_leaver - a PCI function on its way out of its bus
 * @node: entry in the list of them (gv_group_lock)
 * @pdev: the function (immutable)
 */
struct gv_leaver {
	struct list_head node;
	const struct pci_dev *pdev;
};

/* A leaf: nothing of ours is taken under it. */
static DEFINE_MUTEX(gv_group_lock);
/* Leavers that are known (gv_group_lock). */
static LIST_HEAD(gv_leavers);
/* Leavers that there was no memory for (gv_group_lock). */
static unsigned int gv_leavers_unknown;

/**
 * gv_group_leave() - a function is about to leave its bus, and its group with it
 * @pdev: the function
 *
 * The IOMMU core waits for nobody who is looking at the group of a device then: the
 * pointer to it may be read just before, and followed when it is gone.
 *
 * Context: process, in the PCI bus notifier.
 */
void gv_group_leave(const struct pci_dev *pdev)
{
	struct gv_leaver *leaver = kmalloc(sizeof(*leaver), GFP_KERNEL);

	mutex_lock(&gv_group_lock);
	if (leaver) {
		leaver->pdev = pdev;
		list_add(&leaver->node, &gv_leavers);
	} else {
		gv_leavers_unknown++;
	}
	mutex_unlock(&gv_group_lock);
}

static struct gv_leaver *gv_leaver_find(const struct pci_dev *pdev)
{
	struct gv_leaver *leaver;

	lockdep_assert_held(&gv_group_lock);

	list_for_each_entry(leaver, &gv_leavers, node)
		if (leaver->pdev == pdev)
			return leaver;
	return NULL;
}

/**
 * gv_group_left() - it has left
 * @pdev: the function
 *
 * The IOMMU core, whose notifier comes first, has taken it out of its group.
 *
 * Context: process, in the PCI bus notifier.
 */
void gv_group_left(const struct pci_dev *pdev)
{
	struct gv_leaver *leaver;

	mutex_lock(&gv_group_lock);
	leaver = gv_leaver_find(pdev);
	if (leaver)
		list_del(&leaver->node);
	else if (gv_leavers_unknown)
		gv_leavers_unknown--;
	mutex_unlock(&gv_group_lock);
	kfree(leaver);
}

/**
 * gv_group_exit() - forget who is leaving, when the bus tells no more
 */
void gv_group_exit(void)
{
	struct gv_leaver *leaver, *next;

	list_for_each_entry_safe(leaver, next, &gv_leavers, node)
		kfree(leaver);
}

/**
 * gv_group_get() - IOMMU group of a function that may be removed meanwhile
 * @pdev: the function
 *
 * iommu_group_get() is for who has the device's driver, or else keeps it where it is.
 * A function that no IOMMU is for can have a group while VFIO has it: that goes with
 * VFIO's driver, at any moment and without a word, and isolates nothing.
 *
 * Context: process, may sleep.
 * Return: the group with a reference; NULL if there is none, or none for long.
 */
struct iommu_group *gv_group_get(struct pci_dev *pdev)
{
	struct iommu_group *group = NULL;

	if (IS_ENABLED(CONFIG_VFIO_NOIOMMU) && !pdev->dev.iommu)
		return NULL;
	mutex_lock(&gv_group_lock);
	if (!gv_leavers_unknown && !gv_leaver_find(pdev))
		group = iommu_group_get(&pdev->dev);
	mutex_unlock(&gv_group_lock);

	return group;
}

/**
 * gv_function_find() - look a PCI function up by its address
 * @address: address as the kernel writes it, or NULL if the request had none
 * @attr: attribute it comes from
 * @why: where to note a refusal
 *
 * Return: the function with a reference, or an ERR_PTR: -EINVAL, -ENODEV.
 */
struct pci_dev *gv_function_find(const char *address, u16 attr,
				 struct gv_why *why)
{
	struct pci_dev *pdev = NULL;

	if (!address) {
		gv_fail(why, -EINVAL, GPUVIRT_REASON_MISSING_ATTRIBUTE, attr,
			"the PCI address of the function is missing");
		why->missing = true;
		return ERR_PTR(-EINVAL);
	}
	for_each_pci_dev(pdev)
		if (!strcmp(pci_name(pdev), address))
			return pdev;

	gv_fail(why, -ENODEV, GPUVIRT_REASON_FUNCTION_UNKNOWN, attr,
		"no PCI function has the address %*pE",
		(int)strnlen(address, GPUVIRT_ADDRESS_MAX), address);
	return ERR_PTR(-ENODEV);
}

/*
 * Does the driver of a device use the DMA API? Those that leave DMA to somebody
 * else, as VFIO's do, say so. A driver's memory stays for a grace period after it
 * has left.
 */
static bool gv_uses_dma_api(struct device *dev)
{
	struct device_driver *drv;
	bool uses;

	rcu_read_lock();
	drv = READ_ONCE(dev->driver);
	uses = drv;
	if (drv && dev_is_pci(dev))
		uses = !to_pci_driver(drv)->driver_managed_dma;
	else if (drv && dev_is_platform(dev))
		uses = !to_platform_driver(drv)->driver_managed_dma;
	rcu_read_unlock();

	return uses;
}

static int gv_driven(struct device *dev, void *unused)
{
	return gv_uses_dma_api(dev);
}

/*
 * A driver that is only being tried may be turned away for VFIO's sake. It has
 * bound if the device's lock is free, or if the caller has that: it is not waited
 * for, since a probe takes it outside the group's mutex. Without such a driver the
 * lock is not even tried: VFIO tries it, too, and a reset by the device's user would
 * come to nothing.
 */
static int gv_driven_surely(struct device *dev, void *locked)
{
	bool driven;

	if (!gv_uses_dma_api(dev) || (dev != locked && !device_trylock(dev)))
		return 0;
	driven = gv_uses_dma_api(dev);
	if (dev != locked)
		device_unlock(dev);
	return driven;
}

/**
 * gv_group_driven() - is it the DMA API that keeps VFIO out of an IOMMU group
 * @group: the group
 * @locked: a device whose lock the caller has, so that a driver that is being
 *	tried does not count; or NULL, for a glance
 *
 * A group has one owner or users of the DMA API, never both; which of them, the
 * IOMMU core does not tell a module. A bound driver of any function of the group
 * does.
 *
 * Context: process; takes the mutex of the group.
 * Return: true if it is.
 */
bool gv_group_driven(struct iommu_group *group, struct device *locked)
{
	return iommu_group_for_each_dev(group, locked,
					locked ? gv_driven_surely : gv_driven);
}

/* A driver's memory stays for a grace period after it has left. */
static void gv_member_driver(struct pci_dev *pdev, struct gv_member *member)
{
	const struct device_driver *drv;

	rcu_read_lock();
	drv = READ_ONCE(pdev->dev.driver);
	if (drv)
		strscpy(member->driver, drv->name, sizeof(member->driver));
	rcu_read_unlock();
}

static bool gv_member_ats(const struct pci_dev *pdev)
{
#ifdef CONFIG_PCI_ATS
	/* The answer may be old, and others write beside it. */
	return data_race((bool)pdev->ats_enabled);
#else
	return false;
#endif
}

/*
 * Accesses are blocked while a function is reset or changes its power state, and
 * must not be made then, nor waited for here: a reset can take long. To block them
 * ourselves would be worse: VFIO tries that before a reset, and if it can't, the
 * device is not opened, or its guest goes without a reset. What was read when one
 * began meanwhile is not told.
 */
static bool gv_member_blocked(const struct pci_dev *pdev)
{
	/* There is no lock to read it under: see above. */
	return data_race((bool)pdev->block_cfg_access);
}

static bool gv_member_intel_port(const struct pci_dev *pdev)
{
	return pdev->vendor == PCI_VENDOR_ID_INTEL &&
	       pci_pcie_type(pdev) == PCI_EXP_TYPE_ROOT_PORT;
}

static void gv_member_acs(struct pci_dev *pdev, struct gv_member *member)
{
	int pos = pdev->acs_cap;

	if (!pos)
		return;
	member->acs = true;
	if (gv_member_blocked(pdev))
		return;
	pci_read_config_word(pdev, pos + PCI_ACS_CAP, &member->acs_cap);
	pci_read_config_word(pdev, pos + PCI_ACS_CTRL, &member->acs_ctrl);
	/*
	 * Without the capability other things are there, in Intel's root ports the
	 * dword that pci_quirk_intel_spt_pch_acs() takes for the control register.
	 */
	if (member->acs_cap & PCI_ACS_EC || gv_member_intel_port(pdev))
		pci_read_config_dword(pdev, pos + PCI_ACS_EGRESS_CTL_V,
				      &member->acs_vector);
	/* What sleeps too deep to answer reads as ones. */
	member->acs_read = member->acs_cap != U16_MAX &&
			   !gv_member_blocked(pdev);
}

/**
 * gv_member_read() - find out what isolates a PCI function
 * @pdev: the function
 * @member: gets it
 *
 * Registers of a function that is being reset are not told.
 *
 * Context: takes the mutex of the IOMMU group, which is held for as long as it
 * takes to attach a device to a domain, and never while a user is waited for.
 */
void gv_member_read(struct pci_dev *pdev, struct gv_member *member)
{
	struct iommu_group *group = gv_group_get(pdev);

	memset(member, 0, sizeof(*member));
	member->group = -1;
	gv_member_driver(pdev, member);
	gv_member_acs(pdev, member);
	member->ats = gv_member_ats(pdev);
	if (!group)
		return;
	member->group = iommu_group_id(group);
	member->isolated_msi = iommu_group_has_isolated_msi(group);
	member->dma_owner = iommu_group_dma_owner_claimed(group);
	iommu_group_put(group);
}
