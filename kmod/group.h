/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GV_GROUP_H
#define GV_GROUP_H

#include <linux/pci.h>

#include <gpuvirt/why.h>

/**
 * struct gv_member - what isolates a PCI function, and what does not
 * @group: its IOMMU group, negative if none
 * @driver: the bound driver, empty if none
 * @acs: it has an ACS capability
 * @acs_read: and the three registers could be read, which they can't while the
 *	function is reset
 * @acs_cap: ACS capability register
 * @acs_ctrl: ACS control register
 * @acs_vector: what follows
 * @ats: it may translate addresses itself
 * @isolated_msi: no device of the group can send interrupts but its own
 * @dma_owner: somebody has claimed the DMA of the group
 */
struct gv_member {
	int group;
	char driver[64];
	bool acs;
	bool acs_read;
	u16 acs_cap;
	u16 acs_ctrl;
	u32 acs_vector;
	bool ats;
	bool isolated_msi;
	bool dma_owner;
};

struct iommu_group;

struct pci_dev *gv_function_find(const char *address, u16 attr,
				 struct gv_why *why);
void gv_group_leave(const struct pci_dev *pdev);
void gv_group_left(const struct pci_dev *pdev);
void gv_group_exit(void);
struct iommu_group *gv_group_get(struct pci_dev *pdev);
bool gv_group_driven(struct iommu_group *group, struct device *locked);
void gv_member_read(struct pci_dev *pdev, struct gv_member *member);

#endif
