// SPDX-License-Identifier: GPL-2.0
/*
 * Names of devices are libpci's, which is loaded when the first is asked for: it
 * brings libudev and libz with it.
 */
#include <dlfcn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <pci/pci.h>

#include "dlopen.h"
#include "err.h"
#include "out.h"
#include "pciname.h"

#define GV_LIBPCI "libpci.so.3"

GV_DLOPEN_NOTE("pci", "Names PCI devices", "recommended", GV_LIBPCI);

struct gv_libpci {
	struct pci_access *(*alloc)(void);
	char *(*lookup_name)(struct pci_access *access, char *buf, int size,
			     int flags, ...);
};

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

static struct pci_access *gv_pci_open(struct gv_libpci *libpci)
{
	void *lib = dlopen(GV_LIBPCI, RTLD_LAZY | RTLD_LOCAL);
	struct pci_access *access;

	if (!lib)
		return NULL;
	*(void **)&libpci->alloc = dlsym(lib, "pci_alloc");
	*(void **)&libpci->lookup_name = dlsym(lib, "pci_lookup_name");
	if (!libpci->alloc || !libpci->lookup_name)
		return NULL;
	/*
	 * No pci_init(), which looks for a way to the bus: only the list of
	 * names is wanted. But it would have set these.
	 */
	access = libpci->alloc();
	access->error = gv_pci_error;
	access->warning = gv_pci_quiet;
	access->debug = gv_pci_quiet;
	return access;
}

const char *gv_pciname(uint16_t vendor, uint16_t device, char *buf,
		       size_t size)
{
	static struct pci_access *access;
	static struct gv_libpci libpci;
	static bool tried;

	if (!tried)
		access = gv_pci_open(&libpci);
	tried = true;
	if (!access)
		return NULL;
	return libpci.lookup_name(access, buf, size, PCI_LOOKUP_VENDOR |
				  PCI_LOOKUP_DEVICE | PCI_LOOKUP_NO_NUMBERS,
				  vendor, device);
}
