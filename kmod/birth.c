// SPDX-License-Identifier: GPL-2.0
#include <linux/pci_ids.h>

#include "birth.h"

/**
 * gv_birth_choose() - the driver that VFs are born into
 * @vendor: PCI vendor of the GPU
 * @set: what the GPU is set to, empty if to nothing
 * @asked: what was asked for, empty if nothing was
 *
 * What was asked for comes first, then the setting, then the vendor. NVIDIA's
 * vGPUs are made by files that its own driver adds to each VF.
 *
 * Return: a driver, GV_BIRTH_NONE or GV_BIRTH_HOST.
 */
const char *gv_birth_choose(u16 vendor, const char *set, const char *asked)
{
	if (asked[0])
		return asked;
	if (set[0])
		return set;
	return vendor == PCI_VENDOR_ID_NVIDIA ? GV_BIRTH_HOST : GV_BIRTH_VFIO;
}
