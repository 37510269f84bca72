/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GV_OPERATION_H
#define GV_OPERATION_H

#include <linux/list.h>
#include <linux/workqueue.h>

#include <gpuvirt/ops.h>

#include "id.h"
#include "sriov.h"

struct gv_gpu;
struct gv_operation;

/* How many can be under way at once, and how many that ended are kept. */
#define GV_OPERATIONS_RUNNING_MAX 64
#define GV_OPERATIONS_KEPT 64

/*
 * What an operation does: 0, or a negative errno with @why filled in. With 0, a
 * sentence in @why tells that it is not all that was asked for.
 */
typedef int (*gv_operation_fn)(struct gv_operation *op, struct gv_why *why);

/**
 * struct gv_operation - a change that takes time
 * @node: entry in the list, by rising id (gv_operations_lock)
 * @ended: entry in the list of those that have ended, by when (gv_operations_lock)
 * @work: does it
 * @id: number, never used twice while the module is loaded (immutable)
 * @kind: what it does (immutable)
 * @run: does it (immutable)
 * @pinned: it has a reference to this module (immutable)
 * @state: how far it is (gv_operations_lock)
 * @subject: what it acts on; what it has made, once it is done
 *	(gv_operations_lock)
 * @err: errno of the outcome, positive (gv_operations_lock)
 * @why: reason and sentence of a failure, or of what it fell short of
 *	(gv_operations_lock)
 * @generation: of the configuration when it ended (gv_operations_lock)
 * @params: what to make, for GPUVIRT_OPERATION_KIND_SIM_NEW (immutable)
 * @serial: serial of the vGPU or VF, or 0 (immutable)
 * @gpu: GPU that it acts on, for operations on VFs; with a reference while it
 *	runs (immutable)
 * @vfs: VFs as asked for, and their driver, for
 *	GPUVIRT_OPERATION_KIND_VF_ENABLE (immutable)
 * @count: VFs that are enabled when it ends, for operations on VFs
 *	(gv_operations_lock)
 * @pci_id: for GPUVIRT_OPERATION_KIND_ID_NEW and _DEL (immutable)
 */
struct gv_operation {
	struct list_head node;
	struct list_head ended;
	struct work_struct work;
	u64 id;
	enum gpuvirt_operation_kind kind;
	gv_operation_fn run;
	bool pinned;
	enum gpuvirt_operation_state state;
	char subject[40];
	int err;
	struct gv_why why;
	u64 generation;

	struct gv_instance_params params;
	u64 serial;
	struct gv_gpu *gpu;
	struct gv_sriov_request vfs;
	u32 count;
	struct gv_id pci_id;
};

void gv_operation_count(struct gv_operation *op, u32 count);
int gv_operations_init(void);
void gv_operations_exit(void);

struct gv_operation *gv_operation_alloc(enum gpuvirt_operation_kind kind,
					const char *subject,
					gv_operation_fn run,
					struct gv_why *why);
int gv_operation_start(struct gv_operation *op, u64 *id, struct gv_why *why);

int gv_sim_new(const struct gv_instance_params *params, u64 generation,
	       u64 *id, struct gv_why *why);
int gv_sim_del(const char *address, u64 generation, u64 *id,
	       struct gv_why *why);
int gv_sim_set(const char *address, const u32 *faults, u64 generation,
	       struct gv_why *why);
int gv_vgpu_reset_op(const char *vgpu, u64 serial, u64 *id,
		     struct gv_why *why);

int gv_operation_read(u64 id, struct gv_operation *copy, struct gv_why *why);
int gv_operation_read_next(u64 after, struct gv_operation *copy);

#endif
