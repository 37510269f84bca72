# SPDX-License-Identifier: GPL-2.0
# the IOMMU group of a GPU that comes with its driver is noted
# file: kmod/gpu.c
# test: group_elsewhere
s/if (pdev->dev.iommu && group >= 0 && gpu->group != group) {/if (false) {/
