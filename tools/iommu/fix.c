// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>
#include <linux/pci_regs.h>

#include "story.h"
#include "reason.h"

#define GV_SLOTS_TOLD	4

/*
 * The value of pci=config_acs= that sets these bits; the last character is bit
 * 0. Bits that are x become what firmware had set, not what the kernel would:
 * those that are on already must be told as well.
 */
static void gv_acs_string(uint16_t bits, char *buf)
{
	int bit, i = 0;

	for (bit = 6; bit >= 0; bit--)
		buf[i++] = bits >> bit & 1 ? '1' : 'x';
	buf[i] = 0;
}

/* A bridge without ACS that has something to do with fn's group. */
static bool gv_at_fault(const struct gv_tree *tree, const struct gv_fn *fn,
			const struct gv_fn *port, enum gv_acs_why why)
{
	const struct gv_fn *other;
	struct gv_acs acs;

	gv_acs(tree, port, true, &acs);
	if (!gv_is_bridge(port) || acs.why != why)
		return false;
	if (port->set == fn->set && port->rule == GV_RULE_FUNCTION)
		return true;
	gv_for_each_fn(other, tree) {
		if (other->set == fn->set && other->culprit == port)
			return true;
	}
	return false;
}

/* Ports whose ACS bits are there and off. */
static void gv_fix_bits(const struct gv_tree *tree, const struct gv_fn *fn,
			struct gv_lines *lines)
{
	const struct gv_fn *port;
	bool any = false;
	char bits[8];

	gv_for_each_fn(port, tree) {
		if (!gv_at_fault(tree, fn, port, GV_ACS_OFF))
			continue;
		if (!any)
			gv_lines_add(lines, "boot with pci=config_acs=");
		gv_acs_string(gv_acs_wanted(port), bits);
		gv_lines_more(lines, "%s%s@%s", any ? ";" : "", bits,
			      port->address);
		any = true;
	}
	if (!any)
		return;
	if (!gv_tree_since(tree, 6, 12))
		gv_lines_more(lines, " (Linux 6.12 or later)");
	if (strstr(tree->cmdline, "disable_acs_redir="))
		gv_lines_more(lines, ", or rather without pci=disable_acs_redir=, which turned it off");
	else if (strstr(tree->cmdline, "config_acs="))
		gv_lines_more(lines, " in place of the one on the command line");
}

static void gv_fix_firmware(const struct gv_tree *tree,
			    const struct gv_fn *fn, struct gv_lines *lines)
{
	const struct gv_fn *port;

	gv_for_each_fn(port, tree) {
		if (port->up || !gv_at_fault(tree, fn, port, GV_ACS_ABSENT))
			continue;
		gv_lines_add(lines,
			     "look in the firmware's setup for ACS (it may be next to AER or ARI): root ports of some boards, here %s, have it only when that is on",
			     port->address);
		return;
	}
}

static bool gv_port_isolates(const struct gv_tree *tree,
			     const struct gv_fn *port)
{
	struct gv_acs acs;

	if (!port->bits.pcie || (port->bits.type != PCI_EXP_TYPE_ROOT_PORT &&
				 port->bits.type != PCI_EXP_TYPE_DOWNSTREAM))
		return false;
	for (; port; port = port->up) {
		gv_acs(tree, port, true, &acs);
		if (!acs.on || (port->owner && gv_quirk_vmd(port->owner)))
			return false;
	}
	return true;
}

static const struct gv_fn *gv_behind(const struct gv_tree *tree,
				     const struct gv_fn *port)
{
	const struct gv_fn *fn;

	gv_for_each_fn(fn, tree) {
		if (fn->up == port)
			return fn;
	}
	return NULL;
}

/* Slots in which a card would be alone: those that are free come first. */
static void gv_fix_slot(const struct gv_tree *tree, const struct gv_fn *fn,
			struct gv_lines *lines)
{
	const struct gv_fn *port, *behind;
	unsigned int n = 0;
	bool taken;

	if (!fn->up)
		return;
	for (taken = false;; taken = true) {
		gv_for_each_fn(port, tree) {
			behind = gv_behind(tree, port);
			if (!behind == taken || n == GV_SLOTS_TOLD ||
			    (behind && gv_is_bridge(behind)) ||
			    !gv_port_isolates(tree, port))
				continue;
			if (!n++)
				gv_lines_add(lines, "put the card in a slot where it would be alone:");
			gv_lines_more(lines, "%s that of %s (%s%s)",
				      n > 1 ? "," : "", port->address,
				      behind ? "now taken by " : "free",
				      behind ? behind->address : "");
		}
		if (taken)
			break;
	}
}

/*
 * Everything that is not a bridge goes along. VFs are bound in another way, and not
 * with their PF; and groups without a GPU are for others to bind.
 */
static void gv_fix_bind(const struct gv_tree *tree, const struct gv_fn *fn,
			const char *what, struct gv_lines *lines)
{
	const struct gv_fn *other, *vf = NULL;
	bool gpu = false;

	gv_for_each_fn(other, tree) {
		if (other->group != fn->group)
			continue;
		gpu |= other->gpu;
		if (other->virtfn)
			vf = other;
	}
	if (vf) {
		gv_lines_add(lines, "%s, but without VFs: disable them first, `gpuvirt vf disable %s`",
			     what, vf->pf ? vf->pf->address : "GPU");
		return;
	}
	gv_lines_add(lines, gpu ? "%s: `gpuvirt passthrough bind %s" :
			   "%s, with driverctl(8): %s", what, fn->address);
	gv_for_each_fn(other, tree) {
		if (other != fn && other->group == fn->group &&
		    !gv_is_bridge(other))
			gv_lines_more(lines, " %s", other->address);
	}
	if (gpu)
		gv_lines_more(lines, "`");
}

static void gv_fix_shared(const struct gv_tree *tree, const struct gv_fn *fn,
			  struct gv_lines *lines)
{
	gv_fix_bits(tree, fn, lines);
	gv_fix_firmware(tree, fn, lines);
	gv_fix_slot(tree, fn, lines);
	gv_fix_bind(tree, fn,
		    "give all of the group to one virtual machine", lines);
}

static void gv_fix_no_iommu(const struct gv_tree *tree,
			    const struct gv_fn *fn, struct gv_lines *lines)
{
	static const char *const off[] = {
		"intel_iommu=off", "amd_iommu=off", "iommu=off",
	};
	unsigned int i;

	for (i = 0; i < sizeof(off) / sizeof(off[0]); i++) {
		if (!gv_tree_told(tree, off[i]))
			continue;
		gv_lines_add(lines,
			     "take %s off the kernel's command line", off[i]);
		return;
	}
	if (gv_is_left_out(tree, fn) || (tree->dmar && !tree->iommus))
		gv_lines_add(lines, "boot with intel_iommu=on");
	else if (tree->iommus)
		gv_lines_add(lines, "the kernel log may say why: `dmesg | grep -i -e dmar -e iommu -e AMD-Vi`");
	else if (tree->ivrs)
		gv_lines_add(lines, "the kernel log may say why it does not use the IOMMU: `dmesg | grep AMD-Vi`");
	else
		gv_lines_add(lines, "turn the IOMMU on in the firmware's setup (VT-d, AMD-Vi, SVM and IOMMU); if this is a virtual machine, give it one (QEMU: -device intel-iommu)");
}

static void gv_fix_interrupts(const struct gv_tree *tree,
			      struct gv_lines *lines)
{
	static const char *const off[] = {
		"intremap=off", "nointremap", "noapic",
	};
	unsigned int i;

	for (i = 0; i < sizeof(off) / sizeof(off[0]); i++) {
		if (gv_tree_told(tree, off[i]))
			gv_lines_add(lines,
				     "take %s off the kernel's command line",
				     off[i]);
	}
	if (!lines->n)
		gv_lines_add(lines, "turn on interrupt remapping or x2APIC in the firmware's setup; in a virtual machine, -device intel-iommu,intremap=on");
	if (!tree->unsafe)
		gv_lines_add(lines, "for guests that you trust like the host itself: vfio_iommu_type1.allow_unsafe_interrupts=1");
}

void gv_fixes(const struct gv_tree *tree, const struct gv_fn *fn,
	      const struct gv_report *report, struct gv_lines *lines)
{
	switch (report->verdict) {
	case GV_ISOLATED:
		break;
	case GV_COMPANIONS:
		gv_fix_bind(tree, fn, "bind its companions too", lines);
		break;
	case GV_SHARED:
		gv_fix_shared(tree, fn, lines);
		break;
	case GV_NO_IOMMU:
		gv_fix_no_iommu(tree, fn, lines);
		break;
	case GV_NOT_TRANSLATED:
		gv_lines_add(lines, "nothing needs to be done to give it to a virtual machine");
		if (gv_tree_told(tree, "iommu=pt") ||
		    gv_tree_told(tree, "iommu.passthrough=1"))
			gv_lines_add(lines, "for the host's own sake, take iommu=pt or iommu.passthrough=1 off the kernel's command line");
		break;
	case GV_NO_INTERRUPT_REMAPPING:
		gv_fix_interrupts(tree, lines);
		break;
	case GV_RMRR:
		gv_lines_add(lines, "look in the firmware's setup for what keeps using the device (management controllers, remote consoles, RAID), or for an update that does not; Linux has no option for it");
		gv_fix_slot(tree, fn, lines);
		break;
	}
}
