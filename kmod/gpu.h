/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GV_GPU_H
#define GV_GPU_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/pci.h>

#include <gpuvirt/why.h>

struct gv_backend;

/**
 * struct gv_gpu - a physical function that is a GPU, whoever drives it
 * @ref: reference count
 * @node: entry in the registry, in the order of arrival (gv_gpus_lock)
 * @pdev: the PCI device, with a reference (immutable)
 * @group: IOMMU group, negative if none (immutable)
 * @driver: name of the bound PF driver, empty if none (gv_state_lock)
 * @be: backend that offers mdev vGPUs, or NULL (gv_state_lock)
 * @gone: it has left the registry (gv_state_lock)
 */
struct gv_gpu {
	struct kref ref;
	struct list_head node;
	struct pci_dev *pdev;
	int group;
	char driver[64];
	struct gv_backend *be;
	bool gone;
};

int gv_gpus_init(void);
void gv_gpus_exit(void);

struct gv_gpu *gv_gpu_find(const char *address, u16 attr, struct gv_why *why);
struct gv_gpu *gv_gpu_find_pdev(const struct pci_dev *pdev);
struct gv_gpu *gv_gpu_next(struct gv_gpu *prev);
void gv_gpu_put(struct gv_gpu *gpu);
u32 gv_gpu_methods(struct gv_gpu *gpu);

bool gv_is_accelerator(const struct pci_dev *pdev);

#endif
