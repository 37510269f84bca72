// SPDX-License-Identifier: GPL-2.0
/*
 * To take a VF away only while nobody has it open, it is not enough to look: it
 * may be opened the next moment. Who owns the DMA of its IOMMU group keeps VFIO
 * from opening it, and can't become the owner while VFIO is.
 */
#include <linux/iommu.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include "claim.h"
#include "group.h"
#include "state.h"
#include "vf.h"

/**
 * gv_claim_needless() - has a driver of the host a VF
 * @vf: the VF
 *
 * A driver that uses the DMA API keeps VFIO out: there is nothing to claim.
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
 * gv_claim_vf() - claim the IOMMU group of one VF
 * @claim: where to note it; zeroed before the first
 * @vf: the VF
 * @why: where to note a refusal
 *
 * Context: under the device lock of the PF, may sleep.
 * Return: 0, -EBUSY if VFIO has the group, or -ENOMEM.
 */
int gv_claim_vf(struct gv_claim *claim, struct gv_vf *vf, struct gv_why *why)
{
	struct iommu_group **groups, *group;
	bool driven;
	int err;

	if (gv_claim_needless(vf))
		return 0;
	group = iommu_group_get(&vf->pdev->dev);
	if (!group)
		return 0;
	/* Of VFIO without an IOMMU: nobody can be the owner of such a group. */
	if (vf->group < 0) {
		iommu_group_put(group);
		return gv_fail(why, -EBUSY, GPUVIRT_REASON_VF_OPEN, 0,
			       "VF %s may be open: VFIO has it without an IOMMU, unbind it",
			       pci_name(vf->pdev));
	}
	if (gv_claim_has(claim, group)) {
		iommu_group_put(group);
		return 0;
	}

	if (claim->nr == claim->max) {
		groups = krealloc_array(claim->groups, claim->max + 16,
					sizeof(*groups), GFP_KERNEL);
		if (!groups) {
			iommu_group_put(group);
			return gv_fail_nomem(why);
		}
		claim->groups = groups;
		claim->max += 16;
	}
	err = iommu_group_claim_dma_owner(group, claim);
	if (err) {
		/*
		 * So does the driver of another function of the group: where a
		 * bridge lacks ACS even the PF's, whose lock the caller has.
		 */
		driven = gv_group_driven(group, &vf->gpu->pdev->dev);
		iommu_group_put(group);
		if (driven)
			return 0;
		if (err == -ENOMEM)
			return gv_fail_nomem(why);
		return gv_fail(why, -EBUSY, GPUVIRT_REASON_VF_OPEN, 0,
			       "VF %s is open: IOMMU group %d is in use through VFIO",
			       pci_name(vf->pdev), vf->group);
	}
	claim->groups[claim->nr++] = group;

	return 0;
}

/**
 * gv_claim_vfs() - claim the IOMMU groups of all VFs of a GPU, or of none
 * @claim: where to note it; zeroed
 * @gpu: the GPU
 * @why: where to note a refusal
 *
 * Context: process, may sleep.
 * Return: 0, -EBUSY if VFIO has one of them, or -ENOMEM.
 */
int gv_claim_vfs(struct gv_claim *claim, struct gv_gpu *gpu,
		 struct gv_why *why)
{
	struct gv_vf *vf = NULL;
	int err = 0;

	while (!err && (vf = gv_vf_next(vf)))
		if (vf->gpu == gpu)
			err = gv_claim_vf(claim, vf, why);
	if (err)
		gv_claim_release(claim);
	gv_vf_put(vf);

	return err;
}

/**
 * gv_claim_release() - let go of all that was claimed
 * @claim: the claim
 */
void gv_claim_release(struct gv_claim *claim)
{
	while (claim->nr) {
		struct iommu_group *group = claim->groups[--claim->nr];

		iommu_group_release_dma_owner(group);
		iommu_group_put(group);
	}
	kfree(claim->groups);
	claim->groups = NULL;
	claim->max = 0;
}
