// SPDX-License-Identifier: GPL-2.0
/*
 * To take a VF away only while nobody has it open, it is not enough to look: it
 * may be opened the next moment. Who owns the DMA of its IOMMU group keeps VFIO
 * from opening it, and can't become the owner while VFIO is.
 */
#include <linux/iommu.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include <gpuvirt/ops.h>

#include "claim.h"
#include "group.h"
#include "state.h"
#include "vf.h"

/* Guards gv_claims. Innermost. */
static DEFINE_SPINLOCK(gv_claims_lock);
static LIST_HEAD(gv_claims);

/**
 * gv_claim_needless() - has a driver of the host a VF
 * @vf: the VF
 *
 * A driver that uses the DMA API keeps VFIO out: there is nothing to claim. What it
 * makes of the VF is another matter, see gv_claim_vf().
 *
 * Return: true if it has.
 */
bool gv_claim_needless(struct gv_vf *vf)
{
	bool needless;

	spin_lock(&gv_state_lock);
	needless = vf->driver[0] && !vf->managed;
	spin_unlock(&gv_state_lock);

	return needless;
}

static bool gv_claim_has(const struct gv_claim *claim,
			 const struct iommu_group *group)
{
	u32 i;

	for (i = 0; i < claim->nr; i++)
		if (claim->groups[i] == group)
			return true;
	return false;
}

/**
 * gv_claim_ours() - is it by us that nobody can open an IOMMU group
 * @group: the group
 *
 * The IOMMU core does not tell who owns a group that is claimed.
 *
 * Return: true if it is.
 */
bool gv_claim_ours(const struct iommu_group *group)
{
	const struct gv_claim *claim;
	bool ours = false;

	spin_lock(&gv_claims_lock);
	list_for_each_entry(claim, &gv_claims, node)
		ours |= gv_claim_has(claim, group);
	spin_unlock(&gv_claims_lock);

	return ours;
}

/* Room for one more group, before it is claimed. */
static int gv_claim_grow(struct gv_claim *claim)
{
	struct iommu_group **groups, **old;

	if (claim->nr < claim->max)
		return 0;
	groups = kcalloc(claim->max + 16, sizeof(*groups), GFP_KERNEL);
	if (!groups)
		return -ENOMEM;
	spin_lock(&gv_claims_lock);
	old = claim->groups;
	if (old)
		memcpy(groups, old, claim->nr * sizeof(*groups));
	claim->groups = groups;
	claim->max += 16;
	spin_unlock(&gv_claims_lock);
	kfree(old);

	return 0;
}

/*
 * A driver of the host may have made mediated devices of a VF, as NVIDIA's does.
 * Their users own no IOMMU group, and its driver waits for them when it leaves; so
 * does whoever has begun to remove one, or to unbind that driver.
 */
static int gv_claim_mdevs(struct gv_vf *vf, struct gv_why *why)
{
	bool leaving;

	spin_lock(&gv_state_lock);
	leaving = vf->leaving;
	spin_unlock(&gv_state_lock);
	if (leaving)
		return gv_fail(why, -EBUSY, GPUVIRT_REASON_VF_DRIVEN, 0,
			       "VF %s is being unbound from %.20s by somebody else",
			       pci_name(vf->pdev), vf->driver);
	if (!gv_mdev_any(&vf->pdev->dev))
		return 0;
	return gv_fail(why, -EBUSY, GPUVIRT_REASON_VF_DRIVEN, 0,
		       "VF %s has mediated devices of %.20s: remove them first",
		       pci_name(vf->pdev), vf->driver);
}

static int gv_claim_refused(struct gv_vf *vf, struct iommu_group *group, int err,
			    struct gv_why *why)
{
	const char *address = pci_name(vf->pdev);

	if (err == -ENOMEM)
		return gv_fail_nomem(why);
	/* What it says of a group that has an owner, or another one's devices. */
	if (err != -EPERM && err != -EBUSY)
		return gv_fail(why, err, GPUVIRT_REASON_DEVICE_ERROR, 0,
			       "IOMMU group %d of VF %s can't be claimed: error %d",
			       iommu_group_id(group), address, -err);
	if (gv_claim_ours(group))
		return gv_fail(why, -EBUSY, GPUVIRT_REASON_GPU_CHANGING, 0,
			       "a VF of IOMMU group %d is being reset already",
			       iommu_group_id(group));
	return gv_fail(why, -EBUSY, GPUVIRT_REASON_VF_OPEN, 0,
		       "VF %s is open: IOMMU group %d is in use through VFIO",
		       address, iommu_group_id(group));
}

/**
 * gv_claim_vf() - claim the IOMMU group of one VF
 * @claim: where to note it; zeroed before the first
 * @vf: the VF
 * @why: where to note a refusal
 *
 * Context: under the device lock of the PF, may sleep.
 * Return: 0, -EBUSY if VFIO has the group or the VF has mediated devices, or another
 * negative errno.
 */
int gv_claim_vf(struct gv_claim *claim, struct gv_vf *vf, struct gv_why *why)
{
	struct iommu_group *group;
	bool driven;
	int err;

	if (gv_claim_needless(vf))
		return gv_claim_mdevs(vf, why);
	/*
	 * Of VFIO without an IOMMU: nobody can be the owner of such a group, which goes
	 * when the driver does, and so is not followed.
	 */
	if (!vf->pdev->dev.iommu) {
		if (!READ_ONCE(vf->pdev->dev.iommu_group))
			return 0;
		return gv_fail(why, -EBUSY, GPUVIRT_REASON_VF_OPEN, 0,
			       "VF %s may be open: VFIO has it without an IOMMU, unbind it",
			       pci_name(vf->pdev));
	}
	group = iommu_group_get(&vf->pdev->dev);
	if (!group)
		return 0;
	if (gv_claim_has(claim, group)) {
		iommu_group_put(group);
		return 0;
	}

	err = gv_claim_grow(claim);
	if (!err)
		err = iommu_group_claim_dma_owner(group, claim);
	if (err) {
		/*
		 * So does the driver of another function of the group: where a
		 * bridge lacks ACS even the PF's, whose lock the caller has.
		 */
		driven = gv_group_driven(group, &vf->gpu->pdev->dev);
		err = driven ? 0 : gv_claim_refused(vf, group, err, why);
		iommu_group_put(group);
		return err;
	}
	spin_lock(&gv_claims_lock);
	if (!claim->nr)
		list_add(&claim->node, &gv_claims);
	claim->groups[claim->nr++] = group;
	spin_unlock(&gv_claims_lock);

	return 0;
}

/**
 * gv_claim_vfs() - claim the IOMMU groups of all VFs of a GPU
 * @claim: where to note it; zeroed, or what this had claimed before. The caller's to
 *	release, also if this fails.
 * @gpu: the GPU
 * @why: where to note a refusal
 *
 * Context: under the device lock of the PF, may sleep.
 * Return: 0, -EBUSY if VFIO has one of them or one has mediated devices, or another
 * negative errno.
 */
int gv_claim_vfs(struct gv_claim *claim, struct gv_gpu *gpu,
		 struct gv_why *why)
{
	struct gv_vf *vf = NULL;
	int err = 0;

	while (!err && (vf = gv_vf_next(vf)))
		if (vf->gpu == gpu)
			err = gv_claim_vf(claim, vf, why);
	gv_vf_put(vf);

	return err;
}

/**
 * gv_claim_release() - let go of all that was claimed
 * @claim: the claim
 */
void gv_claim_release(struct gv_claim *claim)
{
	u32 i, nr;

	/* Until nobody is kept out, it is ours. */
	for (i = 0; i < claim->nr; i++)
		iommu_group_release_dma_owner(claim->groups[i]);
	spin_lock(&gv_claims_lock);
	nr = claim->nr;
	claim->nr = 0;
	if (nr)
		list_del(&claim->node);
	spin_unlock(&gv_claims_lock);
	for (i = 0; i < nr; i++)
		iommu_group_put(claim->groups[i]);
	kfree(claim->groups);
	claim->groups = NULL;
	claim->max = 0;
}
