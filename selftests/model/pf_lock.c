// SPDX-License-Identifier: GPL-2.0
/*
 * The locks under which VFs are enabled, on kernels of which Debian has some no more:
 * the model is the PCI core's rescan lock, which nobody may take twice, and what its
 * releases do with it where they add a VF.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

struct device {
	bool locked;		/* by us */
	unsigned int others;	/* so many have it before we do */
};

struct pci_dev {
	struct device dev;
	char *driver_override;
};

/* Do we have it? */
static bool rescan;

static void pci_lock_rescan_remove(void)
{
	gv_expect(!rescan, "the rescan lock is taken twice");
	rescan = true;
}

static void pci_unlock_rescan_remove(void)
{
	gv_expect(rescan, "the rescan lock is not ours");
	rescan = false;
}

static bool device_trylock(struct device *dev)
{
	if (dev->others)
		return false;
	dev->locked = true;
	return true;
}

/* Whoever has it may wait for the rescan lock. */
static void device_lock(struct device *dev)
{
	gv_expect(!rescan, "waits for a device with the rescan lock held");
	if (dev->others)
		dev->others--;
	dev->locked = true;
}

static void device_unlock(struct device *dev)
{
	gv_expect(dev->locked, "the device's lock is not ours");
	dev->locked = false;
}

/* For the rest of that header. */
#define GV_HAVE_PCI_DRIVER_OVERRIDE
#define GFP_KERNEL 0

static char *kstrdup(const char *text, int gfp)
{
	return strdup(text);
}

#include <linux/pci.h>

/* Not the one of this machine. */
#undef LINUX_VERSION_CODE
#define LINUX_VERSION_CODE version
static unsigned int version;

#include "pf_lock.h"

/*
 * Does the PCI core take the rescan lock where it adds a VF, pci_iov_add_virtfn()?
 * As Documentation/compat.rst says, and so no other source than the header has: what
 * is shown is that the two agree, at each end of a range.
 */
static const struct {
	unsigned int a, b, c;
	bool locks;
} releases[] = {
	{ 6, 1, 0, false }, { 6, 1, 156, false }, { 6, 1, 157, true },
	{ 6, 1, 164, true }, { 6, 1, 165, false }, { 6, 1, 192, false },
	{ 6, 12, 0, false }, { 6, 12, 53, false }, { 6, 12, 54, true },
	{ 6, 12, 74, true }, { 6, 12, 75, false }, { 6, 12, 117, false },
	{ 6, 18, 0, true }, { 6, 19, 0, true }, { 7, 1, 0, false },
	{ 7, 3, 4, false },
};

static void enable_vfs(bool locks)
{
	struct pci_dev pf = { .dev.others = gv_below(4) };

	gv_pf_sriov_lock(&pf);
	gv_expect(pf.dev.locked, "%06x: the PF's driver can leave", version);
	/* The core takes it, or leaves that to us. */
	gv_expect(rescan != locks, "%06x: the core %s the rescan lock", version,
		  locks ? "takes" : "does not take");
	gv_pf_sriov_unlock(&pf);
	gv_expect(!pf.dev.locked && !rescan, "%06x: a lock is kept", version);
	rescan = false;
}

void gv_model_pf_lock(uint64_t n)
{
	const unsigned int rows = sizeof(releases) / sizeof(releases[0]);

	while (n--) {
		gv_case();
		version = KERNEL_VERSION(releases[n % rows].a,
					 releases[n % rows].b,
					 releases[n % rows].c);
		enable_vfs(releases[n % rows].locks);
	}
}
