/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GV_BACKEND_H
#define GV_BACKEND_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/wait.h>

#include <gpuvirt/ops.h>

#include "gpu.h"
#include "vram.h"

struct mdev_parent;

/**
 * struct gv_backend - what one backend offers on one GPU
 * @ref: reference count; @ops may not be called when only it is held, the
 *	backend must not have left
 * @gpu: the GPU, with a reference (immutable)
 * @ops: what the backend does for us (immutable)
 * @priv: the backend's cookie for @ops (immutable)
 * @model: model in the backend's words (immutable)
 * @max_vgpus: most vGPUs (immutable)
 * @vram: who has which VRAM (gv_state_lock)
 * @nr_vgpus: vGPUs that exist (gv_state_lock)
 * @nr_open: vGPUs that a process has open (gv_state_lock)
 * @drain: an administrator wants no new vGPUs (gv_state_lock)
 * @leaving: no new vGPU and no open any more (gv_state_lock)
 * @gone: the same, for good: its driver is taking it away (gv_state_lock)
 * @types_lock: makes changes of the types one at a time. It is never taken
 *	where the mdev core calls us (probe, remove, sysfs), since deleting a type
 *	waits for these.
 * @types: vGPU types (@types_lock)
 * @nr_types: number of entries in @types (@types_lock to write, read anywhere)
 * @types_gone: no type may be added or deleted any more (@types_lock)
 * @types_alive: types whose memory is not freed yet
 * @types_wait: woken when @types_alive becomes 0
 * @parent: the mdev core's part, NULL without mdev (immutable)
 */
struct gv_backend {
	struct kref ref;
	struct gv_gpu *gpu;
	const struct gv_backend_ops *ops;
	void *priv;
	char model[33];
	u32 max_vgpus;

	struct gv_vram vram;
	u32 nr_vgpus;
	u32 nr_open;
	bool drain;
	bool leaving;
	bool gone;

	struct mutex types_lock;
	struct list_head types;
	u32 nr_types;
	bool types_gone;
	atomic_t types_alive;
	wait_queue_head_t types_wait;

	struct mdev_parent *parent;
};

struct gv_backend *gv_backend_get(struct gv_gpu *gpu);
struct gv_backend *gv_backend_need(struct gv_gpu *gpu, u16 attr,
				   struct gv_why *why);
void gv_backend_hold(struct gv_backend *be);
void gv_backend_put(struct gv_backend *be);

enum gpuvirt_reason gv_backend_open_for_vgpus(const struct gv_backend *be);
int gv_backend_set(struct gv_gpu *gpu, struct gv_backend *be,
		   const u64 *backing_limit, const bool *drain, u64 generation,
		   struct gv_why *why);
int gv_backend_leave(struct gv_gpu *gpu, u16 attr, u64 generation,
		     struct gv_why *why);
void gv_backend_stay(struct gv_gpu *gpu);

#endif
