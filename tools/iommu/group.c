// SPDX-License-Identifier: GPL-2.0
/*
 * Groups as pci_device_group() makes them, which IOMMU drivers use for PCI. A
 * function joins, by the first rule that applies:
 *
 * - the bridge, or the device, whose requester id its DMA carries: an IOMMU
 *   can't tell the two apart;
 * - the bridge above it, unless ACS holds on the whole way from there to the
 *   root: else its DMA may reach a neighbour without having met the IOMMU;
 * - functions of its device which, like itself, lack ACS: they may reach one
 *   another inside of the device.
 *
 * The kernel asks in the order in which functions appear, and joins groups that
 * exist; taken together, that is the sets made here.
 */
#include <linux/pci_regs.h>

#include "tree.h"

struct gv_sets {
	struct gv_tree *tree;
	bool quirks;
};

static unsigned int *gv_set_of(struct gv_sets *sets, unsigned int i)
{
	struct gv_fn *fn = &sets->tree->fns[i];

	return sets->quirks ? &fn->set : &fn->raw;
}

static unsigned int gv_set_find(struct gv_sets *sets, unsigned int i)
{
	while (*gv_set_of(sets, i) != i)
		i = *gv_set_of(sets, i);
	return i;
}

static void gv_set_join(struct gv_sets *sets, struct gv_fn *fn,
			struct gv_fn *with, enum gv_rule rule)
{
	unsigned int a = gv_set_find(sets, fn - sets->tree->fns);
	unsigned int b = gv_set_find(sets, with - sets->tree->fns);

	/* the lowest number is everybody's: no chain grows long */
	*gv_set_of(sets, a > b ? a : b) = a > b ? b : a;
	if (!sets->quirks || fn->rule != GV_RULE_ALONE)
		return;
	fn->rule = rule;
	fn->with = with;
}

/* The bridge whose id takes the place of the function's own, or NULL. */
static struct gv_fn *gv_alias_bridge(const struct gv_fn *fn)
{
	struct gv_fn *up;

	for (up = fn->up; up && !gv_quirk_xlate_root(up); up = up->up) {
		if (!up->bits.known || gv_quirk_no_alias(up))
			continue;
		if (!up->bits.pcie || up->bits.type == PCI_EXP_TYPE_PCI_BRIDGE ||
		    up->bits.type == PCI_EXP_TYPE_PCIE_BRIDGE)
			return up;
	}
	return NULL;
}

/* The first bridge on the way to the root that lacks ACS, or NULL. */
static struct gv_fn *gv_culprit(struct gv_sets *sets, const struct gv_fn *fn)
{
	struct gv_acs acs;
	struct gv_fn *up;

	for (up = fn->up; up; up = up->up) {
		gv_acs(sets->tree, up, sets->quirks, &acs);
		if (!acs.on)
			return up;
	}
	return NULL;
}

static bool gv_lacks_acs(struct gv_sets *sets, const struct gv_fn *fn)
{
	struct gv_acs acs;

	gv_acs(sets->tree, fn, sets->quirks, &acs);
	return !acs.on;
}

static bool gv_aliases(const struct gv_fn *a, const struct gv_fn *b)
{
	return gv_quirk_alias(a) == b->devfn || gv_quirk_alias(b) == a->devfn;
}

/* Neighbours on the bus stand next to one another. */
static void gv_join_neighbours(struct gv_sets *sets, struct gv_fn *fn)
{
	struct gv_fn *end = sets->tree->fns + sets->tree->n, *other;
	bool lacks = gv_lacks_acs(sets, fn);

	for (other = fn + 1; other < end && gv_same_bus(fn, other); other++) {
		if (gv_aliases(fn, other)) {
			gv_set_join(sets, fn, other, GV_RULE_ALIAS);
			gv_set_join(sets, other, fn, GV_RULE_ALIAS);
		} else if (lacks && gv_same_slot(fn, other) &&
			   (fn->multifunction || other->multifunction) &&
			   gv_lacks_acs(sets, other)) {
			gv_set_join(sets, fn, other, GV_RULE_FUNCTION);
			gv_set_join(sets, other, fn, GV_RULE_FUNCTION);
		}
	}
}

static void gv_join(struct gv_sets *sets, struct gv_fn *fn)
{
	struct gv_fn *bridge, *culprit;

	if (fn->owner && gv_quirk_vmd(fn->owner)) {
		gv_set_join(sets, fn, fn->owner, GV_RULE_REAL_DMA);
		return;
	}
	bridge = gv_alias_bridge(fn);
	if (bridge) {
		gv_set_join(sets, fn, bridge, GV_RULE_BRIDGE_ALIAS);
		return;
	}
	culprit = gv_culprit(sets, fn);
	if (culprit) {
		if (sets->quirks)
			fn->culprit = culprit;
		gv_set_join(sets, fn, fn->up, GV_RULE_PATH);
		return;
	}
	gv_join_neighbours(sets, fn);
}

static void gv_groups_pass(struct gv_tree *tree, bool quirks)
{
	struct gv_sets sets = { tree, quirks };
	unsigned int i;

	for (i = 0; i < tree->n; i++)
		*gv_set_of(&sets, i) = i;
	for (i = 0; i < tree->n; i++)
		gv_join(&sets, &tree->fns[i]);
	for (i = 0; i < tree->n; i++)
		*gv_set_of(&sets, i) = gv_set_find(&sets, i);
}

void gv_groups(struct gv_tree *tree)
{
	struct gv_fn *fn;

	gv_for_each_fn(fn, tree) {
		fn->rule = GV_RULE_ALONE;
		fn->with = NULL;
		fn->culprit = NULL;
	}
	gv_groups_pass(tree, false);
	gv_groups_pass(tree, true);
}
