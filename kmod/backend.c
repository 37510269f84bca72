// SPDX-License-Identifier: GPL-2.0
/* What a backend offers on a GPU: coming, going, settings. */
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include "backend.h"
#include "event.h"
#include "mdev.h"
#include "state.h"
#include "vgpu_list.h"

static void gv_backend_free(struct kref *ref)
{
	struct gv_backend *be = container_of(ref, struct gv_backend, ref);

	gv_gpu_put(be->gpu);
	kfree(be);
}

void gv_backend_hold(struct gv_backend *be)
{
	kref_get(&be->ref);
}

void gv_backend_put(struct gv_backend *be)
{
	if (be)
		kref_put(&be->ref, gv_backend_free);
}

/**
 * gv_backend_get() - the backend of a GPU
 * @gpu: the GPU
 *
 * Return: the backend with a reference, or NULL if none offers anything.
 */
struct gv_backend *gv_backend_get(struct gv_gpu *gpu)
{
	struct gv_backend *be;

	spin_lock(&gv_state_lock);
	be = gpu->be;
	if (be)
		gv_backend_hold(be);
	spin_unlock(&gv_state_lock);

	return be;
}

/**
 * gv_backend_need() - the backend of a GPU, or why there is none
 * @gpu: the GPU
 * @attr: attribute that names it
 * @why: where to note a refusal
 *
 * Return: the backend with a reference, or an ERR_PTR.
 */
struct gv_backend *gv_backend_need(struct gv_gpu *gpu, u16 attr,
				   struct gv_why *why)
{
	struct gv_backend *be;
	int err;

	be = gv_backend_get(gpu);
	if (!be) {
		err = gv_fail(why, -EOPNOTSUPP, GPUVIRT_REASON_GPU_NO_BACKEND,
			      attr, "no backend offers mdev vGPUs on GPU %s",
			      pci_name(gpu->pdev));
		return ERR_PTR(err);
	}

	return be;
}

/**
 * gv_backend_open_for_vgpus() - does this GPU take new vGPUs
 * @be: its backend
 *
 * Context: under gv_state_lock.
 * Return: what is in the way, or GPUVIRT_REASON_NONE.
 */
enum gpuvirt_reason gv_backend_open_for_vgpus(const struct gv_backend *be)
{
	lockdep_assert_held(&gv_state_lock);

	if (be->leaving)
		return GPUVIRT_REASON_GPU_LEAVING;
	if (be->drain)
		return GPUVIRT_REASON_GPU_DRAINING;
	if (be->nr_vgpus >= be->max_vgpus)
		return GPUVIRT_REASON_GPU_FULL;
	return GPUVIRT_REASON_NONE;
}

/**
 * gv_backend_set() - change settings of a GPU, all or none
 * @gpu: the GPU
 * @be: its backend
 * @backing_limit: new limit in bytes, or NULL to leave it
 * @drain: new value, or NULL to leave it
 * @generation: generation the caller has seen, or 0
 * @why: where to note a refusal
 *
 * Return: 0 or a negative errno.
 */
int gv_backend_set(struct gv_gpu *gpu, struct gv_backend *be,
		   const u64 *backing_limit, const bool *drain, u64 generation,
		   struct gv_why *why)
{
	bool changed = false;
	u64 limit, used;
	int err;

	spin_lock(&gv_state_lock);
	err = gv_check_generation(generation, GPUVIRT_A_GPU_GENERATION, why);
	if (err)
		goto out_unlock;
	if (be->leaving) {
		err = gv_fail(why, -ENODEV, GPUVIRT_REASON_GPU_LEAVING,
			      GPUVIRT_A_GPU_ADDRESS, "GPU %s is being removed",
			      pci_name(gpu->pdev));
		goto out_unlock;
	}

	/* What can be refused comes first, so that it is all or none. */
	if (backing_limit) {
		be->ops->backing(be->priv, &limit, &used);
		if (limit != *backing_limit) {
			err = be->ops->set_backing_limit(be->priv,
							 *backing_limit, why);
			if (err)
				goto out_unlock;
			changed = true;
		}
	}
	if (drain && be->drain != *drain) {
		be->drain = *drain;
		changed = true;
	}
	if (changed)
		gv_commit();
out_unlock:
	spin_unlock(&gv_state_lock);

	if (changed)
		gv_event_gpu(GPUVIRT_CMD_GPU_CHANGE_NTF, gpu);
	return err;
}

static int gv_backend_mark(struct gv_gpu *gpu, u16 attr, struct gv_why *why)
{
	struct gv_backend *be = gpu->be;
	int err;

	lockdep_assert_held(&gv_state_lock);

	err = gv_gpu_change_begin(gpu, attr, why);
	if (err)
		return err;
	gpu->changing = false;
	if (be && be->leaving)
		return gv_fail(why, -EBUSY, GPUVIRT_REASON_GPU_LEAVING, attr,
			       "GPU %s is being removed already",
			       pci_name(gpu->pdev));
	if (be && be->nr_open)
		return gv_vgpu_list_blame_open(be, attr, why);
	gpu->leaving = true;
	if (be) {
		be->leaving = true;
		gv_commit();
	}

	return 0;
}

/**
 * gv_backend_leave() - keep a GPU from changing, and its backend from vGPUs
 * @gpu: GPU that is about to be removed, or NULL if it is on no bus
 * @attr: attribute to blame in a refusal, or 0
 * @generation: generation the caller has seen, or 0
 * @why: where to note a refusal
 *
 * A backend that comes later is leaving, too.
 *
 * Return: 0, -EBUSY if a vGPU is open, or an operation on the GPU or on its VFs is
 * under way, -ESTALE.
 */
int gv_backend_leave(struct gv_gpu *gpu, u16 attr, u64 generation,
		     struct gv_why *why)
{
	int err;

	spin_lock(&gv_state_lock);
	err = gv_check_generation(generation, GPUVIRT_A_SIM_GENERATION, why);
	if (!err && gpu)
		err = gv_backend_mark(gpu, attr, why);
	spin_unlock(&gv_state_lock);

	return err;
}

/**
 * gv_backend_stay() - take gv_backend_leave() back
 * @gpu: GPU that is not removed after all
 */
void gv_backend_stay(struct gv_gpu *gpu)
{
	struct gv_backend *be;
	bool changed = false;

	spin_lock(&gv_state_lock);
	gpu->leaving = false;
	be = gpu->be;
	if (be && be->leaving && !be->gone) {
		be->leaving = false;
		gv_commit();
		changed = true;
	}
	spin_unlock(&gv_state_lock);

	/* Who has looked meanwhile has read that it is being removed. */
	if (changed)
		gv_event_gpu(GPUVIRT_CMD_GPU_CHANGE_NTF, gpu);
}

static int gv_backend_check(const struct gv_backend_ops *ops,
			    const struct gv_backend_desc *desc)
{
	if (WARN_ON(!ops->owner || !ops->name || !ops->vram_page ||
		    !ops->vram_zero || !ops->vram_free || !ops->backing ||
		    !ops->set_backing_limit))
		return -EINVAL;
	if (!desc->vram || desc->vram % GV_VRAM_GRANULE || !desc->max_vgpus)
		return -EINVAL;
	return 0;
}

/**
 * gv_backend_register() - offer mdev vGPUs on a GPU
 * @pdev: the GPU, with the caller's driver bound: vGPU types are named after it
 * @ops: what the backend does; must stay until gv_backend_unregister()
 * @desc: what it offers; copied
 * @priv: cookie for @ops
 *
 * Context: process, from the probe function of a PCI driver.
 * Return: the registration, or an ERR_PTR: -ENODEV if @pdev is not a GPU, or no more,
 * -EBUSY if it has a backend, -EINVAL, -ENOMEM.
 */
struct gv_backend *gv_backend_register(struct pci_dev *pdev,
				       const struct gv_backend_ops *ops,
				       const struct gv_backend_desc *desc,
				       void *priv)
{
	struct gv_backend *be;
	struct gv_gpu *gpu;
	int err;

	err = gv_backend_check(ops, desc);
	if (err)
		return ERR_PTR(err);

	gpu = gv_gpu_find_pdev(pdev);
	if (!gpu)
		return ERR_PTR(-ENODEV);
	/* The mdev core would WARN. A device has one driver, so none comes now. */
	be = gv_backend_get(gpu);
	if (be) {
		gv_backend_put(be);
		gv_gpu_put(gpu);
		return ERR_PTR(-EBUSY);
	}

	be = kzalloc(sizeof(*be), GFP_KERNEL);
	if (!be) {
		gv_gpu_put(gpu);
		return ERR_PTR(-ENOMEM);
	}

	kref_init(&be->ref);
	be->gpu = gpu;
	be->ops = ops;
	be->priv = priv;
	strscpy(be->model, desc->model, sizeof(be->model));
	be->max_vgpus = desc->max_vgpus;
	gv_vram_init(&be->vram, desc->vram);
	mutex_init(&be->types_lock);
	INIT_LIST_HEAD(&be->types);
	init_waitqueue_head(&be->types_wait);

	err = gv_mdev_register(be);
	if (err)
		goto err_put;

	spin_lock(&gv_state_lock);
	if (gpu->gone || gpu->forgotten) {
		spin_unlock(&gv_state_lock);
		err = -ENODEV;
		goto err_unregister;
	}
	gv_backend_hold(be);
	gpu->be = be;
	/* Its driver may have come back after the removal of the GPU began. */
	be->leaving = gpu->leaving;
	gv_commit();
	spin_unlock(&gv_state_lock);

	gv_event_gpu(GPUVIRT_CMD_GPU_CHANGE_NTF, gpu);
	return be;

err_unregister:
	gv_mdev_unregister(be);
err_put:
	gv_backend_put(be);
	return ERR_PTR(err);
}
EXPORT_SYMBOL_GPL(gv_backend_register);

/**
 * gv_backend_unregister() - take the offer back
 * @be: registration; gone afterwards
 *
 * Removes all vGPUs and types of the GPU. If a vGPU is open, this waits until
 * its user lets go, and asks it to: a PCI driver's remove function can't fail.
 *
 * Context: process, from the remove function of a PCI driver.
 */
void gv_backend_unregister(struct gv_backend *be)
{
	struct gv_gpu *gpu = be->gpu;

	spin_lock(&gv_state_lock);
	be->leaving = true;
	be->gone = true;
	gv_commit();
	spin_unlock(&gv_state_lock);

	gv_mdev_unregister(be);

	spin_lock(&gv_state_lock);
	gpu->be = NULL;
	gv_commit();
	spin_unlock(&gv_state_lock);
	gv_backend_put(be);

	gv_event_gpu(GPUVIRT_CMD_GPU_CHANGE_NTF, gpu);
	gv_backend_put(be);
}
EXPORT_SYMBOL_GPL(gv_backend_unregister);
