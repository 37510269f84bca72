/* SPDX-License-Identifier: GPL-2.0 */
/* An op of IOMMU drivers is told the domain before, in newer kernels. */
#ifndef GV_COMPAT_LINUX_IOMMU_H
#define GV_COMPAT_LINUX_IOMMU_H

#include_next <linux/iommu.h>

#ifdef GV_HAVE_IOMMU_ATTACH_OLD
#define GV_IOMMU_OLD_DOMAIN , struct iommu_domain *old
#else
#define GV_IOMMU_OLD_DOMAIN
#endif

#endif
