// SPDX-License-Identifier: GPL-2.0
/*
 * IOMMU groups as the tool reckons them: the model is the kernel's own way, one
 * function at a time in the order in which they appear (pci_device_group() in
 * drivers/iommu/iommu.c), with groups as numbers; the tool joins sets.
 */
#include <string.h>
#include <linux/pci_regs.h>

#include "iommu/tree.h"

#include "model.h"

#define FNS 40
#define WANT (PCI_ACS_SV | PCI_ACS_RR | PCI_ACS_CR | PCI_ACS_UF)

static struct gv_fn fns[FNS];
static struct gv_tree tree;
static int number[FNS];

/* pci_acs_enabled(), without quirks */
static bool isolates(const struct gv_fn *fn)
{
	bool has = fn->bits.acs;
	unsigned int lacks = WANT & fn->bits.acs_cap & ~fn->bits.acs_ctrl;

	if (fn->virtfn)
		return true;
	if (!fn->bits.pcie || fn->bits.type == PCI_EXP_TYPE_PCIE_BRIDGE ||
	    fn->bits.type == PCI_EXP_TYPE_PCI_BRIDGE ||
	    fn->bits.type == PCI_EXP_TYPE_RC_EC)
		return false;
	if (fn->bits.type != PCI_EXP_TYPE_DOWNSTREAM &&
	    fn->bits.type != PCI_EXP_TYPE_ROOT_PORT && !fn->multifunction)
		return true;
	return has && !lacks;
}

/* Merge two groups: all of one get the number of the other. */
static void same(unsigned int a, unsigned int b)
{
	int from = number[a], to = number[b];
	unsigned int i;

	for (i = 0; i < tree.n; i++)
		if (number[i] == from)
			number[i] = to;
}

static const struct gv_fn *aliased(const struct gv_fn *fn)
{
	const struct gv_fn *up, *alias = NULL;

	/* of all bridges on the way that hide ids, the nearest: all share */
	for (up = fn->up; up; up = up->up)
		if (!alias && (!up->bits.pcie ||
			       up->bits.type == PCI_EXP_TYPE_PCI_BRIDGE ||
			       up->bits.type == PCI_EXP_TYPE_PCIE_BRIDGE))
			alias = up;
	return alias;
}

static bool way_isolates(const struct gv_fn *fn)
{
	const struct gv_fn *up;

	for (up = fn->up; up; up = up->up)
		if (!isolates(up))
			return false;
	return true;
}

static void place(unsigned int i)
{
	const struct gv_fn *fn = &fns[i], *alias = aliased(fn);
	unsigned int k;

	if (alias) {
		same(i, alias - fns);
		return;
	}
	if (!way_isolates(fn)) {
		same(i, fn->up - fns);
		return;
	}
	if (isolates(fn))
		return;
	for (k = 0; k < tree.n; k++) {
		const struct gv_fn *other = &fns[k];

		if (k == i || other->bus != fn->bus ||
		    other->devfn >> 3 != fn->devfn >> 3 || isolates(other))
			continue;
		if (fn->multifunction || other->multifunction)
			same(i, k);
	}
}

/* One function; a bridge has a bus of its own behind it. */
static unsigned int types[] = {
	PCI_EXP_TYPE_ENDPOINT, PCI_EXP_TYPE_ROOT_PORT, PCI_EXP_TYPE_UPSTREAM,
	PCI_EXP_TYPE_DOWNSTREAM, PCI_EXP_TYPE_PCI_BRIDGE,
	PCI_EXP_TYPE_PCIE_BRIDGE, PCI_EXP_TYPE_RC_END, PCI_EXP_TYPE_RC_EC,
};

static bool add(unsigned int bus, struct gv_fn *up, unsigned int devfn,
		bool multifunction)
{
	struct gv_fn *fn = &fns[tree.n];

	if (tree.n == FNS)
		return false;
	memset(fn, 0, sizeof(*fn));
	fn->bus = bus;
	fn->devfn = devfn;
	fn->up = up;
	fn->vendor = 0x1b36;
	fn->multifunction = multifunction;
	fn->bits.known = true;
	fn->bits.pcie = gv_below(8);
	fn->bits.type = types[gv_below(8)];
	fn->virtfn = !gv_below(16);
	fn->bits.acs = gv_below(2);
	fn->bits.acs_cap = gv_below(2) ? WANT : gv_random();
	fn->bits.acs_ctrl = gv_below(2) ? WANT : gv_random();
	tree.n++;
	return true;
}

/* Buses one after the other; each but the first is behind a random function. */
static void grow(void)
{
	unsigned int bus, buses = 1 + gv_below(8), slot, f, n;
	struct gv_fn *up = NULL;
	bool used[FNS] = { false };

	tree.n = 0;
	for (bus = 0; bus < buses; bus++) {
		if (bus) {
			n = gv_below(tree.n);
			if (used[n])
				continue;
			used[n] = true;
			up = &fns[n];
		}
		for (slot = 0; slot < 3; slot++) {
			n = gv_below(3) ? 1 : gv_below(4);
			for (f = 0; f < n; f++)
				if (!add(bus, up, slot << 3 | f, n > 1))
					return;
		}
		if (!tree.n)
			add(0, NULL, 0, false);
	}
}

void gv_model_group(uint64_t n)
{
	unsigned int i, k;

	tree.fns = fns;
	while (n--) {
		gv_case();
		grow();
		for (i = 0; i < tree.n; i++)
			number[i] = i;
		for (i = 0; i < tree.n; i++)
			place(i);
		gv_groups(&tree);
		for (i = 0; i < tree.n; i++)
			for (k = 0; k < i; k++)
				gv_expect((fns[i].set == fns[k].set) ==
					  (number[i] == number[k]),
					  "%02x:%02x and %02x:%02x of %u",
					  fns[i].bus, fns[i].devfn, fns[k].bus,
					  fns[k].devfn, tree.n);
	}
}
