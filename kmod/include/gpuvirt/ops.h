/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The contract between gpuvirt.ko and a backend: a driver that owns a physical
 * GPU and lets the core cut it into mdev vGPUs. It is the only header of the
 * core that a backend includes. Documentation/backend.rst walks through it.
 */
#ifndef GPUVIRT_OPS_H
#define GPUVIRT_OPS_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/types.h>

#include <gpuvirt/why.h>

struct device;
struct gv_backend;
struct module;
struct page;
struct pci_dev;

/* Sizes of VRAM slices are multiples of this, in bytes. */
#define GV_VRAM_GRANULE (1ULL << 20)

/**
 * struct gv_slice - a range of a GPU's VRAM that one vGPU has to itself
 * @node: entry in the list of slices, sorted by @offset; the core's
 * @offset: start in the GPU's VRAM, in bytes, a multiple of GV_VRAM_GRANULE
 * @size: length in bytes, a multiple of GV_VRAM_GRANULE
 * @backed: pages that back it now; kept by the backend
 */
struct gv_slice {
	struct list_head node;
	u64 offset;
	u64 size;
	atomic_long_t backed;
};

/**
 * struct gv_backend_ops - what a backend does for the core
 * @owner: the backend's module; pinned while a vGPU exists
 * @name: name of the backend, for people and for `gpu show`
 * @vram_page: mandatory. Page that backs page number @index of @slice, with a
 *	reference for the caller. If the page is not backed yet, either back it
 *	with a zeroed page (@alloc), or return NULL. The page is charged to the
 *	memory cgroup that is active when this is called.
 *	Returns a page; NULL; ERR_PTR(-ENOSPC) if the backing limit is reached;
 *	ERR_PTR(-ENOMEM).
 *	Called in context: process, may sleep. Calls for one slice may run in parallel.
 * @vram_zero: mandatory. Zero all of @slice that is backed, in place.
 *	Called in context: process, may sleep; may run in parallel with @vram_page.
 * @vram_free: mandatory. Zero and give back all that backs @slice. Others may
 *	still hold references to its pages.
 *	Called in context: process, may sleep; no other call for @slice runs meanwhile.
 * @backing: mandatory. Tell the backing limit and how much is used, in bytes.
 *	Called in context: any, does not sleep.
 * @set_backing_limit: mandatory. Change the limit, in bytes.
 *	Returns 0, or a negative errno with @why filled in; nothing is changed
 *	then.
 *	Called in context: process, does not sleep.
 * @sriov_blocked: optional. What keeps the GPU from having VFs, if something
 *	does that only the backend knows; asked before its sriov_configure is.
 *	Returns 0, or a negative errno with @why filled in.
 *	Called in context: any, does not sleep.
 */
struct gv_backend_ops {
	struct module *owner;
	const char *name;
	struct page *(*vram_page)(void *priv, struct gv_slice *slice,
				  unsigned long index, bool alloc);
	void (*vram_zero)(void *priv, struct gv_slice *slice);
	void (*vram_free)(void *priv, struct gv_slice *slice);
	void (*backing)(void *priv, u64 *limit, u64 *used);
	int (*set_backing_limit)(void *priv, u64 limit, struct gv_why *why);
	int (*sriov_blocked)(void *priv, struct gv_why *why);
};

/**
 * struct gv_backend_desc - what a backend offers on one GPU
 * @model: model of the GPU, in the backend's words
 * @vram: VRAM that can be given to vGPUs, in bytes, a multiple of
 *	GV_VRAM_GRANULE
 * @max_vgpus: most vGPUs that can exist at once
 */
struct gv_backend_desc {
	const char *model;
	u64 vram;
	u32 max_vgpus;
};

struct gv_backend *gv_backend_register(struct pci_dev *pdev,
				       const struct gv_backend_ops *ops,
				       const struct gv_backend_desc *desc,
				       void *priv);
void gv_backend_unregister(struct gv_backend *be);
bool gv_mdev_any(struct device *parent);

/**
 * struct gv_instance_params - a GPU to be made, as asked for
 * @model: name of a model, empty for the default one
 * @vram: VRAM in bytes, 0 for the model's
 * @backing_limit: most host memory that may back it in bytes, 0 for the default
 * @max_vgpus: most vGPUs, 0 for the model's
 * @domain: PCI domain, negative for a free one
 * @total_vfs: SR-IOV virtual functions, negative for as many as the model has
 * @root_port: what kind of root port is above it
 */
struct gv_instance_params {
	char model[33];
	u64 vram;
	u64 backing_limit;
	u32 max_vgpus;
	s64 domain;
	s64 total_vfs;
	enum gpuvirt_root_port root_port;
};

/**
 * struct gv_factory_ops - a backend that makes its own GPUs
 * @owner: its module
 * @instance_new: make a GPU, which registers itself as any backend does.
 *	@address gets its PCI address (at least 17 bytes).
 *	Returns 0, or a negative errno with @why filled in and nothing left.
 *	Called in context: process, may sleep.
 * @instance_known: has @instance_new made the GPU of this PCI address, and is it
 *	not removed yet. It may be missing on its bus meanwhile. @faults gets the
 *	faults that it shows, unless it is NULL.
 *	Called in context: process, does not sleep.
 * @instance_del: remove the GPU of this PCI address. The core has seen to it that
 *	no vGPU of it is open, nor can be opened.
 *	Returns 0, -ENOENT if it is not known, -EBUSY with @why filled in if it or a
 *	VF of it is in use, or -ENOMEM.
 *	Called in context: process, may sleep.
 * @instance_fault: let the GPU of this PCI address show these faults, bits of
 *	enum gpuvirt_sim_fault, and no others.
 *	Returns 0, or -ENOENT if it is not known.
 *	Called in context: process, does not sleep.
 */
struct gv_factory_ops {
	struct module *owner;
	int (*instance_new)(const struct gv_instance_params *params,
			    char *address, struct gv_why *why);
	bool (*instance_known)(const char *address, u32 *faults);
	int (*instance_del)(const char *address, struct gv_why *why);
	int (*instance_fault)(const char *address, u32 faults,
			      struct gv_why *why);
};

int gv_factory_register(const struct gv_factory_ops *ops);
void gv_factory_unregister(const struct gv_factory_ops *ops);

#endif
