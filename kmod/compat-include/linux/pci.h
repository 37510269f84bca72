/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Mirrors <linux/pci.h>: the driver override moved from struct pci_dev to struct
 * device, in stable kernels too, and in some of them later than that of other buses,
 * so that both have one. And for some releases adding and removing VFs took the rescan
 * lock, until that was given to sriov_numvfs.
 */
#ifndef GV_COMPAT_LINUX_PCI_H
#define GV_COMPAT_LINUX_PCI_H

#include <linux/slab.h>
#include <linux/string.h>
#include <linux/version.h>
#include_next <linux/pci.h>

/*
 * Gives a copy of the name, for kfree(), or NULL if none is set. Takes the lock of
 * the device on older kernels.
 */
static inline int gv_pci_get_driver_override(struct pci_dev *pdev, char **copy)
{
	const char *name;

#ifdef GV_HAVE_PCI_DRIVER_OVERRIDE
	device_lock(&pdev->dev);
	name = pdev->driver_override;
	*copy = name ? kstrdup(name, GFP_KERNEL) : NULL;
	device_unlock(&pdev->dev);
#else
	spin_lock(&pdev->dev.driver_override.lock);
	name = pdev->dev.driver_override.name;
	*copy = name ? kstrdup(name, GFP_ATOMIC) : NULL;
	spin_unlock(&pdev->dev.driver_override.lock);
#endif
	return name && !*copy ? -ENOMEM : 0;
}

#ifdef GV_HAVE_PCI_DRIVER_OVERRIDE
#define gv_pci_set_driver_override(pdev, name)				\
	driver_set_override(&(pdev)->dev, &(pdev)->driver_override, name, \
			    strlen(name))
#else
#define gv_pci_set_driver_override(pdev, name)				\
	device_set_driver_override(&(pdev)->dev, name)
#endif

/*
 * "PCI/IOV: Add PCI rescan-remove locking when enabling/disabling SR-IOV" and its
 * revert changed no header, so this is one place where versions tell. Of series that
 * are not tested here, more is taken for such than was: then the rescan lock is not
 * held where it could be, as in the PCI core before that change.
 */
#define GV_LINUX_IN(from, to)						\
	(LINUX_VERSION_CODE >= (from) && LINUX_VERSION_CODE < (to))
#define GV_PCI_IOV_LOCKS_RESCAN						\
	(GV_LINUX_IN(KERNEL_VERSION(6, 1, 157), KERNEL_VERSION(6, 1, 165)) || \
	 GV_LINUX_IN(KERNEL_VERSION(6, 2, 0), KERNEL_VERSION(6, 12, 0)) || \
	 GV_LINUX_IN(KERNEL_VERSION(6, 12, 54), KERNEL_VERSION(6, 12, 75)) || \
	 GV_LINUX_IN(KERNEL_VERSION(6, 13, 0), KERNEL_VERSION(7, 1, 0)))

#endif
