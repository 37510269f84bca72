// SPDX-License-Identifier: GPL-2.0
/* The operations on VFs: what a request starts, and what then runs. */
#include <linux/pci.h>
#include <linux/slab.h>

#include "event.h"
#include "operation.h"
#include "pf_lock.h"
#include "sriov.h"
#include "state.h"
#include "vf.h"

static int gv_vf_check_count(struct gv_gpu *gpu, u32 count, struct gv_why *why)
{
	int total = pci_sriov_get_totalvfs(gpu->pdev);

	if (!count)
		return gv_fail(why, -EINVAL, GPUVIRT_REASON_BAD_VALUE,
			       GPUVIRT_A_VF_COUNT,
			       "count is 0, the least is 1: to have none, disable them");
	if (count > total)
		return gv_fail(why, -ERANGE, GPUVIRT_REASON_BAD_VALUE,
			       GPUVIRT_A_VF_COUNT,
			       "count is %u, the GPU can have %d VFs", count,
			       total);
	return 0;
}

/*
 * The GPU, with a reference, marked as changing: that keeps two operations on it
 * apart. With @req that many VFs are to be enabled, and it gets their driver.
 */
static struct gv_gpu *gv_vf_op_begin(const char *address,
				     struct gv_sriov_request *req,
				     u64 generation, struct gv_why *why)
{
	struct gv_gpu *gpu = gv_gpu_find(address, GPUVIRT_A_VF_GPU, why);
	int err;

	if (IS_ERR(gpu))
		return gpu;

	spin_lock(&gv_state_lock);
	err = gv_check_generation(generation, GPUVIRT_A_VF_GENERATION, why);
	if (!err)
		err = gv_sriov_blocked(gpu, why);
	if (!err && req)
		err = gv_vf_check_count(gpu, req->count, why);
	if (!err)
		err = gv_gpu_change_begin(gpu, GPUVIRT_A_VF_GPU, why);
	if (!err && req)
		gv_sriov_choose(gpu, req);
	spin_unlock(&gv_state_lock);
	if (err) {
		gv_gpu_put(gpu);
		return ERR_PTR(err);
	}
	return gpu;
}

/*
 * With the PF driver held in place, do @fn, if there was no error before. The
 * driver may have gone since we looked.
 */
static int gv_vf_op_locked(struct gv_operation *op,
			   const struct gv_sriov_request *req, int err,
			   struct gv_why *why,
			   int (*fn)(struct gv_gpu *gpu,
				     const struct gv_sriov_request *req,
				     struct gv_why *why))
{
	struct gv_gpu *gpu = op->gpu;
	struct pci_dev *pdev = gpu->pdev;
	u64 generation;
	bool changed;
	int before;

	gv_pf_sriov_lock(pdev);
	before = pci_num_vf(pdev);
	generation = gv_generation();
	spin_lock(&gv_state_lock);
	if (!err && gpu->gone)
		err = gv_fail(why, -ENODEV, GPUVIRT_REASON_GPU_UNKNOWN,
			      GPUVIRT_A_VF_GPU, "the GPU was removed");
	if (!err)
		err = gv_sriov_blocked(gpu, why);
	spin_unlock(&gv_state_lock);
	if (!err && (!pdev->driver || !pdev->driver->sriov_configure))
		err = gv_fail(why, -ENODEV, GPUVIRT_REASON_GPU_NO_DRIVER,
			      GPUVIRT_A_VF_GPU, "the PF driver is going");
	if (!err)
		err = fn(gpu, req, why);
	gv_operation_count(op, pci_num_vf(pdev));
	/* Each VF that came or went has made a generation of its own. */
	changed = pci_num_vf(pdev) != before || gv_generation() != generation;
	gv_pf_sriov_unlock(pdev);

	if (changed) {
		gv_gpu_change_end(gpu);
		gv_event_gpu(GPUVIRT_CMD_GPU_CHANGE_NTF, gpu);
	} else {
		gv_gpu_change_cancel(gpu);
	}
	gv_gpu_put(gpu);

	return err;
}

static int gv_vf_enable_run(struct gv_operation *op, struct gv_why *why)
{
	int err = gv_sriov_load(op->vfs.driver, why);

	return gv_vf_op_locked(op, &op->vfs, err, why, gv_sriov_enable);
}

static int gv_vf_disable_locked(struct gv_gpu *gpu,
				const struct gv_sriov_request *req,
				struct gv_why *why)
{
	return gv_sriov_disable(gpu, why);
}

static int gv_vf_disable_run(struct gv_operation *op, struct gv_why *why)
{
	return gv_vf_op_locked(op, NULL, 0, why, gv_vf_disable_locked);
}

static int gv_vf_op_start(struct gv_gpu *gpu, enum gpuvirt_operation_kind kind,
			  gv_operation_fn run,
			  const struct gv_sriov_request *req, u64 *id,
			  struct gv_why *why)
{
	struct gv_operation *op;
	int err = -ENOMEM;

	op = gv_operation_alloc(kind, pci_name(gpu->pdev), run, why);
	if (op) {
		op->gpu = gpu;
		if (req)
			op->vfs = *req;
		err = gv_operation_start(op, id, why);
	}
	if (!err)
		return 0;
	kfree(op);
	gv_gpu_change_cancel(gpu);
	gv_gpu_put(gpu);
	return err;
}

/**
 * gv_vf_enable_op() - start to enable VFs
 * @address: PCI address of the GPU, or NULL if the request had none
 * @req: what was asked for
 * @generation: generation the caller has seen, or 0
 * @id: gets the id of the operation
 * @why: where to note a refusal
 *
 * Return: 0 or a negative errno.
 */
int gv_vf_enable_op(const char *address, const struct gv_sriov_request *req,
		    u64 generation, u64 *id, struct gv_why *why)
{
	struct gv_sriov_request chosen = *req;
	struct gv_gpu *gpu = gv_vf_op_begin(address, &chosen, generation, why);

	if (IS_ERR(gpu))
		return PTR_ERR(gpu);
	return gv_vf_op_start(gpu, GPUVIRT_OPERATION_KIND_VF_ENABLE,
			      gv_vf_enable_run, &chosen, id, why);
}

/**
 * gv_vf_disable_op() - start to disable all VFs of a GPU
 * @address: PCI address of the GPU, or NULL if the request had none
 * @generation: generation the caller has seen, or 0
 * @id: gets the id of the operation
 * @why: where to note a refusal
 *
 * Return: 0 or a negative errno.
 */
int gv_vf_disable_op(const char *address, u64 generation, u64 *id,
		     struct gv_why *why)
{
	struct gv_gpu *gpu = gv_vf_op_begin(address, NULL, generation, why);

	if (IS_ERR(gpu))
		return PTR_ERR(gpu);
	return gv_vf_op_start(gpu, GPUVIRT_OPERATION_KIND_VF_DISABLE,
			      gv_vf_disable_run, NULL, id, why);
}
