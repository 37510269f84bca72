// SPDX-License-Identifier: GPL-2.0
/* The registry: every physical function that is a GPU, whichever driver owns it. */
#include <linux/iommu.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include <gpuvirt/pci.h>

#include "backend.h"
#include "event.h"
#include "gpu.h"
#include "group.h"
#include "id.h"
#include "mdev.h"
#include "sriov.h"
#include "state.h"
#include "vf.h"

/* Guards gv_gpus. Outside gv_state_lock. */
static DEFINE_MUTEX(gv_gpus_lock);
/* Of the last one that was registered (gv_gpus_lock) */
static u64 gv_gpu_last_serial;
static LIST_HEAD(gv_gpus);

/**
 * gv_gpu_by_nature() - is a PCI function a GPU, whatever ids were added
 * @pdev: PCI function
 *
 * Return: true if it is.
 */
bool gv_gpu_by_nature(const struct pci_dev *pdev)
{
	return !gv_pci_is_vf(pdev) &&
	       (pdev->class >> 16 == PCI_BASE_CLASS_DISPLAY ||
		gv_is_accelerator(pdev));
}

static bool gv_pdev_is_gpu(const struct pci_dev *pdev)
{
	return gv_gpu_by_nature(pdev) ||
	       (!gv_pci_is_vf(pdev) && gv_id_has(pdev));
}

static void gv_gpu_free(struct kref *ref)
{
	struct gv_gpu *gpu = container_of(ref, struct gv_gpu, ref);

	module_put(gpu->pinned);
	pci_dev_put(gpu->pdev);
	kfree(gpu);
}

void gv_gpu_put(struct gv_gpu *gpu)
{
	if (gpu)
		kref_put(&gpu->ref, gv_gpu_free);
}

/**
 * gv_gpu_find() - look a GPU up by its PCI address
 * @address: address as the kernel writes it, or NULL if the request had none
 * @attr: attribute it comes from
 * @why: where to note a refusal
 *
 * Return: the GPU with a reference, or an ERR_PTR: -EINVAL, -ENODEV.
 */
struct gv_gpu *gv_gpu_find(const char *address, u16 attr, struct gv_why *why)
{
	struct gv_gpu *gpu;

	if (!address) {
		gv_fail(why, -EINVAL, GPUVIRT_REASON_MISSING_ATTRIBUTE, attr,
			"the PCI address of the GPU is missing");
		if (why)
			why->missing = true;
		return ERR_PTR(-EINVAL);
	}

	mutex_lock(&gv_gpus_lock);
	list_for_each_entry(gpu, &gv_gpus, node) {
		if (!strcmp(pci_name(gpu->pdev), address)) {
			kref_get(&gpu->ref);
			mutex_unlock(&gv_gpus_lock);
			return gpu;
		}
	}
	mutex_unlock(&gv_gpus_lock);

	gv_fail(why, -ENODEV, GPUVIRT_REASON_GPU_UNKNOWN, attr,
		"no GPU has the PCI address %*pE",
		(int)strnlen(address, GPUVIRT_ADDRESS_MAX), address);
	return ERR_PTR(-ENODEV);
}

static struct gv_gpu *gv_gpu_of(const struct pci_dev *pdev)
{
	struct gv_gpu *gpu;

	lockdep_assert_held(&gv_gpus_lock);

	list_for_each_entry(gpu, &gv_gpus, node)
		if (gpu->pdev == pdev)
			return gpu;
	return NULL;
}

/**
 * gv_gpu_find_pdev() - look a GPU up by its PCI device
 * @pdev: PCI device
 *
 * Return: the GPU with a reference, or NULL.
 */
struct gv_gpu *gv_gpu_find_pdev(const struct pci_dev *pdev)
{
	struct gv_gpu *gpu;

	mutex_lock(&gv_gpus_lock);
	gpu = gv_gpu_of(pdev);
	if (gpu)
		kref_get(&gpu->ref);
	mutex_unlock(&gv_gpus_lock);

	return gpu;
}

/**
 * gv_gpu_next() - walk the registry
 * @prev: the GPU before, whose reference is given up, or NULL to start
 *
 * If @prev has left the registry meanwhile, the walk goes on with what came after it.
 *
 * Return: the next GPU with a reference, or NULL at the end.
 */
struct gv_gpu *gv_gpu_next(struct gv_gpu *prev)
{
	u64 serial = prev ? prev->serial : 0;
	struct gv_gpu *gpu = NULL, *each;

	mutex_lock(&gv_gpus_lock);
	list_for_each_entry(each, &gv_gpus, node) {
		if (each->serial > serial) {
			gpu = each;
			kref_get(&gpu->ref);
			break;
		}
	}
	mutex_unlock(&gv_gpus_lock);

	gv_gpu_put(prev);
	return gpu;
}

/**
 * gv_gpu_methods() - the ways in which a GPU can be given to virtual machines
 * @gpu: the GPU
 *
 * Context: under gv_state_lock.
 * Return: bits of enum gpuvirt_method.
 */
u32 gv_gpu_methods(struct gv_gpu *gpu)
{
	u32 methods = 0;

	lockdep_assert_held(&gv_state_lock);

	if (gpu->group >= 0)
		methods |= GPUVIRT_METHOD_PASSTHROUGH;
	if (gpu->be && gv_mdev_present())
		methods |= GPUVIRT_METHOD_MDEV;
	if (pci_sriov_get_totalvfs(gpu->pdev) > 0)
		methods |= GPUVIRT_METHOD_SRIOV;
	return methods;
}

/**
 * gv_gpu_change_begin() - mark a GPU as changing
 * @gpu: the GPU
 * @attr: attribute to blame in a refusal
 * @why: where to note a refusal
 *
 * Context: under gv_state_lock.
 * Return: 0, or -EBUSY if another operation on it or on its VFs is under way, or
 * it is being removed.
 */
int gv_gpu_change_begin(struct gv_gpu *gpu, u16 attr, struct gv_why *why)
{
	lockdep_assert_held(&gv_state_lock);

	if (gpu->leaving)
		return gv_fail(why, -EBUSY, GPUVIRT_REASON_GPU_LEAVING, attr,
			       "GPU %s is being removed", pci_name(gpu->pdev));
	if (gpu->changing || gpu->resets)
		return gv_fail(why, -EBUSY, GPUVIRT_REASON_GPU_CHANGING, attr,
			       "another operation on GPU %s is under way",
			       pci_name(gpu->pdev));
	gpu->changing = true;

	return 0;
}

/**
 * gv_gpu_change_cancel() - take gv_gpu_change_begin() back, as nothing was changed
 * @gpu: the GPU
 */
void gv_gpu_change_cancel(struct gv_gpu *gpu)
{
	spin_lock(&gv_state_lock);
	gpu->changing = false;
	spin_unlock(&gv_state_lock);
}

/**
 * gv_gpu_change_end() - what gv_gpu_change_begin() has announced is done
 * @gpu: the GPU
 */
void gv_gpu_change_end(struct gv_gpu *gpu)
{
	spin_lock(&gv_state_lock);
	gpu->changing = false;
	gv_commit();
	spin_unlock(&gv_state_lock);
}

/**
 * gv_gpu_reset_begin() - keep a GPU from changing while a VF of it is reset
 * @gpu: the GPU
 * @attr: attribute to blame in a refusal
 * @why: where to note a refusal
 *
 * Several of its VFs can be reset at once.
 *
 * Context: under gv_state_lock.
 * Return: 0, or -EBUSY if it is changing or being removed.
 */
int gv_gpu_reset_begin(struct gv_gpu *gpu, u16 attr, struct gv_why *why)
{
	unsigned int resets = gpu->resets;
	int err;

	lockdep_assert_held(&gv_state_lock);

	gpu->resets = 0;
	err = gv_gpu_change_begin(gpu, attr, why);
	gpu->resets = resets;
	if (err)
		return err;
	gpu->changing = false;
	gpu->resets++;

	return 0;
}

/**
 * gv_gpu_reset_end() - take gv_gpu_reset_begin() back
 * @gpu: the GPU
 */
void gv_gpu_reset_end(struct gv_gpu *gpu)
{
	spin_lock(&gv_state_lock);
	gpu->resets--;
	spin_unlock(&gv_state_lock);
}

/**
 * gv_pci_group() - IOMMU group of a PCI function
 * @pdev: PCI function
 *
 * Return: its number, or -1 if it is in none.
 */
int gv_pci_group(struct pci_dev *pdev)
{
	struct iommu_group *group = gv_group_get(pdev);
	int id;

	if (!group)
		return -1;
	id = iommu_group_id(group);
	iommu_group_put(group);
	return id;
}

/**
 * gv_gpu_add() - a PCI function has appeared, or is there already
 * @pdev: the function, which may be a GPU and may be registered
 *
 * Context: process.
 * Return: 0, or -ENOMEM if it is a GPU and could not be registered.
 */
int gv_gpu_add(struct pci_dev *pdev)
{
	struct gv_gpu *gpu;

	if (!gv_pdev_is_gpu(pdev))
		return 0;

	gpu = kzalloc(sizeof(*gpu), GFP_KERNEL);
	if (!gpu) {
		pci_warn(pdev, "gpuvirt: no memory to register this GPU\n");
		return -ENOMEM;
	}
	kref_init(&gpu->ref);
	gpu->pdev = pci_dev_get(pdev);
	gpu->group = gv_pci_group(pdev);
	/* The PCI core has no use for such a capability, and does not tell. */
	gpu->sriov_off = !gv_pci_is_pf(pdev) &&
			 pci_find_ext_capability(pdev, PCI_EXT_CAP_ID_SRIOV);

	/* The scan at load and the notifier can both see one device. */
	mutex_lock(&gv_gpus_lock);
	if (gv_gpu_of(pdev)) {
		mutex_unlock(&gv_gpus_lock);
		gv_gpu_put(gpu);
		return 0;
	}
	kref_get(&gpu->ref);
	gpu->serial = ++gv_gpu_last_serial;
	list_add_tail(&gpu->node, &gv_gpus);
	spin_lock(&gv_state_lock);
	gv_commit();
	spin_unlock(&gv_state_lock);
	mutex_unlock(&gv_gpus_lock);

	gv_event_gpu(GPUVIRT_CMD_GPU_CREATE_NTF, gpu);
	gv_gpu_put(gpu);
	gv_gpu_driver(pdev, false);
	return 0;
}

/**
 * gv_gpu_drop() - take a GPU out of the registry
 * @gpu: the GPU; the registry's reference is given up, if it was in it
 *
 * It can be about to be dropped twice, see gv_bus_scan_pf().
 */
void gv_gpu_drop(struct gv_gpu *gpu)
{
	bool dropped = false;

	mutex_lock(&gv_gpus_lock);
	spin_lock(&gv_state_lock);
	if (!gpu->gone) {
		list_del(&gpu->node);
		gpu->gone = true;
		gv_commit();
		dropped = true;
	}
	spin_unlock(&gv_state_lock);
	mutex_unlock(&gv_gpus_lock);
	if (!dropped)
		return;

	/* From here on none is listed any more. */
	gv_vfs_of_gpu_del(gpu);
	gv_event_gpu(GPUVIRT_CMD_GPU_DELETE_NTF, gpu);
	gv_gpu_put(gpu);
}

/**
 * gv_gpu_del() - a PCI function has left its bus
 * @pdev: the function
 */
void gv_gpu_del(struct pci_dev *pdev)
{
	struct gv_gpu *gpu = gv_gpu_find_pdev(pdev);

	if (!gpu)
		return;
	gv_gpu_drop(gpu);
	gv_gpu_put(gpu);
}

/**
 * gv_gpu_driver() - note which driver is bound to a GPU
 * @pdev: its PCI device
 * @failed: a driver did not bind after all
 *
 * A driver leaves dev->driver before the bus tells
 * of it and its memory a grace period later, so it can be read under a spinlock
 * and the last one to write has the truth.
 */
void gv_gpu_driver(struct pci_dev *pdev, bool failed)
{
	struct gv_gpu *gpu = gv_gpu_find_pdev(pdev);
	int group = gv_pci_group(pdev);
	struct device_driver *drv;
	bool changed = false;

	if (!gpu)
		return;

	spin_lock(&gv_state_lock);
	/* As of VFs, see gv_vf_driver(). */
	if (pdev->dev.iommu && group >= 0 && gpu->group != group) {
		gpu->group = group;
		changed = true;
	}
	drv = failed ? NULL : READ_ONCE(pdev->dev.driver);
	gpu->driver_sriov = drv && to_pci_driver(drv)->sriov_configure;
	if (strcmp(gpu->driver, drv ? drv->name : "")) {
		strscpy(gpu->driver, drv ? drv->name : "", sizeof(gpu->driver));
		changed = true;
	}
	if (changed)
		gv_commit();
	spin_unlock(&gv_state_lock);

	/* VFs may have stayed while their PF got another driver. */
	if (!failed)
		gv_sriov_pin(gpu);
	if (changed)
		gv_event_gpu(GPUVIRT_CMD_GPU_CHANGE_NTF, gpu);
	gv_gpu_put(gpu);
}

/**
 * gv_gpus_drop() - forget all GPUs, when nobody adds any more
 *
 * No backend is left: each holds a reference to this module.
 */
void gv_gpus_drop(void)
{
	struct gv_gpu *gpu;

	while ((gpu = list_first_entry_or_null(&gv_gpus, struct gv_gpu, node)))
		gv_gpu_drop(gpu);
}
