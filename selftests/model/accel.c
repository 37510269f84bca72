// SPDX-License-Identifier: GPL-2.0
/*
 * GPUs known by their ids: the model is what the public list of ids says of AMD's
 * accelerators, and that nothing else is one, however near its id.
 */
#include "gpu.h"
#include "model.h"

#define AMD 0x1002

/* MI100, MI200, MI300 and MI350, in the order of the list. */
static const unsigned short instincts[] = {
	0x738c, 0x738e,
	0x7408, 0x740c, 0x740f,
	0x74a0, 0x74a1, 0x74a2, 0x74a5, 0x74a8, 0x74a9,
	0x75a0, 0x75a3, 0x75a8,
};

#define INSTINCTS (sizeof(instincts) / sizeof(instincts[0]))

static bool expected(unsigned int vendor, unsigned int device)
{
	unsigned int i;

	for (i = 0; i < INSTINCTS; i++)
		if (vendor == AMD && device == instincts[i])
			return true;
	return false;
}

static void look(unsigned int vendor, unsigned int device)
{
	const struct pci_dev pdev = { .vendor = vendor, .device = device };

	gv_case();
	gv_expect(gv_is_accelerator(&pdev) ==
		  expected(pdev.vendor, pdev.device), "%04x:%04x", vendor,
		  device);
}

void gv_model_accel(uint64_t n)
{
	unsigned int i;
	uint64_t k;

	for (i = 0; i < INSTINCTS; i++) {
		look(AMD, instincts[i]);
		look(AMD - 1, instincts[i]);
		look(AMD + 1, instincts[i]);
		look(instincts[i], AMD);
	}
	/* All of them that AMD can have, as far as there are cases. */
	for (k = 0; k < n; k++)
		look(k % 8 ? AMD : gv_awkward() & 0xffff, k & 0xffff);
	for (i = 0; i < INSTINCTS; i++) {
		look(AMD, instincts[i] - 1);
		look(AMD, instincts[i] + 1);
	}
}
