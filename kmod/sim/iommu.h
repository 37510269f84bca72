/* SPDX-License-Identifier: GPL-2.0 */
/* Between the two halves of the software IOMMU. */
#ifndef GV_SIM_IOMMU_H
#define GV_SIM_IOMMU_H

#include <linux/iommu.h>

extern const struct iommu_domain_ops gv_domain_ops;

#ifdef GV_HAVE_IOMMU_BUS_OPS
struct iommu_domain *gv_iommu_domain_alloc(unsigned int type);
#else
extern struct iommu_domain gv_identity_domain;
extern struct iommu_domain gv_blocked_domain;
struct iommu_domain *gv_iommu_domain_alloc_paging(struct device *dev);
#endif

bool gv_domains_exist(void);
void gv_domain_forget(struct device *dev);

#endif
