/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GV_PCINAME_H
#define GV_PCINAME_H

#include <stddef.h>
#include <stdint.h>

/*
 * "Vendor Device" from pci.ids; NULL if it does not know the device, or there is
 * no libpci.
 */
const char *gv_pciname(uint16_t vendor, uint16_t device, char *buf,
		       size_t size);

#endif
