// SPDX-License-Identifier: GPL-2.0
/*
 * The operations that reset VFs: one, or all of a GPU at once. The PCI core waits
 * 100 ms for each, and they can wait together.
 */
#include <linux/async.h>
#include <linux/pci.h>
#include <linux/pm_runtime.h>
#include <linux/slab.h>

#include "claim.h"
#include "event.h"
#include "operation.h"
#include "pf_lock.h"
#include "sriov.h"
#include "state.h"
#include "vf.h"

/*
 * With the device lock of the VF, for which whoever removes it waits. It is only
 * tried, as its owner may be waiting for the VF's user. The PF's stays with the
 * caller as well, until the VF's group is claimed.
 */
static int gv_vf_lock(struct gv_vf *vf, struct gv_why *why)
{
	struct pci_dev *pf = vf->gpu->pdev;
	bool locked, gone;

	gv_pf_lock(pf);
	gone = READ_ONCE(vf->gone);
	locked = !gone && device_trylock(&vf->pdev->dev);
	pci_unlock_rescan_remove();

	if (locked)
		return 0;
	device_unlock(&pf->dev);
	if (gone)
		return gv_fail(why, -ENODEV, GPUVIRT_REASON_VF_UNKNOWN,
			       GPUVIRT_A_VF_ADDRESS, "VF %s was removed",
			       pci_name(vf->pdev));
	return gv_fail(why, -EBUSY, GPUVIRT_REASON_GPU_CHANGING,
		       GPUVIRT_A_VF_ADDRESS,
		       "VF %s is being bound, unbound or reset already",
		       pci_name(vf->pdev));
}

static int gv_vf_reset_claimed(struct gv_vf *vf, struct gv_why *why)
{
	int err;

	device_lock_assert(&vf->pdev->dev);

	/* An idle one may be asleep, in vfio-pci as well. */
	pm_runtime_get_sync(&vf->pdev->dev);
	pci_cfg_access_lock(vf->pdev);
	err = pci_reset_function_locked(vf->pdev);
	pci_cfg_access_unlock(vf->pdev);
	pm_runtime_put(&vf->pdev->dev);
	/* The PCI core says the same of a function that does not come back. */
	if (err == -ENOTTY && !vf->pdev->reset_methods[0])
		return gv_fail(why, -EOPNOTSUPP, GPUVIRT_REASON_NOT_SUPPORTED,
			       GPUVIRT_A_VF_ADDRESS,
			       "VF %s has no reset method (no FLR)",
			       pci_name(vf->pdev));
	if (err)
		return gv_fail(why, err, GPUVIRT_REASON_DEVICE_ERROR,
			       GPUVIRT_A_VF_ADDRESS,
			       "the reset of VF %s failed: error %d",
			       pci_name(vf->pdev), -err);
	return 0;
}

/* Its driver would not know what became of its device. */
static int gv_vf_driven(struct gv_vf *vf, struct gv_why *why)
{
	int err = 0;

	spin_lock(&gv_state_lock);
	if (vf->driver[0] && !vf->managed)
		err = gv_fail(why, -EBUSY, GPUVIRT_REASON_VF_DRIVEN,
			      GPUVIRT_A_VF_ADDRESS,
			      "the host's driver %.30s uses VF %s", vf->driver,
			      pci_name(vf->pdev));
	spin_unlock(&gv_state_lock);

	return err;
}

/* Before its lock is taken, for want of which a reset by its user would fail. */
static int gv_vf_closed(struct gv_vf *vf, int group, struct gv_why *why)
{
	if (!gv_vf_is_open(vf))
		return 0;
	return gv_fail(why, -EBUSY, GPUVIRT_REASON_VF_OPEN, 0,
		       "VF %s is open: IOMMU group %d is in use through VFIO",
		       pci_name(vf->pdev), group);
}

static int gv_vf_reset_one(struct gv_vf *vf, struct gv_why *why)
{
	struct gv_claim claim = {};
	int err;

	err = gv_vf_closed(vf, gv_pci_group(vf->pdev), why);
	if (!err)
		err = gv_vf_lock(vf, why);
	if (err)
		return err;
	err = gv_vf_driven(vf, why);
	if (!err)
		err = gv_claim_vf(&claim, vf, why);
	device_unlock(&vf->gpu->pdev->dev);
	if (!err)
		err = gv_vf_reset_claimed(vf, why);
	gv_claim_release(&claim);
	device_unlock(&vf->pdev->dev);

	return err;
}

/* Of a GPU whose VFs are reset, whose reference is given up. */
static void gv_vf_reset_done(struct gv_operation *op)
{
	struct gv_gpu *gpu = op->gpu;

	gv_operation_count(op, pci_num_vf(gpu->pdev));
	gv_gpu_reset_end(gpu);
	gv_gpu_put(gpu);
}

static int gv_vf_reset_run(struct gv_operation *op, struct gv_why *why)
{
	struct gv_vf *vf;
	int err;

	vf = gv_vf_find(op->subject, op->serial, why);
	if (IS_ERR(vf)) {
		err = PTR_ERR(vf);
	} else {
		err = gv_vf_reset_one(vf, why);
		gv_vf_put(vf);
	}
	gv_vf_reset_done(op);

	return err;
}

/**
 * struct gv_vf_reset - the reset of one VF of several
 * @vf: the VF, with a reference
 * @group: its IOMMU group, negative if none
 * @next: the next in its IOMMU group, which only one at a time can claim; or NULL
 * @follows: it comes after another one of its group
 * @err: how it ended
 * @why: and why, if it did not succeed
 */
struct gv_vf_reset {
	struct gv_vf *vf;
	int group;
	struct gv_vf_reset *next;
	bool follows;
	int err;
	struct gv_why why;
};

static void gv_vf_reset_async(void *data, async_cookie_t cookie)
{
	struct gv_vf_reset *reset;

	for (reset = data; reset; reset = reset->next)
		reset->err = gv_vf_reset_one(reset->vf, &reset->why);
}

/* The last one before @reset that is in its group. */
static void gv_vf_reset_chain(struct gv_vf_reset *resets,
			      struct gv_vf_reset *reset)
{
	struct gv_vf_reset *last;

	for (last = reset; last-- > resets && reset->group >= 0;) {
		if (last->group != reset->group)
			continue;
		last->next = reset;
		reset->follows = true;
		return;
	}
}

/* The VFs of a GPU: how many of them there are, up to as many as fit. */
static u32 gv_vf_resets_collect(struct gv_gpu *gpu, struct gv_vf_reset *resets,
				u32 max)
{
	struct gv_vf *vf = NULL;
	u32 nr = 0;

	while ((vf = gv_vf_next(vf))) {
		if (vf->gpu != gpu || nr == max)
			continue;
		kref_get(&vf->ref);
		resets[nr].vf = vf;
		resets[nr].group = gv_pci_group(vf->pdev);
		gv_vf_reset_chain(resets, &resets[nr]);
		nr++;
	}
	return nr;
}

/* Before any is reset. What comes after is found when it is its turn. */
static int gv_vf_resets_check(struct gv_vf_reset *resets, u32 nr,
			      struct gv_why *why)
{
	int err = 0;
	u32 i;

	for (i = 0; i < nr && !err; i++) {
		err = gv_vf_driven(resets[i].vf, why);
		if (!err)
			err = gv_vf_closed(resets[i].vf, resets[i].group, why);
	}
	return err;
}

static int gv_vfs_reset(struct gv_gpu *gpu, struct gv_why *why)
{
	ASYNC_DOMAIN_EXCLUSIVE(domain);
	u32 i, nr = pci_num_vf(gpu->pdev);
	struct gv_vf_reset *resets;
	int err;

	if (!nr)
		return 0;
	resets = kvcalloc(nr, sizeof(*resets), GFP_KERNEL);
	if (!resets)
		return gv_fail_nomem(why);
	nr = gv_vf_resets_collect(gpu, resets, nr);

	err = gv_vf_resets_check(resets, nr, why);
	for (i = 0; i < nr && !err; i++)
		if (!resets[i].follows)
			async_schedule_domain(gv_vf_reset_async, &resets[i],
					      &domain);
	async_synchronize_full_domain(&domain);

	for (i = 0; i < nr; i++) {
		if (resets[i].err && !err) {
			err = resets[i].err;
			*why = resets[i].why;
		}
		gv_vf_put(resets[i].vf);
	}
	kvfree(resets);

	return err;
}

static int gv_vfs_reset_run(struct gv_operation *op, struct gv_why *why)
{
	int err = gv_vfs_reset(op->gpu, why);

	gv_vf_reset_done(op);

	return err;
}

/* Of one VF, or of all if @serial is 0. Gives a reference to the operation. */
static int gv_vf_reset_start(struct gv_gpu *gpu, const char *subject,
			     u64 serial, gv_operation_fn run, u16 attr, u64 *id,
			     struct gv_why *why)
{
	struct gv_operation *op;
	int err;

	spin_lock(&gv_state_lock);
	/* To a reset of all VFs, what another one has claimed would look open. */
	if (!serial && gpu->resets)
		err = gv_fail(why, -EBUSY, GPUVIRT_REASON_GPU_CHANGING, attr,
			      "VFs of GPU %s are being reset already",
			      pci_name(gpu->pdev));
	else
		err = gv_gpu_reset_begin(gpu, attr, why);
	spin_unlock(&gv_state_lock);
	if (err)
		return err;

	err = -ENOMEM;
	op = gv_operation_alloc(GPUVIRT_OPERATION_KIND_VF_RESET, subject, run,
				why);
	if (op) {
		op->gpu = gpu;
		op->serial = serial;
		kref_get(&gpu->ref);
		err = gv_operation_start(op, id, why);
		if (err)
			gv_gpu_put(gpu);
	}
	if (err) {
		kfree(op);
		gv_gpu_reset_end(gpu);
	}
	return err;
}

/**
 * gv_vf_reset_op() - start to reset a VF
 * @address: PCI address of the VF, or NULL if the request had none
 * @serial: serial that it must have, or 0
 * @id: gets the id of the operation
 * @why: where to note a refusal
 *
 * Return: 0 or a negative errno.
 */
int gv_vf_reset_op(const char *address, u64 serial, u64 *id, struct gv_why *why)
{
	struct gv_vf *vf = gv_vf_find(address, serial, why);
	int err;

	if (IS_ERR(vf))
		return PTR_ERR(vf);
	/* This one, and none that gets its address before it runs. */
	err = gv_vf_reset_start(vf->gpu, pci_name(vf->pdev), vf->serial,
				gv_vf_reset_run, GPUVIRT_A_VF_ADDRESS, id, why);
	gv_vf_put(vf);

	return err;
}

/**
 * gv_vfs_reset_op() - start to reset all VFs of a GPU, at once
 * @address: PCI address of the GPU
 * @id: gets the id of the operation
 * @why: where to note a refusal
 *
 * Return: 0 or a negative errno.
 */
int gv_vfs_reset_op(const char *address, u64 *id, struct gv_why *why)
{
	struct gv_gpu *gpu = gv_gpu_find(address, GPUVIRT_A_VF_GPU, why);
	int err;

	if (IS_ERR(gpu))
		return PTR_ERR(gpu);
	err = gv_vf_reset_start(gpu, address, 0, gv_vfs_reset_run,
				GPUVIRT_A_VF_GPU, id, why);
	gv_gpu_put(gpu);

	return err;
}
