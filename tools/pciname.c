// SPDX-License-Identifier: GPL-2.0
#include <pci/pci.h>

#include "pciname.h"

const char *gv_pciname(uint16_t vendor, uint16_t device, char *buf,
		       size_t size)
{
	static struct pci_access *access;

	if (!access) {
		/* no pci_init(): only the list of names is wanted */
		access = pci_alloc();
		if (!access)
			return NULL;
	}
	return pci_lookup_name(access, buf, size, PCI_LOOKUP_VENDOR |
			       PCI_LOOKUP_DEVICE | PCI_LOOKUP_NO_NUMBERS,
			       vendor, device);
}
