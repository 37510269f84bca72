// SPDX-License-Identifier: GPL-2.0
/*
 * The VFs of the GPUs in the registry, whoever has enabled them. What must be
 * done before any driver sees a VF, is done when it appears on its bus.
 */
#include <linux/iommu.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include <gpuvirt/pci.h>

#include "claim.h"
#include "event.h"
#include "group.h"
#include "sriov.h"
#include "state.h"
#include "vf.h"

/* Guards gv_vfs. Inside gv_gpus_lock, outside gv_state_lock. */
static DEFINE_MUTEX(gv_vfs_lock);
static LIST_HEAD(gv_vfs);

/* gv_state_lock */
static u64 gv_vf_last_serial;

static void gv_vf_free(struct kref *ref)
{
	struct gv_vf *vf = container_of(ref, struct gv_vf, ref);

	gv_gpu_put(vf->gpu);
	pci_dev_put(vf->pdev);
	kfree(vf->kept);
	kfree(vf);
}

void gv_vf_put(struct gv_vf *vf)
{
	if (vf)
		kref_put(&vf->ref, gv_vf_free);
}

static struct gv_vf *gv_vf_find_pdev(const struct pci_dev *pdev)
{
	struct gv_vf *vf, *found = NULL;

	mutex_lock(&gv_vfs_lock);
	list_for_each_entry(vf, &gv_vfs, node) {
		if (vf->pdev == pdev) {
			kref_get(&vf->ref);
			found = vf;
			break;
		}
	}
	mutex_unlock(&gv_vfs_lock);

	return found;
}

/**
 * gv_vf_find() - look a VF up by its PCI address
 * @address: address as the kernel writes it, or NULL if the request had none
 * @serial: serial that it must have, or 0
 * @why: where to note a refusal
 *
 * Return: the VF with a reference, or an ERR_PTR: -EINVAL, -ENODEV.
 */
struct gv_vf *gv_vf_find(const char *address, u64 serial, struct gv_why *why)
{
	struct gv_vf *vf;
	u64 other = 0;

	if (!address) {
		gv_fail(why, -EINVAL, GPUVIRT_REASON_MISSING_ATTRIBUTE,
			GPUVIRT_A_VF_ADDRESS,
			"the PCI address of the VF is missing");
		if (why)
			why->missing = true;
		return ERR_PTR(-EINVAL);
	}

	mutex_lock(&gv_vfs_lock);
	list_for_each_entry(vf, &gv_vfs, node) {
		if (strcmp(pci_name(vf->pdev), address))
			continue;
		if (!serial || serial == vf->serial) {
			kref_get(&vf->ref);
			mutex_unlock(&gv_vfs_lock);
			return vf;
		}
		other = vf->serial;
	}
	mutex_unlock(&gv_vfs_lock);

	if (other)
		gv_fail(why, -ENODEV, GPUVIRT_REASON_VF_UNKNOWN,
			GPUVIRT_A_VF_SERIAL,
			"the VF of this address has serial %llu, not %llu",
			other, serial);
	else
		gv_fail(why, -ENODEV, GPUVIRT_REASON_VF_UNKNOWN,
			GPUVIRT_A_VF_ADDRESS,
			"no VF of a GPU has the PCI address %*pE",
			(int)strnlen(address, GPUVIRT_ADDRESS_MAX), address);
	return ERR_PTR(-ENODEV);
}

/* The first of the list with a larger serial: serials rise along it. */
static struct gv_vf *gv_vf_after(u64 serial)
{
	struct gv_vf *vf;

	lockdep_assert_held(&gv_vfs_lock);

	list_for_each_entry(vf, &gv_vfs, node)
		if (vf->serial > serial)
			return vf;
	return NULL;
}

/**
 * gv_vf_next() - walk the VFs
 * @prev: the VF before, whose reference is given up, or NULL to start
 *
 * If @prev has gone meanwhile, the walk goes on with what came after it.
 *
 * Return: the next VF with a reference, or NULL at the end.
 */
struct gv_vf *gv_vf_next(struct gv_vf *prev)
{
	struct gv_vf *vf = NULL;

	mutex_lock(&gv_vfs_lock);
	if (!prev)
		vf = list_first_entry_or_null(&gv_vfs, struct gv_vf, node);
	else if (prev->gone)
		vf = gv_vf_after(prev->serial);
	else if (!list_is_last(&prev->node, &gv_vfs))
		vf = list_next_entry(prev, node);
	if (vf)
		kref_get(&vf->ref);
	mutex_unlock(&gv_vfs_lock);

	gv_vf_put(prev);
	return vf;
}

/**
 * gv_vf_is_open() - does a process have a VF open through VFIO
 * @vf: the VF
 *
 * Who takes its driver away may own the group meanwhile, to keep VFIO out, as we
 * do. A VF that is open VFIO's driver has enabled, and only for that one the
 * kernel waits.
 *
 * Context: process; waits for a moment while the IOMMU group changes.
 * Return: true if VFIO owns its IOMMU group. In the moment in which we claim that
 * or let it go it may be either.
 */
bool gv_vf_is_open(struct gv_vf *vf)
{
	struct iommu_group *group;
	bool possible, claimed;

	spin_lock(&gv_state_lock);
	possible = vf->managed && (!vf->leaving || pci_is_enabled(vf->pdev));
	spin_unlock(&gv_state_lock);
	if (!possible)
		return false;

	group = gv_group_get(vf->pdev);
	if (!group)
		return false;
	claimed = iommu_group_dma_owner_claimed(group) &&
		  !gv_group_driven(group, NULL) && !gv_claim_ours(group);
	iommu_group_put(group);

	return claimed;
}

/* Before the first probe: nobody else can have taken it. */
static void gv_vf_birth(struct gv_gpu *gpu, struct pci_dev *pdev)
{
	char driver[GPUVIRT_DRIVER_MAX + 1];
	char *other;
	int err;

	spin_lock(&gv_state_lock);
	strscpy(driver, gpu->birth_once[0] ? gpu->birth_once : gpu->birth,
		sizeof(driver));
	spin_unlock(&gv_state_lock);

	if (!driver[0] || !strcmp(driver, GV_BIRTH_HOST))
		return;
	/*
	 * VFIO keeps VFs of a PF that it has for itself, as no driver of the host
	 * shall trust them: vfio_pci_bus_notifier().
	 */
	err = gv_pci_get_driver_override(pdev, &other);
	if (!err && other) {
		if (strcmp(other, driver))
			pci_info(pdev, "gpuvirt: kept for driver %s by another, not for %s\n",
				 other, driver);
		kfree(other);
		return;
	}
	err = err ?: gv_pci_set_driver_override(pdev, driver);
	if (err)
		pci_warn(pdev, "gpuvirt: can't be kept for driver %s: error %d\n",
			 driver, err);
}

/*
 * Not if its GPU has left the registry, which takes the VFs along that are listed; nor
 * if it is listed already.
 */
static bool gv_vf_list(struct gv_vf *vf)
{
	const struct gv_vf *other;
	bool list = true;

	mutex_lock(&gv_vfs_lock);
	list_for_each_entry(other, &gv_vfs, node)
		list &= other->pdev != vf->pdev;
	spin_lock(&gv_state_lock);
	list &= !vf->gpu->gone;
	if (list) {
		kref_get(&vf->ref);
		list_add_tail(&vf->node, &gv_vfs);
		vf->serial = ++gv_vf_last_serial;
		gv_commit();
	}
	spin_unlock(&gv_state_lock);
	mutex_unlock(&gv_vfs_lock);

	return list;
}

/*
 * A GPU may report 0 as the stride of its only VF, by which pci_iov_vf_id() would
 * divide; of more than one the PCI core refuses that. What the PCI core has read of
 * it tells but a multiple of 256 from the rest, and the GPU itself can't be asked
 * while it is reset.
 */
static u32 gv_vf_index(struct pci_dev *pdev)
{
	struct pci_dev *pf = gv_pci_pf(pdev);
	u16 stride = 0;
	int pos;

	if (pci_iov_virtfn_devfn(pf, 0) != pci_iov_virtfn_devfn(pf, 1))
		return pci_iov_vf_id(pdev);
	pos = pci_find_ext_capability(pf, PCI_EXT_CAP_ID_SRIOV);
	if (pos)
		pci_read_config_word(pf, pos + PCI_SRIOV_VF_STRIDE, &stride);
	return stride && !PCI_POSSIBLE_ERROR(stride) ? pci_iov_vf_id(pdev) : 0;
}

/**
 * gv_vf_add() - a VF has appeared on a PCI bus, or is there already
 * @pdev: its PCI device
 *
 * Context: process; in the PCI bus notifier no driver has seen @pdev yet.
 */
void gv_vf_add(struct pci_dev *pdev)
{
	struct gv_gpu *gpu = gv_gpu_find_pdev(gv_pci_pf(pdev));
	struct gv_vf *vf;

	if (!gpu)
		return;
	/* The scan of a new id and the notifier can both see one device. */
	vf = gv_vf_find_pdev(pdev);
	if (vf)
		goto out_put;

	if (!pdev->dev.driver)
		gv_vf_birth(gpu, pdev);
	vf = kzalloc(sizeof(*vf), GFP_KERNEL);
	if (!vf) {
		pci_warn(pdev, "gpuvirt: no memory to register this VF\n");
		goto out_put;
	}
	kref_init(&vf->ref);
	vf->pdev = pci_dev_get(pdev);
	vf->gpu = gpu;
	gpu = NULL;
	vf->index = gv_vf_index(pdev);
	vf->group = gv_pci_group(pdev);

	if (gv_vf_list(vf)) {
		gv_event_vf(GPUVIRT_CMD_VF_CREATE_NTF, vf);
		gv_vf_driver(pdev, false);
	}
out_put:
	gv_vf_put(vf);
	gv_gpu_put(gpu);
}

static u32 gv_vfs_known(const struct gv_gpu *gpu)
{
	const struct gv_vf *vf;
	u32 known = 0;

	mutex_lock(&gv_vfs_lock);
	list_for_each_entry(vf, &gv_vfs, node)
		known += vf->gpu == gpu;
	mutex_unlock(&gv_vfs_lock);

	return known;
}

/* What its GPU counts; one that has gone is counted no more. */
static void gv_vf_set_managed(struct gv_vf *vf, bool managed)
{
	lockdep_assert_held(&gv_state_lock);

	if (vf->gone || vf->managed == managed)
		return;
	vf->managed = managed;
	vf->gpu->managed += managed ? 1 : -1;
}

/* The caller's reference stays. */
static void gv_vf_drop(struct gv_vf *vf)
{
	bool dropped = false;

	mutex_lock(&gv_vfs_lock);
	spin_lock(&gv_state_lock);
	if (!vf->gone) {
		gv_vf_set_managed(vf, false);
		vf->gone = true;
		gv_commit();
		dropped = true;
	}
	spin_unlock(&gv_state_lock);
	if (dropped)
		list_del(&vf->node);
	mutex_unlock(&gv_vfs_lock);

	if (!dropped)
		return;
	if (!gv_vfs_known(vf->gpu))
		gv_sriov_disown(vf->gpu);
	else
		gv_sriov_pin(vf->gpu);
	gv_event_vf(GPUVIRT_CMD_VF_DELETE_NTF, vf);
	gv_vf_put(vf);
}

/**
 * gv_vf_del() - a VF has left its PCI bus
 * @pdev: its PCI device
 */
void gv_vf_del(struct pci_dev *pdev)
{
	struct gv_vf *vf = gv_vf_find_pdev(pdev);

	if (vf)
		gv_vf_drop(vf);
	gv_vf_put(vf);
}

/**
 * gv_vfs_of_gpu_del() - forget the VFs of a GPU that leaves the registry
 * @gpu: the GPU
 */
void gv_vfs_of_gpu_del(struct gv_gpu *gpu)
{
	struct gv_vf *vf, *found;

	do {
		found = NULL;
		mutex_lock(&gv_vfs_lock);
		list_for_each_entry(vf, &gv_vfs, node) {
			if (vf->gpu == gpu) {
				kref_get(&vf->ref);
				found = vf;
				break;
			}
		}
		mutex_unlock(&gv_vfs_lock);
		if (found)
			gv_vf_drop(found);
		gv_vf_put(found);
	} while (found);
}

/**
 * gv_vf_driver() - note which driver is bound to a VF
 * @pdev: its PCI device
 * @failed: a driver did not bind after all
 *
 * As gv_gpu_driver() does for PFs.
 */
void gv_vf_driver(struct pci_dev *pdev, bool failed)
{
	struct gv_vf *vf = gv_vf_find_pdev(pdev);
	int group = gv_pci_group(pdev);
	struct device_driver *drv;
	bool changed = false;
	const char *name;

	if (!vf)
		return;

	spin_lock(&gv_state_lock);
	/*
	 * IOMMUs that firmware describes group a function when a driver comes; this
	 * may have looked before that.
	 */
	if (pdev->dev.iommu && group >= 0 && vf->group != group) {
		vf->group = group;
		changed = true;
	}
	drv = failed ? NULL : READ_ONCE(pdev->dev.driver);
	name = drv ? drv->name : "";
	gv_vf_set_managed(vf, drv && to_pci_driver(drv)->driver_managed_dma);
	/* One that is there is told of by a look at the bus, and may be leaving. */
	if (!drv && vf->leaving) {
		vf->leaving = false;
		changed = true;
	}
	if (strcmp(vf->driver, name)) {
		strscpy(vf->driver, name, sizeof(vf->driver));
		changed = true;
	}
	if (changed)
		gv_commit();
	spin_unlock(&gv_state_lock);

	gv_sriov_pin(vf->gpu);
	if (changed)
		gv_event_vf(GPUVIRT_CMD_VF_CHANGE_NTF, vf);
	gv_vf_put(vf);
}

/**
 * gv_vf_leaving() - the driver of a VF is about to be unbound, whoever does it
 * @pdev: its PCI device
 *
 * A driver of VFIO leaves when nobody has the VF open any more, and nobody can be
 * kept from waiting for that. One that was leaving before the VF was registered
 * is not told of.
 *
 * Context: under the device lock of @pdev, in the PCI bus notifier.
 */
void gv_vf_leaving(struct pci_dev *pdev)
{
	struct gv_vf *vf = gv_vf_find_pdev(pdev);

	if (!vf)
		return;

	spin_lock(&gv_state_lock);
	vf->leaving = true;
	gv_commit();
	spin_unlock(&gv_state_lock);

	gv_event_vf(GPUVIRT_CMD_VF_CHANGE_NTF, vf);
	gv_vf_put(vf);
}

/**
 * gv_vfs_complete() - register the VFs of a GPU that there was no memory for
 * @gpu: the GPU
 * @why: where to note a refusal
 *
 * Who is not registered is not protected from being taken away.
 *
 * Context: under gv_pf_sriov_lock() of the PF.
 * Return: 0, and all are registered; or -ENOMEM.
 */
int gv_vfs_complete(struct gv_gpu *gpu, struct gv_why *why)
{
	struct pci_dev *pdev = NULL;
	u32 there = 0;

	device_lock_assert(&gpu->pdev->dev);

	if (gv_vfs_known(gpu) == pci_num_vf(gpu->pdev))
		return 0;
	for_each_pci_dev(pdev) {
		if (!gv_pci_is_vf(pdev) || gv_pci_pf(pdev) != gpu->pdev)
			continue;
		there++;
		gv_vf_add(pdev);
	}
	/* The PCI core also counts those that an architecture keeps from it. */
	if (gv_vfs_known(gpu) >= there)
		return 0;
	return gv_fail_nomem(why);
}
