/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GV_VF_H
#define GV_VF_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/pci.h>

#include "gpu.h"

/**
 * struct gv_vf - an SR-IOV virtual function of a GPU
 * @ref: reference count
 * @node: entry in the list of VFs, in the order of arrival (gv_vfs_lock)
 * @pdev: the PCI device, with a reference (immutable)
 * @gpu: its PF, with a reference (immutable)
 * @serial: number of this appearance (immutable)
 * @index: number of the VF on its PF, from 0 (immutable)
 * @group: IOMMU group, negative if none (gv_state_lock)
 * @driver: name of the bound driver, empty if none (gv_state_lock)
 * @managed: the bound driver leaves DMA to its user, as those of VFIO do; the
 *	others use the DMA API, and keep VFIO out of the IOMMU group
 *	(gv_state_lock)
 * @leaving: @driver is being unbound, which takes until nobody has the VF open
 *	(gv_state_lock)
 * @gone: it has left the list (gv_state_lock)
 * @parked: drivers are kept from it, as it is about to be taken away (device lock
 *	of the PF)
 * @driven: it lost a driver while it was parked (device lock of the PF)
 * @kept: driver override that it had before, or NULL (device lock of the PF)
 */
struct gv_vf {
	struct kref ref;
	struct list_head node;
	struct pci_dev *pdev;
	struct gv_gpu *gpu;
	u64 serial;
	u32 index;
	int group;
	char driver[GPUVIRT_DRIVER_MAX + 1];
	bool managed;
	bool leaving;
	bool gone;
	bool parked;
	bool driven;
	char *kept;
};

void gv_vf_add(struct pci_dev *pdev);
void gv_vf_del(struct pci_dev *pdev);
void gv_vf_driver(struct pci_dev *pdev, bool failed);
void gv_vf_leaving(struct pci_dev *pdev);
int gv_vfs_complete(struct gv_gpu *gpu, struct gv_why *why);
void gv_vfs_of_gpu_del(struct gv_gpu *gpu);

struct gv_vf *gv_vf_find(const char *address, u64 serial, struct gv_why *why);
struct gv_vf *gv_vf_next(struct gv_vf *prev);
void gv_vf_put(struct gv_vf *vf);
bool gv_vf_is_open(struct gv_vf *vf);

#endif
