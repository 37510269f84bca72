// SPDX-License-Identifier: GPL-2.0
/*
 * Changes that wait for a device or a module: a netlink request checks what can
 * be checked at once, starts one of these and answers with its id. The outcome
 * is an event, and can be asked for.
 */
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include "backend.h"
#include "event.h"
#include "factory.h"
#include "operation.h"
#include "state.h"
#include "vgpu.h"
#include "vgpu_list.h"

/* Guards what follows. Outside gv_state_lock. */
static DEFINE_SPINLOCK(gv_operations_lock);
static LIST_HEAD(gv_operations);	/* by id */
static LIST_HEAD(gv_operations_ended);	/* the last to end is the last */
static u64 gv_operation_last_id;
static unsigned int gv_operations_running;
static unsigned int gv_operations_kept;

static struct workqueue_struct *gv_operations_wq;

static int gv_operation_sim_new(struct gv_operation *op, struct gv_why *why)
{
	char address[GPUVIRT_ADDRESS_MAX + 1] = "";
	int err;

	err = gv_factory_new(&op->params, address, why);
	if (err)
		return err;

	spin_lock(&gv_operations_lock);
	strscpy(op->subject, address, sizeof(op->subject));
	spin_unlock(&gv_operations_lock);

	return 0;
}

/*
 * gv_sim_del() had marked it, if it was on its bus. If it has been removed from there
 * and found again since, this is another one.
 */
static int gv_operation_leave(const char *address, struct gv_why *why)
{
	struct gv_gpu *gpu = gv_gpu_find(address, 0, NULL);
	struct gv_why user = {};
	bool marked;
	int err = 0;

	if (IS_ERR(gpu))
		return 0;
	spin_lock(&gv_state_lock);
	marked = gpu->leaving;
	spin_unlock(&gv_state_lock);
	if (!marked)
		err = gv_backend_leave(gpu, 0, 0, &user);
	/* The outcome is for everybody, who has it open is not. */
	if (err)
		err = gv_fail(why, err, user.reason, 0,
			      "GPU %s was found again on its bus meanwhile, and is in use",
			      address);
	gv_gpu_put(gpu);

	return err;
}

static int gv_operation_sim_del(struct gv_operation *op, struct gv_why *why)
{
	struct gv_gpu *gpu;
	int err;

	err = gv_operation_leave(op->subject, why);
	if (err)
		return err;
	/* Nobody holds on to the GPU here: that would be waited for. */
	err = gv_factory_del(op->subject, why);
	if (!err)
		return 0;

	gpu = gv_gpu_find(op->subject, 0, NULL);
	if (IS_ERR(gpu))
		return err;
	gv_backend_stay(gpu);
	gv_gpu_put(gpu);

	return err;
}

static int gv_operation_vgpu_reset(struct gv_operation *op, struct gv_why *why)
{
	struct gv_vgpu *vgpu;

	spin_lock(&gv_state_lock);
	vgpu = gv_vgpu_list_find(op->subject, op->serial, why);
	if (!IS_ERR(vgpu) && !gv_vgpu_use(vgpu))
		vgpu = ERR_PTR(gv_fail(why, -ENOENT,
				       GPUVIRT_REASON_VGPU_UNKNOWN,
				       GPUVIRT_A_VGPU_ID,
				       "the vGPU is being removed"));
	spin_unlock(&gv_state_lock);
	if (IS_ERR(vgpu))
		return PTR_ERR(vgpu);

	gv_vgpu_reset(vgpu);
	gv_vgpu_unuse(vgpu);

	return 0;
}

static void gv_operation_trim(void)
{
	struct gv_operation *op;

	lockdep_assert_held(&gv_operations_lock);

	while (gv_operations_kept > GV_OPERATIONS_KEPT) {
		op = list_first_entry(&gv_operations_ended, struct gv_operation,
				      ended);
		list_del(&op->node);
		list_del(&op->ended);
		gv_operations_kept--;
		kfree(op);
	}
}

static void gv_operation_end(struct gv_operation *op, int err,
			     const struct gv_why *why)
{
	struct gv_operation copy;

	spin_lock(&gv_operations_lock);
	op->err = -err;
	op->why = *why;
	op->generation = gv_generation();
	op->state = err ? GPUVIRT_OPERATION_STATE_FAILED :
			  GPUVIRT_OPERATION_STATE_DONE;
	gv_operations_running--;
	gv_operations_kept++;
	list_add_tail(&op->ended, &gv_operations_ended);
	/* Others may free it once it has ended, so the event is of a copy. */
	copy = *op;
	gv_operation_trim();
	spin_unlock(&gv_operations_lock);

	gv_event_operation(&copy);
}

static void gv_operation_work(struct work_struct *work)
{
	struct gv_operation *op = container_of(work, struct gv_operation, work);
	struct gv_why why = {};
	int err;

	err = op->run(op, &why);
	/* Before anybody is told: gv_operations_exit() waits for the rest. */
	if (op->pinned)
		module_put(THIS_MODULE);
	gv_operation_end(op, err, &why);
}

/**
 * gv_operation_start() - start an operation
 * @op: the operation, all filled in
 * @id: gets its id
 * @why: where to note a refusal
 *
 * This module stays until it has ended, as it may wait for a device for long, and
 * nobody could ask for what. One that is being unloaded just then waits instead.
 *
 * Return: 0, and @op is not the caller's any more; or -EBUSY, and it is.
 */
int gv_operation_start(struct gv_operation *op, u64 *id, struct gv_why *why)
{
	INIT_WORK(&op->work, gv_operation_work);
	op->state = GPUVIRT_OPERATION_STATE_RUNNING;

	spin_lock(&gv_operations_lock);
	if (gv_operations_running >= GV_OPERATIONS_RUNNING_MAX) {
		spin_unlock(&gv_operations_lock);
		return gv_fail(why, -EBUSY, GPUVIRT_REASON_OPERATION_LIMIT, 0,
			       "%u operations are under way, the most there can be",
			       GV_OPERATIONS_RUNNING_MAX);
	}
	gv_operations_running++;
	op->pinned = try_module_get(THIS_MODULE);
	op->id = ++gv_operation_last_id;
	*id = op->id;
	list_add_tail(&op->node, &gv_operations);
	spin_unlock(&gv_operations_lock);

	queue_work(gv_operations_wq, &op->work);
	return 0;
}

/**
 * gv_operation_alloc() - memory for an operation
 * @kind: what it does
 * @subject: what it acts on, a PCI address, an id, or nothing
 * @run: does it
 * @why: where to note a refusal
 *
 * Return: the operation, for gv_operation_start() or kfree(), or NULL.
 */
struct gv_operation *gv_operation_alloc(enum gpuvirt_operation_kind kind,
					const char *subject,
					gv_operation_fn run, struct gv_why *why)
{
	struct gv_operation *op = kzalloc(sizeof(*op), GFP_KERNEL);

	if (!op) {
		gv_fail_nomem(why);
		return NULL;
	}
	op->kind = kind;
	op->run = run;
	strscpy(op->subject, subject, sizeof(op->subject));

	return op;
}

/**
 * gv_sim_new() - start to make a simulated GPU
 * @params: what was asked for
 * @generation: generation the caller has seen, or 0
 * @id: gets the id of the operation
 * @why: where to note a refusal
 *
 * Return: 0 or a negative errno.
 */
int gv_sim_new(const struct gv_instance_params *params, u64 generation,
	       u64 *id, struct gv_why *why)
{
	struct gv_operation *op;
	int err;

	spin_lock(&gv_state_lock);
	err = gv_check_generation(generation, GPUVIRT_A_SIM_GENERATION, why);
	spin_unlock(&gv_state_lock);
	if (err)
		return err;

	op = gv_operation_alloc(GPUVIRT_OPERATION_KIND_SIM_NEW, "",
				gv_operation_sim_new, why);
	if (!op)
		return -ENOMEM;
	op->params = *params;
	err = gv_operation_start(op, id, why);
	if (err)
		kfree(op);
	return err;
}

/**
 * gv_sim_del() - start to remove a simulated GPU
 * @address: its PCI address, or NULL if the request had none
 * @generation: generation the caller has seen, or 0
 * @id: gets the id of the operation
 * @why: where to note a refusal
 *
 * No vGPU of it can be made or opened any more when this returns 0.
 *
 * Return: 0 or a negative errno.
 */
int gv_sim_del(const char *address, u64 generation, u64 *id,
	       struct gv_why *why)
{
	struct gv_operation *op;
	struct gv_gpu *gpu;
	int err;

	gpu = gv_gpu_find(address, GPUVIRT_A_SIM_GPU, why);
	if (!address)
		return -EINVAL;
	if (!gv_factory_knows(address, NULL)) {
		if (IS_ERR(gpu))
			return PTR_ERR(gpu);
		gv_gpu_put(gpu);
		return gv_fail(why, -ENOENT, GPUVIRT_REASON_NOT_SIMULATED,
			       GPUVIRT_A_SIM_GPU,
			       "GPU %s is not a simulated one", address);
	}

	/*
	 * It may have no PF driver, and thus no backend, or not even be on its
	 * bus any more.
	 */
	if (IS_ERR(gpu)) {
		gpu = NULL;
		memset(why, 0, sizeof(*why));
	}
	err = gv_backend_leave(gpu, GPUVIRT_A_SIM_GPU, generation, why);
	if (err)
		goto out_put;

	op = gv_operation_alloc(GPUVIRT_OPERATION_KIND_SIM_DEL, address,
				gv_operation_sim_del, why);
	if (!op) {
		err = -ENOMEM;
		goto err_stay;
	}
	err = gv_operation_start(op, id, why);
	if (err)
		goto err_free;
	goto out_put;

err_free:
	kfree(op);
err_stay:
	if (gpu)
		gv_backend_stay(gpu);
out_put:
	gv_gpu_put(gpu);
	return err;
}

/**
 * gv_sim_set() - let a simulated GPU show faults
 * @address: its PCI address, or NULL if the request had none
 * @faults: bits of enum gpuvirt_sim_fault, or NULL to leave them
 * @generation: generation the caller has seen, or 0
 * @why: where to note a refusal
 *
 * Not an operation, as it waits for nothing. Faults are not configuration, so
 * they make no new generation.
 *
 * Return: 0 or a negative errno.
 */
int gv_sim_set(const char *address, const u32 *faults, u64 generation,
	       struct gv_why *why)
{
	int err;

	if (!address) {
		err = gv_fail(why, -EINVAL, GPUVIRT_REASON_MISSING_ATTRIBUTE,
			      GPUVIRT_A_SIM_GPU,
			      "the PCI address of the GPU is missing");
		why->missing = true;
		return err;
	}
	spin_lock(&gv_state_lock);
	err = gv_check_generation(generation, GPUVIRT_A_SIM_GENERATION, why);
	spin_unlock(&gv_state_lock);
	if (err)
		return err;
	return gv_factory_fault(address, faults, why);
}

/**
 * gv_vgpu_reset_op() - start to reset a vGPU
 * @vgpu: its UUID as text, or NULL if the request had none
 * @serial: serial it must have, or 0
 * @id: gets the id of the operation
 * @why: where to note a refusal
 *
 * Return: 0 or a negative errno.
 */
int gv_vgpu_reset_op(const char *vgpu, u64 serial, u64 *id, struct gv_why *why)
{
	struct gv_operation *op;
	struct gv_vgpu *found;
	int err;

	spin_lock(&gv_state_lock);
	found = gv_vgpu_list_find(vgpu, serial, why);
	/* This one, and none that gets its id before the work runs. */
	if (!IS_ERR(found))
		serial = found->serial;
	spin_unlock(&gv_state_lock);
	if (IS_ERR(found))
		return PTR_ERR(found);

	op = gv_operation_alloc(GPUVIRT_OPERATION_KIND_VGPU_RESET, vgpu,
				gv_operation_vgpu_reset, why);
	if (!op)
		return -ENOMEM;
	op->serial = serial;
	err = gv_operation_start(op, id, why);
	if (err)
		kfree(op);
	return err;
}

/**
 * gv_operation_read() - look an operation up
 * @id: its id
 * @copy: gets a copy, of which only the data is meaningful
 * @why: where to note a refusal
 *
 * Return: 0 or -ENOENT.
 */
int gv_operation_read(u64 id, struct gv_operation *copy, struct gv_why *why)
{
	if (id && !gv_operation_read_next(id - 1, copy) && copy->id == id)
		return 0;
	return gv_fail(why, -ENOENT, GPUVIRT_REASON_OPERATION_UNKNOWN,
		       GPUVIRT_A_OPERATION_ID,
		       "no operation has the id %llu, or it ended long ago", id);
}

/**
 * gv_operation_read_next() - walk the operations
 * @after: id of the one before
 * @copy: gets a copy of the next, of which only the data is meaningful
 *
 * Return: 0, or -ENOENT at the end.
 */
int gv_operation_read_next(u64 after, struct gv_operation *copy)
{
	struct gv_operation *op;
	int err = -ENOENT;

	spin_lock(&gv_operations_lock);
	list_for_each_entry(op, &gv_operations, node) {
		if (op->id > after) {
			*copy = *op;
			err = 0;
			break;
		}
	}
	spin_unlock(&gv_operations_lock);

	return err;
}

/**
 * gv_operation_count() - note how many VFs there are at the end of an operation
 * @op: the operation
 * @count: how many
 */
void gv_operation_count(struct gv_operation *op, u32 count)
{
	spin_lock(&gv_operations_lock);
	op->count = count;
	spin_unlock(&gv_operations_lock);
}

int gv_operations_init(void)
{
	gv_operations_wq = alloc_workqueue("gpuvirt", WQ_UNBOUND, 0);
	return gv_operations_wq ? 0 : -ENOMEM;
}

void gv_operations_exit(void)
{
	struct gv_operation *op, *next;

	destroy_workqueue(gv_operations_wq);
	list_for_each_entry_safe(op, next, &gv_operations, node)
		kfree(op);
}
