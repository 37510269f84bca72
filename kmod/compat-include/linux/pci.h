/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Mirrors <linux/pci.h>: the driver override moved from struct pci_dev to struct
 * device, in stable kernels too.
 */
#ifndef GV_COMPAT_LINUX_PCI_H
#define GV_COMPAT_LINUX_PCI_H

#include_next <linux/pci.h>

#ifdef GV_HAVE_DRIVER_OVERRIDE_OF_DEVICE
#define gv_pci_set_driver_override(pdev, name)				\
	device_set_driver_override(&(pdev)->dev, name)
#else
#define gv_pci_set_driver_override(pdev, name)				\
	driver_set_override(&(pdev)->dev, &(pdev)->driver_override, name, \
			    strlen(name))
#endif

#endif
