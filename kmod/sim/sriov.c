// SPDX-License-Identifier: GPL-2.0
/*
 * Virtual functions come and go: the part of a PF driver that any PF driver with
 * SR-IOV has, and stricter than most, since it refuses to take a VF away from
 * under its user.
 */
#include <linux/device.h>
#include <linux/iommu.h>
#include <linux/pci.h>

#include "../pf_lock.h"
#include "sim.h"

static struct pci_dev *gv_vf_get(struct pci_dev *pdev, unsigned int index)
{
	return pci_get_domain_bus_and_slot(pci_domain_nr(pdev->bus),
					   pdev->bus->number,
					   pci_iov_virtfn_devfn(pdev, index));
}

/*
 * Keep VFIO from a device, which fails if VFIO has it. Of drivers, only VFIO's
 * leave the choice of the domain to whoever opens the device. Whoever has the
 * device's lock may be waiting for the one who has it open.
 */
static int gv_claim(struct pci_dev *pdev, struct iommu_group **claimed)
{
	struct iommu_group *group;
	struct pci_driver *drv;
	int err = 0;

	*claimed = NULL;
	if (!device_trylock(&pdev->dev))
		return -EBUSY;
	drv = pci_dev_driver(pdev);
	if (drv && !drv->driver_managed_dma)
		goto out_unlock;
	group = iommu_group_get(&pdev->dev);
	if (!group)
		goto out_unlock;
	/* A group of VFIO without an IOMMU has no owner to become. */
	if (!pdev->dev.iommu) {
		iommu_group_put(group);
		err = -EBUSY;
		goto out_unlock;
	}
	err = iommu_group_claim_dma_owner(group, pdev);
	if (err)
		iommu_group_put(group);
	else
		*claimed = group;
out_unlock:
	device_unlock(&pdev->dev);
	return err;
}

static void gv_unclaim(struct iommu_group *claimed)
{
	if (!claimed)
		return;
	iommu_group_release_dma_owner(claimed);
	iommu_group_put(claimed);
}

/* Where a VF shares its group with the PF, the PF's driver keeps VFIO away. */
static int gv_vf_claim(struct pci_dev *pdev, struct pci_dev *vf,
		       struct iommu_group **claimed)
{
	*claimed = NULL;
	/* Its driver would wait for their users, who own no group. */
	if (gv_mdev_any(&vf->dev))
		return -EBUSY;
	if (vf->dev.iommu_group == pdev->dev.iommu_group)
		return 0;
	return gv_claim(vf, claimed);
}

/*
 * Take every VF's driver away, or none. The VFs go next, so drivers are kept from
 * them first: one that has lost its driver can't be bound again then, nor opened, and
 * the claims are given up, as the IOMMU core wants it. Only somebody who changes the
 * driver of a VF just then, by its driver override or while one of the host has it,
 * can have it open again, and is waited for.
 */
static int gv_vfs_unbind(struct pci_dev *pdev, struct gv_why *why)
{
	struct iommu_group *groups[GV_SIM_VFS_MAX] = {};
	unsigned int i, count = pci_num_vf(pdev);
	struct pci_dev *vf;
	int err = 0;

	for (i = 0; i < count && !err; i++) {
		vf = gv_vf_get(pdev, i);
		if (vf)
			err = gv_vf_claim(pdev, vf, &groups[i]);
		if (err == -ENOMEM) {
			gv_fail_nomem(why);
		} else if (err) {
			pci_warn(pdev, "VF %s is in use, the VFs stay\n",
				 pci_name(vf));
			err = gv_fail(why, -EBUSY, GPUVIRT_REASON_VF_OPEN, 0,
				      "VF %s is in use", pci_name(vf));
		}
		pci_dev_put(vf);
	}
	for (i = 0; i < count; i++) {
		vf = gv_vf_get(pdev, i);
		if (vf && !err) {
			if (gv_pci_set_driver_override(vf, "none"))
				pci_warn(vf, "drivers are not kept from it\n");
			device_release_driver(&vf->dev);
		}
		pci_dev_put(vf);
	}
	for (i = 0; i < count; i++)
		gv_unclaim(groups[i]);
	return err;
}

/**
 * gv_sim_sriov_blocked() - what keeps a simulated GPU from having VFs
 * @priv: the simulated GPU
 * @why: where to note it
 *
 * Return: 0 or -EOPNOTSUPP.
 */
int gv_sim_sriov_blocked(void *priv, struct gv_why *why)
{
	struct gv_sim *sim = priv;

	if (sim->iommu)
		return 0;
	return gv_fail(why, -EOPNOTSUPP, GPUVIRT_REASON_IOMMU_CONFLICT, 0,
		       "this kernel has room for one IOMMU driver, and has one already");
}

static int gv_vfs_enable(struct pci_dev *pdev, struct gv_sim *sim, int count)
{
	int err;

	if (sim->leaving)
		return -ENODEV;
	if (!sim->iommu) {
		pci_err(pdev, "no VFs without our IOMMU: boot with intel_iommu=off or amd_iommu=off\n");
		return -EOPNOTSUPP;
	}
	if (gv_sim_faulty(sim, GPUVIRT_SIM_FAULT_VF_ENABLE)) {
		pci_err(pdev, "VFs can't be enabled: a simulated fault\n");
		return -EIO;
	}
	if (gv_sim_faulty(sim, GPUVIRT_SIM_FAULT_FEW_VFS))
		count = DIV_ROUND_UP(count, 2);
	err = pci_enable_sriov(pdev, count);
	return err ?: count;
}

/**
 * gv_sim_sriov_configure() - enable VFs, or disable all
 * @pdev: the PF
 * @count: how many to enable, 0 to disable
 *
 * Context: process, under the device lock of the PF.
 * Return: number of VFs, or a negative errno; -EBUSY if one is in use.
 */
int gv_sim_sriov_configure(struct pci_dev *pdev, int count)
{
	int err;

	lockdep_assert_held(&pdev->dev.mutex);

	if (count)
		return gv_vfs_enable(pdev, gv_sim_of(pdev), count);
	if (gv_sim_faulty(gv_sim_of(pdev), GPUVIRT_SIM_FAULT_VF_DISABLE)) {
		pci_err(pdev, "VFs can't be disabled: a simulated fault\n");
		return -EIO;
	}
	err = gv_vfs_unbind(pdev, NULL);
	if (!err)
		pci_disable_sriov(pdev);
	return err;
}

/*
 * The PF itself can be in a virtual machine, too, or get into one the next moment:
 * if VFIO's driver is bound, keep VFIO from it, in @claimed.
 */
static int gv_pf_claim(struct pci_dev *pdev, struct iommu_group **claimed,
		       struct gv_why *why)
{
	struct pci_driver *drv = pci_dev_driver(pdev);
	struct iommu_group *group;

	device_lock_assert(&pdev->dev);

	*claimed = NULL;
	if (!drv || !drv->driver_managed_dma)
		return 0;
	group = iommu_group_get(&pdev->dev);
	if (!group)
		return 0;
	/* A group of VFIO without an IOMMU has no owner to become. */
	if (!pdev->dev.iommu || iommu_group_claim_dma_owner(group, pdev)) {
		iommu_group_put(group);
		return gv_fail(why, -EBUSY, GPUVIRT_REASON_GPU_BUSY, 0,
			       "GPU %s is in use", pci_name(pdev));
	}
	*claimed = group;
	return 0;
}

/**
 * gv_sim_sriov_leave() - disable the VFs of a GPU that is to be removed
 * @sim: the simulated GPU
 * @why: where to note a refusal
 *
 * A driver that is not ours leaves, VFIO's while nobody can open the PF. Once it is
 * not bound, nobody can either, and the removal waits for no user.
 *
 * Context: process, may sleep for long.
 * Return: 0, and none is enabled any more; or -EBUSY or -ENOMEM.
 */
int gv_sim_sriov_leave(struct gv_sim *sim, struct gv_why *why)
{
	struct pci_dev *pdev = gv_sim_pf_get(sim);
	struct iommu_group *claimed;
	bool foreign;
	int err;

	if (!pdev) {
		/* Off its bus; a rescan could bring it back. */
		sim->leaving = true;
		return 0;
	}
	gv_pf_sriov_lock(pdev);
	err = gv_pf_claim(pdev, &claimed, why);
	if (!err && pci_num_vf(pdev)) {
		err = gv_vfs_unbind(pdev, why);
		if (!err)
			pci_disable_sriov(pdev);
	}
	if (!err)
		sim->leaving = true;
	foreign = pdev->dev.driver &&
		  pdev->dev.driver != &gv_sim_pf_driver.driver;
	gv_pf_sriov_unlock(pdev);

	/* Another PF driver would enable VFs all the same. */
	if (foreign && !err)
		device_release_driver(&pdev->dev);
	gv_unclaim(claimed);
	pci_dev_put(pdev);

	return err;
}
