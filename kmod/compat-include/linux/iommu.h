/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Mirrors <linux/iommu.h>. An op of IOMMU drivers is told the domain before, in
 * newer kernels. iommu_group_has_isolated_msi() is of 6.3: before, it was the
 * IOMMU that said whether interrupts are remapped, or the interrupt controllers
 * of the whole machine; VFIO asked both.
 */
#ifndef GV_COMPAT_LINUX_IOMMU_H
#define GV_COMPAT_LINUX_IOMMU_H

#include_next <linux/iommu.h>

#ifdef GV_HAVE_IOMMU_ATTACH_OLD
#define GV_IOMMU_OLD_DOMAIN , struct iommu_domain *old
#else
#define GV_IOMMU_OLD_DOMAIN
#endif

#ifndef GV_HAVE_IOMMU_ISOLATED_MSI
#include <linux/irqdomain.h>

static inline int gv_device_remaps_msi(struct device *dev, void *unused)
{
	return device_iommu_capable(dev, IOMMU_CAP_INTR_REMAP);
}

static inline bool iommu_group_has_isolated_msi(struct iommu_group *group)
{
	return irq_domain_check_msi_remap() ||
	       iommu_group_for_each_dev(group, NULL, gv_device_remaps_msi);
}
#endif

#endif
