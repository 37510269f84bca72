// SPDX-License-Identifier: GPL-2.0
/*
 * Whether a function keeps apart what passes through it, or what its siblings
 * do. The questions and their order are those of pci_acs_enabled().
 */
#include <string.h>
#include <linux/pci_regs.h>

#include "tree.h"

/* What the kernel asks for before it puts functions into groups of their own. */
#define GV_ACS_WANT	(PCI_ACS_SV | PCI_ACS_RR | PCI_ACS_CR | PCI_ACS_UF)

uint16_t gv_acs_wanted(const struct gv_fn *fn)
{
	return GV_ACS_WANT & fn->bits.acs_cap;
}

static void gv_acs_bits(const struct gv_bits *bits, struct gv_acs *acs)
{
	/* what a device lacks in the capability register needs no bit */
	uint16_t want = GV_ACS_WANT & bits->acs_cap;

	if (!bits->acs) {
		acs->why = GV_ACS_ABSENT;
		acs->missing = GV_ACS_WANT;
		return;
	}
	acs->missing = want & ~bits->acs_ctrl;
	acs->on = !acs->missing;
	acs->why = acs->on ? GV_ACS_ON : GV_ACS_OFF;
}

static void gv_acs_standard(const struct gv_fn *fn, struct gv_acs *acs)
{
	const struct gv_bits *bits = &fn->bits;

	acs->on = false;
	acs->missing = 0;
	acs->quirk = NULL;
	if (fn->virtfn) {
		acs->on = true;
		acs->why = GV_ACS_SINGLE;
		return;
	}
	if (!bits->known) {
		acs->why = GV_ACS_UNKNOWN;
		return;
	}
	if (!bits->pcie) {
		acs->why = GV_ACS_CONVENTIONAL;
		return;
	}
	switch (bits->type) {
	case PCI_EXP_TYPE_PCIE_BRIDGE:
	case PCI_EXP_TYPE_PCI_BRIDGE:
	case PCI_EXP_TYPE_RC_EC:
		acs->why = GV_ACS_BRIDGE;
		return;
	case PCI_EXP_TYPE_DOWNSTREAM:
	case PCI_EXP_TYPE_ROOT_PORT:
		gv_acs_bits(bits, acs);
		return;
	}
	if (fn->multifunction) {
		gv_acs_bits(bits, acs);
		return;
	}
	acs->on = true;
	acs->why = GV_ACS_SINGLE;
}

void gv_acs(const struct gv_tree *tree, const struct gv_fn *fn, bool quirks,
	    struct gv_acs *acs)
{
	const char *what;
	int quirk = -1;

	gv_acs_standard(fn, acs);
	if (quirks && !fn->virtfn)
		quirk = gv_quirk_acs(tree, fn, GV_ACS_WANT, &what);
	if (quirk < 0)
		return;
	acs->on = quirk;
	if (quirk) {
		acs->why = GV_ACS_QUIRK;
		acs->quirk = what;
	}
}

const char *gv_acs_names(uint16_t bits, char *buf)
{
	static const struct {
		uint16_t bit;
		const char *name;
	} names[] = {
		{ PCI_ACS_SV, "SV" }, { PCI_ACS_RR, "RR" },
		{ PCI_ACS_CR, "CR" }, { PCI_ACS_UF, "UF" },
	};
	unsigned int i;

	buf[0] = 0;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!(bits & names[i].bit))
			continue;
		if (buf[0])
			strcat(buf, " ");
		strcat(buf, names[i].name);
	}
	return buf;
}
