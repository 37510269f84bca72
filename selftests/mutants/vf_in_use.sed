# SPDX-License-Identifier: GPL-2.0
# VFs that are open are not disabled
# file: kmod/claim.c
# test: vf_sim
/^int gv_claim_vf(/,/^}/s/err = iommu_group_claim_dma_owner(group, claim);/iommu_group_claim_dma_owner(group, claim);/
