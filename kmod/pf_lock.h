/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The two locks under which a GPU's VFs stay as they are, for both modules: the
 * PCI core's rescan lock, and the device lock of the PF within it.
 */
#ifndef GV_PF_LOCK_H
#define GV_PF_LOCK_H

#include <linux/pci.h>

/**
 * gv_pf_lock() - keep a PF, its driver and its VFs where they are
 * @pdev: the PF
 *
 * Hot-unplug waits for the device lock with the rescan lock held, and the PCI
 * core's sriov_numvfs the other way round. So the device lock is only tried with
 * the rescan lock held, and waited for without.
 *
 * Context: process, may sleep for long.
 */
static inline void gv_pf_lock(struct pci_dev *pdev)
{
	for (;;) {
		pci_lock_rescan_remove();
		if (device_trylock(&pdev->dev))
			return;
		pci_unlock_rescan_remove();
		device_lock(&pdev->dev);
		device_unlock(&pdev->dev);
	}
}

/**
 * gv_pf_sriov_lock() - keep a PF and its driver where they are, for a change of VFs
 * @pdev: the PF
 *
 * As gv_pf_lock(), but without the rescan lock on kernels that take it themselves
 * where VFs are added and removed.
 *
 * Context: process, may sleep for long.
 */
static inline void gv_pf_sriov_lock(struct pci_dev *pdev)
{
	gv_pf_lock(pdev);
	if (GV_PCI_IOV_LOCKS_RESCAN)
		pci_unlock_rescan_remove();
}

/**
 * gv_pf_sriov_unlock() - the end of gv_pf_sriov_lock()
 * @pdev: the PF
 */
static inline void gv_pf_sriov_unlock(struct pci_dev *pdev)
{
	device_unlock(&pdev->dev);
	if (!GV_PCI_IOV_LOCKS_RESCAN)
		pci_unlock_rescan_remove();
}

#endif
