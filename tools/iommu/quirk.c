// SPDX-License-Identifier: GPL-2.0
/*
 * Where the kernel knows better than configuration space: devices that isolate
 * without saying so in an ACS capability, and devices whose DMA carries another
 * id than their own. The lists follow Linux 7.3 (drivers/pci/quirks.c); a device
 * that a kernel knows and this file does not is shown as a disagreement.
 */
#include <linux/pci_regs.h>

#include "tree.h"

#define VENDOR_ATI	0x1002
#define VENDOR_AMD	0x1022
#define VENDOR_INTEL	0x8086
#define GV_ANY		0xffff

/* What a device must be besides its ids. */
enum gv_quirk_type {
	QUIRK_ANY,
	QUIRK_ROOT_PORT,
	QUIRK_PORT,		/* root port or downstream port */
	QUIRK_RC_END,
	QUIRK_AMD_SB,
	QUIRK_INTEL_SPT,
};

struct gv_quirk {
	uint16_t vendor;
	uint16_t first;
	uint16_t last;
	enum gv_quirk_type type;
	const char *what;
};

#define FUNCTIONS	"its functions do not reach one another, says the vendor"
#define PCH		"the kernel isolates Intel PCH root ports in the chipset"
#define SPT		"Intel 100 and 200 series PCH: ACS bits in another place"
#define PORTS		"root ports that do not reach one another, without ACS"
#define SB		"an AMD southbridge behind an AMD IOMMU"
#define RCIEP		"Intel: functions in the processor do not reach one another"

/* In this order; the first that is for the device decides. */
static const struct gv_quirk acs_quirks[] = {
	{ VENDOR_ATI, 0x4383, 0x4385, QUIRK_AMD_SB, SB },
	{ VENDOR_ATI, 0x4399, 0x4399, QUIRK_AMD_SB, SB },
	{ VENDOR_ATI, 0x439c, 0x439d, QUIRK_AMD_SB, SB },
	{ VENDOR_AMD, 0x7809, 0x7809, QUIRK_AMD_SB, SB },
	{ VENDOR_AMD, 0x780f, 0x780f, QUIRK_AMD_SB, SB },
	/* Solarflare */
	{ 0x1924, 0x0903, 0x0903, QUIRK_ANY, FUNCTIONS },
	{ 0x1924, 0x0923, 0x0923, QUIRK_ANY, FUNCTIONS },
	{ 0x1924, 0x0a03, 0x0a03, QUIRK_ANY, FUNCTIONS },
	/* Intel network controllers */
	{ VENDOR_INTEL, 0x105e, 0x1060, QUIRK_ANY, FUNCTIONS },
	{ VENDOR_INTEL, 0x10a7, 0x10a7, QUIRK_ANY, FUNCTIONS },
	{ VENDOR_INTEL, 0x10a9, 0x10a9, QUIRK_ANY, FUNCTIONS },
	{ VENDOR_INTEL, 0x10c6, 0x10c6, QUIRK_ANY, FUNCTIONS },
	{ VENDOR_INTEL, 0x10c9, 0x10c9, QUIRK_ANY, FUNCTIONS },
	{ VENDOR_INTEL, 0x10d6, 0x10d6, QUIRK_ANY, FUNCTIONS },
	{ VENDOR_INTEL, 0x10d9, 0x10d9, QUIRK_ANY, FUNCTIONS },
	{ VENDOR_INTEL, 0x10db, 0x10db, QUIRK_ANY, FUNCTIONS },
	{ VENDOR_INTEL, 0x10dd, 0x10dd, QUIRK_ANY, FUNCTIONS },
	{ VENDOR_INTEL, 0x10e1, 0x10e1, QUIRK_ANY, FUNCTIONS },
	{ VENDOR_INTEL, 0x10e6, 0x10e8, QUIRK_ANY, FUNCTIONS },
	{ VENDOR_INTEL, 0x10f1, 0x10f1, QUIRK_ANY, FUNCTIONS },
	{ VENDOR_INTEL, 0x10f7, 0x10fc, QUIRK_ANY, FUNCTIONS },
	{ VENDOR_INTEL, 0x1507, 0x1507, QUIRK_ANY, FUNCTIONS },
	{ VENDOR_INTEL, 0x1509, 0x150a, QUIRK_ANY, FUNCTIONS },
	{ VENDOR_INTEL, 0x150d, 0x1511, QUIRK_ANY, FUNCTIONS },
	{ VENDOR_INTEL, 0x1514, 0x1514, QUIRK_ANY, FUNCTIONS },
	{ VENDOR_INTEL, 0x1516, 0x1516, QUIRK_ANY, FUNCTIONS },
	{ VENDOR_INTEL, 0x1518, 0x1518, QUIRK_ANY, FUNCTIONS },
	{ VENDOR_INTEL, 0x151c, 0x151c, QUIRK_ANY, FUNCTIONS },
	{ VENDOR_INTEL, 0x1521, 0x1524, QUIRK_ANY, FUNCTIONS },
	{ VENDOR_INTEL, 0x1526, 0x1527, QUIRK_ANY, FUNCTIONS },
	{ VENDOR_INTEL, 0x1529, 0x152a, QUIRK_ANY, FUNCTIONS },
	{ VENDOR_INTEL, 0x154d, 0x154d, QUIRK_ANY, FUNCTIONS },
	{ VENDOR_INTEL, 0x154f, 0x154f, QUIRK_ANY, FUNCTIONS },
	{ VENDOR_INTEL, 0x1551, 0x1551, QUIRK_ANY, FUNCTIONS },
	{ VENDOR_INTEL, 0x1558, 0x1558, QUIRK_ANY, FUNCTIONS },
	{ VENDOR_INTEL, 0x15b7, 0x15b8, QUIRK_ANY, FUNCTIONS },
	{ VENDOR_INTEL, 0, GV_ANY, QUIRK_RC_END, RCIEP },
	/* Qualcomm, HXT */
	{ 0x17cb, 0x0111, 0x0111, QUIRK_ANY, PORTS },
	{ 0x17cb, 0x0115, 0x0115, QUIRK_ANY, PORTS },
	{ 0x17cb, 0x0120, 0x0120, QUIRK_ANY, PORTS },
	{ 0x17cb, 0x0400, 0x0401, QUIRK_ANY, PORTS },
	{ 0x1dbf, 0x0401, 0x0401, QUIRK_ANY, PORTS },
	/* Intel PCHs: Ibex Peak to X99, then those with ACS of their own kind */
	{ VENDOR_INTEL, 0x3b42, 0x3b51, QUIRK_ROOT_PORT, PCH },
	{ VENDOR_INTEL, 0x1c10, 0x1c1f, QUIRK_ROOT_PORT, PCH },
	{ VENDOR_INTEL, 0x1e10, 0x1e1f, QUIRK_ROOT_PORT, PCH },
	{ VENDOR_INTEL, 0x8c10, 0x8c1f, QUIRK_ROOT_PORT, PCH },
	{ VENDOR_INTEL, 0x9c10, 0x9c1b, QUIRK_ROOT_PORT, PCH },
	{ VENDOR_INTEL, 0x9c90, 0x9c9b, QUIRK_ROOT_PORT, PCH },
	{ VENDOR_INTEL, 0x1d10, 0x1d1e, QUIRK_ROOT_PORT, PCH },
	{ VENDOR_INTEL, 0x8d10, 0x8d1e, QUIRK_ROOT_PORT, PCH },
	{ VENDOR_INTEL, 0x8c90, 0x8c9e, QUIRK_ROOT_PORT, PCH },
	{ VENDOR_INTEL, 0xa110, 0xa11f, QUIRK_INTEL_SPT, SPT },
	{ VENDOR_INTEL, 0xa167, 0xa16a, QUIRK_INTEL_SPT, SPT },
	{ VENDOR_INTEL, 0xa290, 0xa29f, QUIRK_INTEL_SPT, SPT },
	{ VENDOR_INTEL, 0xa2e7, 0xa2ee, QUIRK_INTEL_SPT, SPT },
	{ VENDOR_INTEL, 0x9d10, 0x9d1b, QUIRK_INTEL_SPT, SPT },
	/* Emulex */
	{ 0x19a2, 0x0710, 0x0710, QUIRK_ANY, FUNCTIONS },
	{ 0x10df, 0x0720, 0x0720, QUIRK_ANY, FUNCTIONS },
	/* Cavium */
	{ 0x177d, 0xa000, 0xa7ff, QUIRK_ROOT_PORT, PORTS },
	{ 0x177d, 0xaf84, 0xaf84, QUIRK_ROOT_PORT, PORTS },
	{ 0x177d, 0xb884, 0xb884, QUIRK_ROOT_PORT, PORTS },
	{ 0x177d, 0xa026, 0xa026, QUIRK_ANY, FUNCTIONS },
	{ 0x177d, 0xa059, 0xa060, QUIRK_ANY, FUNCTIONS },
	/* Applied Micro, Ampere */
	{ 0x10e8, 0xe004, 0xe004, QUIRK_ANY, PORTS },
	{ 0x1def, 0xe005, 0xe00c, QUIRK_ANY, PORTS },
	/* Broadcom */
	{ 0x14e4, 0x16d7, 0x16d7, QUIRK_ANY, FUNCTIONS },
	{ 0x14e4, 0x1750, 0x1752, QUIRK_ANY, FUNCTIONS },
	{ 0x14e4, 0x1760, 0x1763, QUIRK_ANY, FUNCTIONS },
	{ 0x14e4, 0xd714, 0xd714, QUIRK_ANY, PORTS },
	/* Loongson */
	{ 0x0014, 0x3c09, 0x3c29, QUIRK_ROOT_PORT, PORTS },
	{ 0x0014, 0x7a09, 0x7a69, QUIRK_ROOT_PORT, PORTS },
	/* Amazon Annapurna Labs */
	{ 0x1c36, 0x0031, 0x0031, QUIRK_ROOT_PORT, PORTS },
	/* Zhaoxin */
	{ 0x1d17, 0x3038, 0x3038, QUIRK_ANY, FUNCTIONS },
	{ 0x1d17, 0x3104, 0x3104, QUIRK_ANY, FUNCTIONS },
	{ 0x1d17, 0x9083, 0x9083, QUIRK_ANY, FUNCTIONS },
	{ 0x1d17, 0x0710, 0x071e, QUIRK_PORT, PORTS },
	{ 0x1d17, 0x0721, 0x0721, QUIRK_PORT, PORTS },
	{ 0x1d17, 0x0723, 0x0752, QUIRK_PORT, PORTS },
	/* NXP */
	{ 0x1957, 0x8d80, 0x8d83, QUIRK_ANY, PORTS },
	{ 0x1957, 0x8d88, 0x8d8b, QUIRK_ANY, PORTS },
	{ 0x1957, 0x8d90, 0x8d93, QUIRK_ANY, PORTS },
	{ 0x1957, 0x8d98, 0x8d9b, QUIRK_ANY, PORTS },
	{ 0x1957, 0x8da0, 0x8da1, QUIRK_ANY, PORTS },
	{ 0x1957, 0x8da8, 0x8da9, QUIRK_ANY, PORTS },
	{ 0x1957, 0x8db0, 0x8db1, QUIRK_ANY, PORTS },
	{ 0x1957, 0x8db8, 0x8db9, QUIRK_ANY, PORTS },
	/* Wangxun */
	{ 0x8088, 0x0100, 0x010f, QUIRK_ANY, FUNCTIONS },
	{ 0x8088, 0x1001, 0x1001, QUIRK_ANY, FUNCTIONS },
	{ 0x8088, 0x2001, 0x2001, QUIRK_ANY, FUNCTIONS },
	{ 0x8088, 0x5010, 0x5010, QUIRK_ANY, FUNCTIONS },
	{ 0x8088, 0x5025, 0x5025, QUIRK_ANY, FUNCTIONS },
	{ 0x8088, 0x5040, 0x5040, QUIRK_ANY, FUNCTIONS },
	{ 0x8088, 0x5110, 0x5110, QUIRK_ANY, FUNCTIONS },
	{ 0x8088, 0x5125, 0x5125, QUIRK_ANY, FUNCTIONS },
	{ 0x8088, 0x5140, 0x5140, QUIRK_ANY, FUNCTIONS },
};

static bool gv_quirk_is(const struct gv_tree *tree, const struct gv_fn *fn,
			enum gv_quirk_type type)
{
	bool root_port = fn->bits.pcie &&
		fn->bits.type == PCI_EXP_TYPE_ROOT_PORT;

	switch (type) {
	case QUIRK_ANY:
		return true;
	case QUIRK_ROOT_PORT:
		return root_port;
	case QUIRK_PORT:
		return root_port || (fn->bits.pcie &&
				     fn->bits.type == PCI_EXP_TYPE_DOWNSTREAM);
	case QUIRK_RC_END:
		return fn->bits.pcie && fn->bits.type == PCI_EXP_TYPE_RC_END;
	case QUIRK_AMD_SB:
		return fn->multifunction && !fn->up && tree->ivrs;
	case QUIRK_INTEL_SPT:
		return root_port && fn->bits.acs;
	}
	return false;
}

int gv_quirk_acs(const struct gv_tree *tree, const struct gv_fn *fn,
		 uint16_t want, const char **what)
{
	const struct gv_quirk *quirk = acs_quirks;
	const struct gv_quirk *end = quirk + sizeof(acs_quirks) /
		sizeof(acs_quirks[0]);

	for (; quirk < end; quirk++) {
		if (fn->vendor != quirk->vendor || fn->device < quirk->first ||
		    fn->device > quirk->last ||
		    !gv_quirk_is(tree, fn, quirk->type))
			continue;
		*what = quirk->what;
		if (quirk->type != QUIRK_INTEL_SPT)
			return 1;
		want &= fn->bits.acs_cap | PCI_ACS_EC;
		return (fn->bits.acs_vector & want) == want;
	}
	return -1;
}

static bool gv_quirk_func0(const struct gv_fn *fn)
{
	switch ((uint32_t)fn->vendor << 16 | fn->device) {
	case 0x1180e832:	/* Ricoh */
	case 0x1180e476:
	case 0x67663d40:	/* Glenfly */
	case 0x67663d41:
		return true;
	}
	return false;
}

static bool gv_quirk_func1(const struct gv_fn *fn)
{
	switch ((uint32_t)fn->vendor << 16 | fn->device) {
	case 0x1b4b9120:	/* Marvell */
	case 0x1b4b9123:
	case 0x1b4b9125:
	case 0x1b4b9128:
	case 0x1b4b9130:
	case 0x1b4b9170:
	case 0x1b4b9172:
	case 0x1b4b917a:
	case 0x1b4b9182:
	case 0x1b4b9183:
	case 0x1b4b91a0:
	case 0x1b4b9215:
	case 0x1b4b9220:
	case 0x1b4b9230:
	case 0x1b4b9235:
	case 0x11030642:	/* HighPoint */
	case 0x11030645:
	case 0x197b2392:	/* JMicron */
	case 0x1c280122:	/* Plextor */
		return true;
	}
	return false;
}

int gv_quirk_alias(const struct gv_fn *fn)
{
	int slot = fn->devfn & ~7;

	if (gv_quirk_func0(fn) && fn->devfn & 7)
		return slot;
	if (gv_quirk_func1(fn) && (fn->devfn & 7) != 1)
		return slot | 1;
	return -1;
}

bool gv_quirk_no_alias(const struct gv_fn *fn)
{
	/* ASPEED: no real PCI bus behind it */
	return fn->vendor == 0x1a03 && fn->device == 0x1150;
}

bool gv_quirk_xlate_root(const struct gv_fn *fn)
{
	/* Broadcom Vulcan, Cavium ThunderX2 */
	return fn->vendor == 0x14e4 &&
		(fn->device == 0x9000 || fn->device == 0x9084);
}

bool gv_quirk_vmd(const struct gv_fn *fn)
{
	return fn->vendor == VENDOR_INTEL && fn->class >> 8 == 0x0104;
}
