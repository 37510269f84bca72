// SPDX-License-Identifier: GPL-2.0
/*
 * Enabling and disabling the VFs of a GPU, whoever drives it: through its PF
 * driver's own callback and under the locks that sriov_numvfs takes for it
 * (drivers/pci/iov.c), never behind the driver's back.
 */
#include <linux/ctype.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include <gpuvirt/pci.h>

#include "claim.h"
#include "backend.h"
#include "event.h"
#include "gpu.h"
#include "sriov.h"
#include "state.h"
#include "vf.h"

/**
 * gv_sriov_check_driver() - can this be the name of a driver
 * @driver: what was asked for
 * @attr: attribute that it comes from
 * @why: where to note a refusal
 *
 * Return: 0 or -EINVAL.
 */
int gv_sriov_check_driver(const char *driver, u16 attr, struct gv_why *why)
{
	size_t len = strlen(driver), i;

	if (!len)
		return gv_fail(why, -EINVAL, GPUVIRT_REASON_NAME_INVALID, attr,
			       "name of the driver is empty");
	if (len > GPUVIRT_DRIVER_MAX)
		return gv_fail(why, -EINVAL, GPUVIRT_REASON_NAME_INVALID, attr,
			       "name of the driver is %zu bytes long, the longest is %u",
			       len, GPUVIRT_DRIVER_MAX);
	for (i = 0; i < len; i++)
		if (!isascii(driver[i]) ||
		    (!isalnum(driver[i]) && !strchr("_-.+:", driver[i])))
			return gv_fail(why, -EINVAL,
				       GPUVIRT_REASON_NAME_INVALID, attr,
				       "name of the driver has byte 0x%02x at %zu",
				       (u8)driver[i], i);
	return 0;
}

/* Memory BARs of VFs for which neither firmware nor kernel had room. */
static int gv_sriov_bars(struct pci_dev *pdev, struct gv_why *why)
{
#ifdef CONFIG_PCI_IOV
	const struct resource *res;
	int i;

	for (i = 0; i < PCI_SRIOV_NUM_BARS; i++) {
		res = &pdev->resource[PCI_IOV_RESOURCES + i];
		if (!res->flags || res->parent || !resource_size(res))
			continue;
		return gv_fail(why, -ENOMEM, GPUVIRT_REASON_SRIOV_RESOURCES, 0,
			       "BAR %d of the VFs (%llu MiB) has no address: see firmware, Above 4G",
			       i, (u64)resource_size(res) >> 20);
	}
#endif
	return 0;
}

/**
 * gv_sriov_blocked() - what keeps a GPU from having VFs
 * @gpu: the GPU
 * @why: where to note it
 *
 * Context: under gv_state_lock.
 * Return: 0 or a negative errno.
 */
int gv_sriov_blocked(struct gv_gpu *gpu, struct gv_why *why)
{
	struct pci_dev *pdev = gpu->pdev;
	int err;

	lockdep_assert_held(&gv_state_lock);

	if (!IS_ENABLED(CONFIG_PCI_IOV))
		return gv_fail(why, -EOPNOTSUPP, GPUVIRT_REASON_SRIOV_NONE, 0,
			       "this kernel has no SR-IOV (CONFIG_PCI_IOV is not set)");
	if (gpu->sriov_off)
		return gv_fail(why, -EOPNOTSUPP, GPUVIRT_REASON_SRIOV_OFF, 0,
			       "firmware has turned SR-IOV off: the capability is there, with 0 VFs");
	if (!gv_pci_is_pf(pdev))
		return gv_fail(why, -EOPNOTSUPP, GPUVIRT_REASON_SRIOV_NONE, 0,
			       "GPU has no SR-IOV capability, or its firmware hides it");
	if (!gpu->driver[0])
		return gv_fail(why, -ENODEV, GPUVIRT_REASON_GPU_NO_DRIVER, 0,
			       "no PF driver is bound, and only that can enable VFs");
	if (!gpu->driver_sriov)
		return gv_fail(why, -EOPNOTSUPP, GPUVIRT_REASON_SRIOV_DRIVER, 0,
			       "PF driver %.30s can't enable VFs (no sriov_configure)",
			       gpu->driver);
	if (!pci_sriov_get_totalvfs(pdev))
		return gv_fail(why, -EOPNOTSUPP, GPUVIRT_REASON_SRIOV_NONE, 0,
			       "PF driver %.30s allows no VFs on this GPU",
			       gpu->driver);
	if (gpu->be && gpu->be->ops->sriov_blocked) {
		err = gpu->be->ops->sriov_blocked(gpu->be->priv, why);
		if (err)
			return err;
	}
	return gv_sriov_bars(pdev, why);
}

/**
 * gv_sriov_set_birth() - say which driver VFs get, whoever enables them
 * @gpu: the GPU
 * @driver: a driver, GV_BIRTH_NONE, GV_BIRTH_HOST or GV_BIRTH_DEFAULT
 * @generation: generation the caller has seen, or 0
 * @why: where to note a refusal
 *
 * Return: 0 or a negative errno.
 */
int gv_sriov_set_birth(struct gv_gpu *gpu, const char *driver, u64 generation,
		       struct gv_why *why)
{
	bool changed = false;
	int err;

	err = gv_sriov_check_driver(driver, GPUVIRT_A_GPU_VF_DRIVER, why);
	if (err)
		return err;

	if (!strcmp(driver, GV_BIRTH_DEFAULT))
		driver = "";

	spin_lock(&gv_state_lock);
	err = gv_check_generation(generation, GPUVIRT_A_GPU_GENERATION, why);
	if (!err && gpu->gone)
		err = gv_fail(why, -ENODEV, GPUVIRT_REASON_GPU_UNKNOWN,
			      GPUVIRT_A_GPU_ADDRESS, "the GPU was removed");
	if (err)
		goto out_unlock;
	if (!gv_pci_is_pf(gpu->pdev)) {
		err = gv_sriov_blocked(gpu, why);
		why->attr = GPUVIRT_A_GPU_VF_DRIVER;
		goto out_unlock;
	}
	if (strcmp(gpu->birth, driver)) {
		strscpy(gpu->birth, driver, sizeof(gpu->birth));
		gv_commit();
		changed = true;
	}
out_unlock:
	spin_unlock(&gv_state_lock);
	if (changed)
		gv_event_gpu(GPUVIRT_CMD_GPU_CHANGE_NTF, gpu);
	return err;
}

/**
 * gv_sriov_choose() - choose the driver of VFs that are to be enabled
 * @gpu: the GPU
 * @req: what was asked for; gets the driver, as gv_birth_choose() has it
 *
 * Context: under gv_state_lock.
 */
void gv_sriov_choose(const struct gv_gpu *gpu, struct gv_sriov_request *req)
{
	const char *choice;

	lockdep_assert_held(&gv_state_lock);

	choice = gv_birth_choose(gpu->pdev->vendor, gpu->birth, req->driver);
	if (choice != req->driver)
		strscpy(req->driver, choice, sizeof(req->driver));
}

/**
 * gv_sriov_load() - is the driver of VFs there, or can it be?
 * @driver: what gv_sriov_choose() has chosen
 * @why: where to note a refusal
 *
 * Context: process, not under the device lock of the PF: a driver that is loaded
 * may want to look at that, too.
 * Return: 0 or -ENOENT.
 */
int gv_sriov_load(const char *driver, struct gv_why *why)
{
	if (!strcmp(driver, GV_BIRTH_NONE) || !strcmp(driver, GV_BIRTH_HOST))
		return 0;
	if (driver_find(driver, &pci_bus_type))
		return 0;
	/* Not just any module for who may change the configuration. */
	if (!strcmp(driver, GV_BIRTH_VFIO)) {
		(void)request_module(GV_BIRTH_VFIO);
		if (driver_find(driver, &pci_bus_type))
			return 0;
	}
	return gv_fail(why, -ENOENT, GPUVIRT_REASON_DRIVER_UNKNOWN,
		       GPUVIRT_A_VF_DRIVER,
		       "no PCI driver is named %.32s: is its module loaded?",
		       driver);
}

/* VFs beyond the buses that the bridge above leads to, for want of ARI. */
static int gv_sriov_buses(struct pci_dev *pdev, u32 count, struct gv_why *why)
{
	int pos = pci_find_ext_capability(pdev, PCI_EXT_CAP_ID_SRIOV);
	u16 offset = 0, stride = 0;
	u32 last;

	if (!pos)
		return 0;
	pci_read_config_word(pdev, pos + PCI_SRIOV_VF_OFFSET, &offset);
	pci_read_config_word(pdev, pos + PCI_SRIOV_VF_STRIDE, &stride);
	last = pdev->bus->number +
	       ((pdev->devfn + offset + stride * (count - 1)) >> 8);
	if (last <= pdev->bus->busn_res.end)
		return 0;
	return gv_fail(why, -ENOMEM, GPUVIRT_REASON_SRIOV_RESOURCES,
		       GPUVIRT_A_VF_COUNT,
		       "VF %u needs PCI bus %02x, there are buses up to %02x here (no ARI?)",
		       count - 1, last, (u32)pdev->bus->busn_res.end);
}

/*
 * The same as gv_sriov_bars(), for which the kernel has looked for addresses when it
 * found the device: then what it found none for is not even a resource any more.
 * A BAR of 32 bits that was never used can't be told from none.
 */
static int gv_sriov_lost_bars(struct pci_dev *pdev, struct gv_why *why)
{
#ifdef CONFIG_PCI_IOV
	int pos = pci_find_ext_capability(pdev, PCI_EXT_CAP_ID_SRIOV);
	u32 bar;
	int i;

	for (i = 0; pos && i < PCI_SRIOV_NUM_BARS; i++) {
		bar = 0;
		pci_read_config_dword(pdev, pos + PCI_SRIOV_BAR + 4 * i, &bar);
		if (bar && !pdev->resource[PCI_IOV_RESOURCES + i].parent)
			return gv_fail(why, -ENOMEM,
				       GPUVIRT_REASON_SRIOV_RESOURCES, 0,
				       "BAR %d of the VFs has no address: see firmware, Above 4G",
				       i);
		if ((bar & PCI_BASE_ADDRESS_MEM_TYPE_MASK) ==
		    PCI_BASE_ADDRESS_MEM_TYPE_64)
			i++;
	}
#endif
	return 0;
}

static int gv_sriov_explain(struct gv_gpu *gpu, u32 count, int err,
			    struct gv_why *why)
{
	int found = 0;

	if (err == -ENOMEM) {
		found = gv_sriov_bars(gpu->pdev, why);
		if (!found)
			found = gv_sriov_buses(gpu->pdev, count, why);
		if (!found)
			found = gv_sriov_lost_bars(gpu->pdev, why);
	}
	if (found)
		return found;
	return gv_fail(why, err, GPUVIRT_REASON_DEVICE_ERROR, 0,
		       "PF driver %.30s did not enable %u VFs: error %d",
		       gpu->pdev->driver->driver.name, count, -err);
}

/**
 * gv_sriov_pin() - keep the module of a PF driver loaded, or do so no longer
 * @gpu: the GPU
 *
 * With that module VFs would be taken from their users without a word. So it is
 * kept while there are VFs that we were asked for, and while any VF, whoever has
 * enabled it, is bound to a driver that leaves DMA to its user, as those of VFIO
 * do: it can be opened, and of that the bus does not tell. VFs that drivers of
 * the host have, which nobody asked us for, keep nothing.
 *
 * A module that has begun to go can't be kept, nor needs the lock of the PF to be
 * looked at: its memory stays for a grace period after its driver has left.
 *
 * Context: process; called when what decides has changed.
 */
void gv_sriov_pin(struct gv_gpu *gpu)
{
	const struct device_driver *drv;
	struct module *old = NULL;

	rcu_read_lock();
	spin_lock(&gv_state_lock);
	drv = READ_ONCE(gpu->pdev->dev.driver);
	if (!gpu->ours && !gpu->managed) {
		old = gpu->pinned;
		gpu->pinned = NULL;
	} else if (drv && drv->owner != gpu->pinned &&
		   try_module_get(drv->owner)) {
		old = gpu->pinned;
		gpu->pinned = drv->owner;
	}
	spin_unlock(&gv_state_lock);
	rcu_read_unlock();
	module_put(old);
}

/* It was us who was asked for the VFs that are there. */
static void gv_sriov_own(struct gv_gpu *gpu)
{
	spin_lock(&gv_state_lock);
	gpu->ours = true;
	spin_unlock(&gv_state_lock);
	gv_sriov_pin(gpu);
}

/**
 * gv_sriov_disown() - the last VF of a GPU has gone, whoever has disabled them
 * @gpu: the GPU
 *
 * Its PF driver may be on the way out here, but waits for whoever removes the
 * VFs, and so for us.
 */
void gv_sriov_disown(struct gv_gpu *gpu)
{
	spin_lock(&gv_state_lock);
	gpu->ours = false;
	spin_unlock(&gv_state_lock);
	gv_sriov_pin(gpu);
}

/* VFs of a GPU that have not got the driver that they were meant to have. */
static u32 gv_sriov_strays(struct gv_gpu *gpu, const char *driver)
{
	struct gv_vf *vf = NULL;
	u32 strays = 0;

	if (!strcmp(driver, GV_BIRTH_HOST))
		return 0;
	if (!strcmp(driver, GV_BIRTH_NONE))
		driver = "";
	while ((vf = gv_vf_next(vf))) {
		spin_lock(&gv_state_lock);
		if (vf->gpu == gpu && strcmp(vf->driver, driver))
			strays++;
		spin_unlock(&gv_state_lock);
	}
	return strays;
}

static int gv_sriov_park_vf(struct gv_vf *vf)
{
	char *override;
	int err;

	err = gv_pci_get_driver_override(vf->pdev, &override);
	if (err)
		return err;
	/* It may be parked still, as it could not be given its own back. */
	if (vf->parked && override && !strcmp(override, GV_BIRTH_NONE)) {
		kfree(override);
		return 0;
	}
	kfree(vf->kept);
	vf->kept = override;
	vf->driven = false;
	err = gv_pci_set_driver_override(vf->pdev, GV_BIRTH_NONE);
	vf->parked = !err;
	return err;
}

/*
 * Keep drivers from the VFs of a GPU: one that has lost its driver could be bound
 * again, and be opened, before it is gone. Their groups are claimed, so whoever has
 * the lock of a VF is not waiting for its user.
 */
static int gv_sriov_park(struct gv_gpu *gpu, struct gv_why *why)
{
	struct gv_vf *vf = NULL;
	int err = 0;

	while (!err && (vf = gv_vf_next(vf)))
		if (vf->gpu == gpu)
			err = gv_sriov_park_vf(vf);
	gv_vf_put(vf);

	return err ? gv_fail_nomem(why) : 0;
}

/* With its override it gets no other driver any more. */
static void gv_sriov_release(struct gv_vf *vf)
{
	struct device *dev = &vf->pdev->dev;

	device_lock(dev);
	vf->driven |= !!dev->driver;
	device_unlock(dev);
	device_release_driver(dev);
}

static int gv_sriov_unpark_vf(struct gv_vf *vf)
{
	char *override;
	int err;

	err = gv_pci_get_driver_override(vf->pdev, &override);
	if (err)
		return err;
	/* Else somebody has set another meanwhile, who knows better. */
	if (override && !strcmp(override, GV_BIRTH_NONE))
		err = gv_pci_set_driver_override(vf->pdev, vf->kept ?: "");
	kfree(override);
	if (err)
		return err;
	vf->parked = false;
	kfree(vf->kept);
	vf->kept = NULL;
	return 0;
}

/* Each can have drivers again, and with @rebind those that had one get it back. */
static void gv_sriov_unpark(struct gv_gpu *gpu, bool rebind)
{
	struct gv_vf *vf = NULL;

	while ((vf = gv_vf_next(vf))) {
		if (vf->gpu != gpu || !vf->parked)
			continue;
		/* Whoever parks it next finds the name of its own here. */
		if (gv_sriov_unpark_vf(vf)) {
			pci_warn(vf->pdev, "gpuvirt: drivers are kept from it\n");
			continue;
		}
		if (rebind && vf->driven && device_attach(&vf->pdev->dev) < 0)
			pci_warn(vf->pdev, "gpuvirt: no driver takes it back\n");
	}
}

/**
 * gv_sriov_disable() - disable all VFs of a GPU, unless one is open
 * @gpu: the GPU, whose PF driver has an sriov_configure
 * @why: where to note a refusal
 *
 * While the groups are claimed nobody opens a VF, and once no driver is bound to
 * it nobody can, nor is any bound, but for somebody who changes its driver override
 * just then. The claims can't be held any longer: the IOMMU core warns when a device
 * leaves a group that is claimed.
 *
 * Context: under gv_pf_sriov_lock().
 * Return: 0 or a negative errno.
 */
int gv_sriov_disable(struct gv_gpu *gpu, struct gv_why *why)
{
	struct pci_dev *pdev = gpu->pdev;
	struct gv_claim claim = {};
	struct gv_vf *vf = NULL;
	int err;

	device_lock_assert(&pdev->dev);

	if (!pci_num_vf(pdev)) {
		/* Of VFs that nobody knew, nobody saw the last one go. */
		gv_sriov_disown(gpu);
		return 0;
	}
	/* With the rescan lock no VF leaves its group while that is claimed. */
	err = gv_vfs_complete(gpu, why);
	if (!err)
		err = gv_claim_vfs(&claim, gpu, why);
	if (err)
		goto out_release;
	err = gv_sriov_park(gpu, why);
	/* Those that VFIO's driver has got since. */
	if (!err)
		err = gv_claim_vfs(&claim, gpu, why);
	if (err) {
		gv_sriov_unpark(gpu, false);
		goto out_release;
	}
	/*
	 * While a driver of the host is in a group that could not be claimed for
	 * that, nobody opens its VFs: those of VFIO leave first.
	 */
	while ((vf = gv_vf_next(vf)))
		if (vf->gpu == gpu && !gv_claim_needless(vf))
			gv_sriov_release(vf);
	while ((vf = gv_vf_next(vf)))
		if (vf->gpu == gpu)
			gv_sriov_release(vf);
	gv_claim_release(&claim);
	err = pdev->driver->sriov_configure(pdev, 0);

	if (pci_num_vf(pdev)) {
		gv_sriov_unpark(gpu, true);
		if (err >= 0)
			err = -EIO;
		return gv_fail(why, err, GPUVIRT_REASON_DEVICE_ERROR, 0,
			       "PF driver %.30s did not disable the VFs: error %d",
			       pdev->driver->driver.name, -err);
	}
	/* The last VF may have gone before it was noted that there are some. */
	gv_sriov_disown(gpu);
	return 0;

out_release:
	gv_claim_release(&claim);
	return err;
}

static void gv_sriov_birth_once(struct gv_gpu *gpu, const char *driver)
{
	spin_lock(&gv_state_lock);
	strscpy(gpu->birth_once, driver, sizeof(gpu->birth_once));
	spin_unlock(&gv_state_lock);
}

/* VFs that no IOMMU takes, as none is there or its tables leave them out. */
static bool gv_sriov_ungrouped(struct gv_gpu *gpu)
{
	struct gv_vf *vf = NULL;
	bool none = true;

	while ((vf = gv_vf_next(vf)))
		if (vf->gpu == gpu)
			none &= gv_pci_group(vf->pdev) < 0;
	return none;
}

/* What came out is told even if it is not all that was asked for. */
static void gv_sriov_enabled(struct gv_gpu *gpu, u32 asked, const char *driver,
			     struct gv_why *why)
{
	u32 got = pci_num_vf(gpu->pdev);
	u32 strays = gv_sriov_strays(gpu, driver);

	if (got < asked)
		gv_fail(why, 0, GPUVIRT_REASON_DEVICE_ERROR, 0,
			"PF driver %.30s enabled %u of %u VFs",
			gpu->pdev->driver->driver.name, got, asked);
	else if (strays)
		gv_fail(why, 0, GPUVIRT_REASON_DEVICE_ERROR, 0,
			"%u of %u VFs are not bound to %.20s: %s", strays, got,
			driver, gv_sriov_ungrouped(gpu) ?
			"they have no IOMMU group" : "see the kernel log");
}

/*
 * Are the VFs that there are as they were asked for? To "host", VFs that VFIO's
 * driver has are not, though they may be by the host's own configuration.
 */
static bool gv_sriov_as_asked(struct gv_gpu *gpu,
			      const struct gv_sriov_request *req)
{
	bool host = !strcmp(req->driver, GV_BIRTH_HOST), kept = false;
	struct gv_vf *vf = NULL;

	if (pci_num_vf(gpu->pdev) != req->count ||
	    gv_sriov_strays(gpu, req->driver))
		return false;
	while (host && (vf = gv_vf_next(vf))) {
		spin_lock(&gv_state_lock);
		kept |= vf->gpu == gpu && vf->managed;
		spin_unlock(&gv_state_lock);
	}
	return !kept;
}

/**
 * gv_sriov_enable() - enable VFs of a GPU, born into their driver
 * @gpu: the GPU, whose PF driver has an sriov_configure
 * @req: what was asked for, within the bounds of the GPU, with a driver that is there
 * @why: where to note a refusal; also, with 0 returned, that it is not all that
 *	was asked for
 *
 * Context: under gv_pf_sriov_lock().
 * Return: 0 if there are VFs now, or a negative errno.
 */
int gv_sriov_enable(struct gv_gpu *gpu, const struct gv_sriov_request *req,
		    struct gv_why *why)
{
	const char *driver = req->driver;
	struct pci_dev *pdev = gpu->pdev;
	u32 before = pci_num_vf(pdev);
	int err;

	device_lock_assert(&pdev->dev);

	if (before) {
		/* Of those that there was no memory for nobody knows the driver. */
		err = gv_vfs_complete(gpu, why);
		if (err)
			return err;
		if (gv_sriov_as_asked(gpu, req)) {
			gv_sriov_own(gpu);
			return 0;
		}
		if (!req->resize)
			return gv_fail(why, -EBUSY, GPUVIRT_REASON_VFS_ENABLED,
				       GPUVIRT_A_VF_COUNT,
				       "%u VFs are enabled already: disable them first, or ask for a resize",
				       before);
		err = gv_sriov_disable(gpu, why);
		if (err)
			return err;
	}

	gv_sriov_birth_once(gpu, driver);
	err = pdev->driver->sriov_configure(pdev, req->count);
	if (!pci_num_vf(pdev)) {
		gv_sriov_birth_once(gpu, "");
		err = gv_sriov_explain(gpu, req->count, err < 0 ? err : -EIO,
				       why);
		if (before)
			gv_fail(why, err, why->reason, why->attr,
				"no VFs now: %u were disabled, then %u not enabled, error %d",
				before, req->count, -err);
		return err;
	}
	err = gv_vfs_complete(gpu, why);
	gv_sriov_birth_once(gpu, "");
	gv_sriov_own(gpu);
	if (!err)
		gv_sriov_enabled(gpu, req->count, driver, why);

	return 0;
}
