/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GPUVIRT_PCI_H
#define GPUVIRT_PCI_H

#include <linux/compiler.h>
#include <linux/pci.h>

/**
 * gv_pci_bit() - read a bit-field of a PCI function
 * @pdev: the function, which the caller holds
 * @bit: name of a bit-field of struct pci_dev
 *
 * Many of them share a word with bits that drivers and the PCI core write at any
 * time, is_busmaster and state_saved say (include/linux/pci.h), and there is no lock
 * that a reader could take. What a function is, a VF or one of several, is set
 * before it is found and does not change, so that only the neighbours do; for other
 * bits the answer may be old when it comes. KCSAN is told so here. The "0 +" makes a value of
 * what has no type that could be asked for.
 *
 * Context: any.
 * Return: the bit.
 */
#define gv_pci_bit(pdev, bit)	data_race((bool)(pdev)->bit)

/**
 * gv_pci_pf() - the PF of a function
 * @pdev: the function, which the caller holds
 *
 * Context: any.
 * Return: the PF of a VF, or @pdev, as pci_physfn() has it; see gv_pci_bit().
 */
static inline struct pci_dev *gv_pci_pf(struct pci_dev *pdev)
{
	/* It reads is_virtfn, which does not change. */
	return data_race(pci_physfn(pdev));
}

#endif
