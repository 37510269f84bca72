/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Bits of struct pci_dev share words with bits that drivers and the PCI core write
 * at any time, is_busmaster and state_saved say (include/linux/pci.h), and there is no
 * lock that a reader could take. What is asked for here is set before a function can
 * be found and does not change; only its neighbours do, which KCSAN is told. The casts
 * make values of what has no type that data_race() could ask for.
 */
#ifndef GPUVIRT_PCI_H
#define GPUVIRT_PCI_H

#include <linux/compiler.h>
#include <linux/pci.h>

/**
 * gv_pci_is_vf() - whether a function is a VF
 * @pdev: the function, which the caller holds
 *
 * Context: any.
 * Return: true if it is so.
 */
static inline bool gv_pci_is_vf(const struct pci_dev *pdev)
{
	/* Only its neighbours change, see above. */
	return data_race((bool)pdev->is_virtfn);
}

/**
 * gv_pci_is_pf() - whether a function has an SR-IOV capability that the kernel uses
 * @pdev: the function, which the caller holds
 *
 * Context: any.
 * Return: true if it is so.
 */
static inline bool gv_pci_is_pf(const struct pci_dev *pdev)
{
	/* Only its neighbours change, see above. */
	return data_race((bool)pdev->is_physfn);
}

/**
 * gv_pci_multifunction() - whether a function is one of several of its device
 * @pdev: the function, which the caller holds
 *
 * Context: any.
 * Return: true if it is so.
 */
static inline bool gv_pci_multifunction(const struct pci_dev *pdev)
{
	/* Only its neighbours change, see above. */
	return data_race((bool)pdev->multifunction);
}

/**
 * gv_pci_pf() - the PF of a function
 * @pdev: the function, which the caller holds
 *
 * Context: any.
 * Return: the PF of a VF, or @pdev, as pci_physfn() has it.
 */
static inline struct pci_dev *gv_pci_pf(struct pci_dev *pdev)
{
	/* It reads is_virtfn, see above. */
	return data_race(pci_physfn(pdev));
}

#endif
