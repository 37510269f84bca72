/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GV_GPU_H
#define GV_GPU_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/pci.h>

#include <gpuvirt/why.h>

#include "birth.h"

struct gv_backend;
struct module;

/**
 * struct gv_gpu - a physical function that is a GPU, whoever drives it
 * @ref: reference count
 * @node: entry in the registry, in the order of arrival (gv_gpus_lock)
 * @serial: number of its arrival, from 1 on (immutable)
 * @pdev: the PCI device, with a reference (immutable)
 * @group: IOMMU group, negative if none (gv_state_lock)
 * @sriov_off: it has an SR-IOV capability, with no VFs (immutable)
 * @driver: name of the bound PF driver, empty if none (gv_state_lock)
 * @driver_sriov: it can enable VFs (gv_state_lock)
 * @be: backend that offers mdev vGPUs, or NULL (gv_state_lock)
 * @birth: driver that its VFs get when they appear, whoever enables them; empty
 *	if it was not set (gv_state_lock)
 * @birth_once: the same for those that an operation enables; empty while none
 *	does (gv_state_lock)
 * @ours: there are VFs, and it was us who was asked for them (gv_state_lock)
 * @managed: how many of its VFs have a driver that leaves DMA to its user
 *	(gv_state_lock)
 * @pinned: module of the PF driver, with a reference, as gv_sriov_pin() has it
 *	(gv_state_lock)
 * @changing: VFs are being enabled or disabled (gv_state_lock)
 * @resets: how many of its VFs are being reset (gv_state_lock)
 * @leaving: it is being removed by us (gv_state_lock)
 * @forgotten: it is being taken out, with the id that made it a GPU (gv_state_lock)
 * @gone: it has left the registry (gv_state_lock)
 */
struct gv_gpu {
	struct kref ref;
	struct list_head node;
	u64 serial;
	struct pci_dev *pdev;
	int group;
	bool sriov_off;
	char driver[GPUVIRT_DRIVER_MAX + 1];
	bool driver_sriov;
	struct gv_backend *be;
	char birth[GPUVIRT_DRIVER_MAX + 1];
	char birth_once[GPUVIRT_DRIVER_MAX + 1];
	bool ours;
	u32 managed;
	struct module *pinned;
	bool changing;
	unsigned int resets;
	bool leaving;
	bool forgotten;
	bool gone;
};

struct gv_gpu *gv_gpu_find(const char *address, u16 attr, struct gv_why *why);
struct gv_gpu *gv_gpu_find_pdev(const struct pci_dev *pdev);
struct gv_gpu *gv_gpu_next(struct gv_gpu *prev);
void gv_gpu_put(struct gv_gpu *gpu);
u32 gv_gpu_methods(struct gv_gpu *gpu);
int gv_gpu_change_begin(struct gv_gpu *gpu, u16 attr, struct gv_why *why);
void gv_gpu_change_cancel(struct gv_gpu *gpu);
void gv_gpu_change_end(struct gv_gpu *gpu);
int gv_gpu_reset_begin(struct gv_gpu *gpu, u16 attr, struct gv_why *why);
void gv_gpu_reset_end(struct gv_gpu *gpu);
int gv_pci_group(struct pci_dev *pdev);

bool gv_gpu_by_nature(const struct pci_dev *pdev);
int gv_gpu_add(struct pci_dev *pdev);
void gv_gpu_del(struct pci_dev *pdev);
void gv_gpu_drop(struct gv_gpu *gpu);
void gv_gpu_driver(struct pci_dev *pdev, bool failed);
void gv_gpus_drop(void);

bool gv_is_accelerator(const struct pci_dev *pdev);

#endif
