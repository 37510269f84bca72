// SPDX-License-Identifier: GPL-2.0
#include <linux/pci.h>

#include "gpu.h"

/*
 * GPUs whose PCI class is not display: AMD Instinct reports "processing
 * accelerator" (0x1200), a class that NPUs and FPGA cards use too, so these go
 * by id. Ids from the public PCI id list. VFs need no entry: they are found
 * through their PF.
 */
static const struct pci_device_id gv_accelerators[] = {
	{ PCI_VDEVICE(ATI, 0x738c) },	/* Instinct MI100 */
	{ PCI_VDEVICE(ATI, 0x738e) },	/* Instinct MI100 */
	{ PCI_VDEVICE(ATI, 0x7408) },	/* Instinct MI250X */
	{ PCI_VDEVICE(ATI, 0x740c) },	/* Instinct MI250X/MI250 */
	{ PCI_VDEVICE(ATI, 0x740f) },	/* Instinct MI210 */
	{ PCI_VDEVICE(ATI, 0x74a0) },	/* Instinct MI300A */
	{ PCI_VDEVICE(ATI, 0x74a1) },	/* Instinct MI300X */
	{ PCI_VDEVICE(ATI, 0x74a2) },	/* Instinct MI308X */
	{ PCI_VDEVICE(ATI, 0x74a5) },	/* Instinct MI325X */
	{ PCI_VDEVICE(ATI, 0x74a8) },	/* Instinct MI308X HF */
	{ PCI_VDEVICE(ATI, 0x74a9) },	/* Instinct MI300X HF */
	{ PCI_VDEVICE(ATI, 0x75a0) },	/* Instinct MI350X */
	{ PCI_VDEVICE(ATI, 0x75a3) },	/* Instinct MI355X */
	{ PCI_VDEVICE(ATI, 0x75a8) },	/* Instinct MI350P */
	{ }
};

/**
 * gv_is_accelerator() - is this function one of the GPUs known by id
 * @pdev: PCI function
 *
 * Return: true if it is.
 */
bool gv_is_accelerator(const struct pci_dev *pdev)
{
	const struct pci_device_id *id;

	for (id = gv_accelerators; id->vendor; id++)
		if (id->vendor == pdev->vendor && id->device == pdev->device)
			return true;
	return false;
}
