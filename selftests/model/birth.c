// SPDX-License-Identifier: GPL-2.0
/*
 * The driver that VFs are born into: the model is a table of what users were
 * promised (gpuvirt-vf.8), by vendor, setting and request.
 */
#include <string.h>

#include "birth.h"
#include "model.h"

static const struct {
	u16 vendor;
	const char *set, *asked, *choice;
} table[] = {
	/* Nobody has said anything: NVIDIA's VFs need NVIDIA's driver. */
	{ 0x10de, "", "", "host" },
	{ 0x8086, "", "", "vfio-pci" },
	{ 0x1002, "", "", "vfio-pci" },
	{ 0x1234, "", "", "vfio-pci" },
	/* Not a vendor whose number looks like it. */
	{ 0xde10, "", "", "vfio-pci" },
	/* The administrator has, for this GPU. */
	{ 0x10de, "vfio-pci", "", "vfio-pci" },
	{ 0x10de, "none", "", "none" },
	{ 0x8086, "host", "", "host" },
	{ 0x8086, "xe-vfio-pci", "", "xe-vfio-pci" },
	/* And for this time. */
	{ 0x10de, "", "nvidia-vgpu-vfio", "nvidia-vgpu-vfio" },
	{ 0x10de, "host", "vfio-pci", "vfio-pci" },
	{ 0x10de, "none", "host", "host" },
	{ 0x8086, "", "none", "none" },
	{ 0x8086, "xe-vfio-pci", "vfio-pci", "vfio-pci" },
	{ 0x8086, "host", "xe-vfio-pci", "xe-vfio-pci" },
};

void gv_model_birth(uint64_t n)
{
	const unsigned int rows = sizeof(table) / sizeof(table[0]);
	const char *choice;
	unsigned int i;

	while (n--) {
		i = n % rows;
		gv_case();
		choice = gv_birth_choose(table[i].vendor, table[i].set,
					 table[i].asked);
		gv_expect(!strcmp(choice, table[i].choice),
			  "vendor %04x, set \"%s\", asked \"%s\": %s",
			  table[i].vendor, table[i].set, table[i].asked,
			  choice);
	}
}
