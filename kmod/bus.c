// SPDX-License-Identifier: GPL-2.0
/*
 * What is told by the PCI bus, and by a look at it: which GPUs and VFs come and
 * go, and which drivers have them. Nothing is changed there.
 */
#include <linux/pci.h>

#include <gpuvirt/pci.h>

#include "bus.h"
#include "gpu.h"
#include "group.h"
#include "id.h"
#include "state.h"
#include "vf.h"

/* Functions that have come or gone; read anywhere. */
static atomic_t gv_bus_changes_nr = ATOMIC_INIT(0);

/* Functions that are going: the bus has told so, and not yet that they have gone. */
static atomic_t gv_bus_leaving_nr = ATOMIC_INIT(0);

/**
 * gv_bus_changes() - number of changes of what PCI functions there are
 *
 * One that goes is counted before and after, and with each look in between: at some
 * moment then the bus has it no more.
 *
 * Context: any.
 * Return: the number, which wraps.
 */
u32 gv_bus_changes(void)
{
	if (atomic_read(&gv_bus_leaving_nr))
		return atomic_inc_return(&gv_bus_changes_nr);
	return atomic_read(&gv_bus_changes_nr);
}

static int gv_pci_notify(struct notifier_block *nb, unsigned long action,
			 void *data)
{
	struct pci_dev *pdev = to_pci_dev(data);
	bool failed;

	switch (action) {
	case BUS_NOTIFY_ADD_DEVICE:
		atomic_inc(&gv_bus_changes_nr);
		if (gv_pci_is_vf(pdev))
			gv_vf_add(pdev);
		else
			gv_gpu_add(pdev);
		break;
	case BUS_NOTIFY_DEL_DEVICE:
		atomic_inc(&gv_bus_leaving_nr);
		atomic_inc(&gv_bus_changes_nr);
		gv_group_leave(pdev);
		break;
	case BUS_NOTIFY_REMOVED_DEVICE:
		atomic_inc(&gv_bus_changes_nr);
		/* It may have been going when this module was loaded. */
		atomic_dec_if_positive(&gv_bus_leaving_nr);
		gv_group_left(pdev);
		if (gv_pci_is_vf(pdev))
			gv_vf_del(pdev);
		else
			gv_gpu_del(pdev);
		break;
	case BUS_NOTIFY_BOUND_DRIVER:
	case BUS_NOTIFY_UNBOUND_DRIVER:
	case BUS_NOTIFY_DRIVER_NOT_BOUND:
		/* A probe that fails is told before the driver leaves. */
		failed = action == BUS_NOTIFY_DRIVER_NOT_BOUND;
		if (gv_pci_is_vf(pdev))
			gv_vf_driver(pdev, failed);
		else
			gv_gpu_driver(pdev, failed);
		break;
	case BUS_NOTIFY_UNBIND_DRIVER:
		if (gv_pci_is_vf(pdev))
			gv_vf_leaving(pdev);
		break;
	}
	return NOTIFY_DONE;
}

/*
 * After all others: VFIO sets the driver override of VFs whose PF it has, with no
 * look at what was set before, which would be lost.
 */
static struct notifier_block gv_pci_nb = {
	.notifier_call = gv_pci_notify,
	.priority = -1,
};

static int gv_is_device(struct device *dev, const void *other)
{
	return dev == other;
}

/* A device leaves the bus before the bus tells of it. */
static bool gv_bus_has(struct pci_dev *pdev)
{
	struct device *dev = bus_find_device(&pci_bus_type, NULL, &pdev->dev,
					     gv_is_device);

	put_device(dev);
	return dev;
}

/* Host bridges of some drivers leave without the rescan lock, as VMD's does. */
static int gv_bus_scan_pf(struct pci_dev *pdev)
{
	int err = gv_gpu_add(pdev);

	if (!gv_bus_has(pdev))
		gv_gpu_del(pdev);
	return err;
}

/*
 * A VF that was met may have been removed, without any lock of the bus, before it
 * was added here, and then there is nobody else to take it out.
 */
static void gv_bus_scan_vf(struct pci_dev *pdev)
{
	gv_vf_add(pdev);
	if (!gv_bus_has(pdev))
		gv_vf_del(pdev);
}

/**
 * gv_bus_scan() - register the GPUs that are there, and their VFs
 *
 * Those that are registered already are left alone.
 *
 * Context: process; may wait for long while devices come or go.
 * Return: 0, or -ENOMEM if there is a GPU that could not be registered.
 */
int gv_bus_scan(void)
{
	struct pci_dev *pdev = NULL;
	int err = 0;

	/*
	 * With the rescan lock no physical function comes, and few can go, but a PF
	 * driver that leaves takes its VFs along. The device lock must not be waited for
	 * inside it: sriov_numvfs takes them the other way round.
	 */
	pci_lock_rescan_remove();
	for_each_pci_dev(pdev)
		if (gv_bus_scan_pf(pdev))
			err = -ENOMEM;
	for_each_pci_dev(pdev)
		if (gv_pci_is_vf(pdev))
			gv_bus_scan_vf(pdev);
	pci_unlock_rescan_remove();

	return err;
}

/* Is it a GPU for this id alone? */
static bool gv_bus_stray(const struct pci_dev *pdev, const struct gv_id *id)
{
	return pdev->vendor == id->vendor && pdev->device == id->device &&
	       !gv_gpu_by_nature(pdev);
}

/* Nothing starts any more on a GPU that is to be forgotten. */
static int gv_bus_mark(struct gv_gpu *gpu, struct gv_why *why)
{
	int err = 0;

	spin_lock(&gv_state_lock);
	if (gpu->be)
		err = gv_fail(why, -EBUSY, GPUVIRT_REASON_GPU_BUSY, 0,
			      "a backend offers vGPUs on %s: unbind its driver first",
			      pci_name(gpu->pdev));
	else if (gpu->changing || gpu->resets)
		err = gv_fail(why, -EBUSY, GPUVIRT_REASON_GPU_CHANGING, 0,
			      "another operation on GPU %s is under way",
			      pci_name(gpu->pdev));
	else if (gpu->ours)
		err = gv_fail(why, -EBUSY, GPUVIRT_REASON_VFS_ENABLED, 0,
			      "VFs of %s were enabled through us: disable them first",
			      pci_name(gpu->pdev));
	if (!err) {
		gpu->changing = true;
		gpu->forgotten = true;
	}
	spin_unlock(&gv_state_lock);

	return err;
}

/* Take the marks back, of those before @end. */
static void gv_bus_unmark(const struct gv_id *id, const struct gv_gpu *end)
{
	struct gv_gpu *gpu = NULL;

	while ((gpu = gv_gpu_next(gpu)) && gpu->serial < end->serial) {
		if (!gv_bus_stray(gpu->pdev, id))
			continue;
		spin_lock(&gv_state_lock);
		gpu->changing = false;
		gpu->forgotten = false;
		spin_unlock(&gv_state_lock);
	}
	gv_gpu_put(gpu);
}

static int gv_bus_mark_all(const struct gv_id *id, struct gv_why *why)
{
	struct gv_gpu *gpu = NULL;
	int err = 0;

	while ((gpu = gv_gpu_next(gpu))) {
		if (!gv_bus_stray(gpu->pdev, id))
			continue;
		err = gv_bus_mark(gpu, why);
		if (err) {
			gv_bus_unmark(id, gpu);
			gv_gpu_put(gpu);
			break;
		}
	}
	return err;
}

/**
 * gv_bus_forget() - take an id away, and the GPUs that are such for it alone
 * @id: the id, which was added
 * @why: where to note a refusal
 *
 * Context: process; may wait for long while devices come or go.
 * Return: 0; or -ENOENT if it was taken away meanwhile, or -EBUSY if one of them
 * has VFs that were enabled through us or a backend, or is changing, and all is as it
 * was.
 */
int gv_bus_forget(const struct gv_id *id, struct gv_why *why)
{
	struct gv_gpu *gpu;
	int err;

	/* Nor does another one appear meanwhile. */
	pci_lock_rescan_remove();
	err = gv_id_find(id, why);
	if (!err)
		err = gv_bus_mark_all(id, why);
	if (err)
		goto out_unlock;
	gv_id_remove(id);
	do {
		gpu = NULL;
		while ((gpu = gv_gpu_next(gpu)))
			if (gv_bus_stray(gpu->pdev, id))
				break;
		if (gpu)
			gv_gpu_drop(gpu);
		gv_gpu_put(gpu);
	} while (gpu);
out_unlock:
	pci_unlock_rescan_remove();
	return err;
}

/**
 * gv_bus_init() - find the GPUs that are there and follow the bus
 *
 * Return: 0 or a negative errno.
 */
int gv_bus_init(void)
{
	int err;

	err = bus_register_notifier(&pci_bus_type, &gv_pci_nb);
	if (err)
		return err;
	/* One that there is no memory for is in the log, and the rest works. */
	gv_bus_scan();

	return 0;
}

/**
 * gv_bus_exit() - forget all GPUs
 */
void gv_bus_exit(void)
{
	bus_unregister_notifier(&pci_bus_type, &gv_pci_nb);
	gv_gpus_drop();
	gv_group_exit();
}
