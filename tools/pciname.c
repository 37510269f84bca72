// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <pci/pci.h>

#include "err.h"
#include "out.h"
#include "pciname.h"

__attribute__((format(printf, 1, 2)))
static void gv_pci_quiet(char *msg, ...)
{
	(void)msg;
}

/* The library wants no return from it; memory is all that it can lack. */
__attribute__((format(printf, 1, 2), noreturn))
static void gv_pci_error(char *msg, ...)
{
	gv_out_note("libpci can't look up a name: %s", msg);
	exit(GV_EXIT_FAILED);
}

const char *gv_pciname(uint16_t vendor, uint16_t device, char *buf,
		       size_t size)
{
	static struct pci_access *access;

	if (!access) {
		/*
		 * No pci_init(), which looks for a way to the bus: only the
		 * list of names is wanted. But it would have set these.
		 */
		access = pci_alloc();
		access->error = gv_pci_error;
		access->warning = gv_pci_quiet;
		access->debug = gv_pci_quiet;
	}
	return pci_lookup_name(access, buf, size, PCI_LOOKUP_VENDOR |
			       PCI_LOOKUP_DEVICE | PCI_LOOKUP_NO_NUMBERS,
			       vendor, device);
}
