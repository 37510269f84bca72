# SPDX-License-Identifier: GPL-2.0
# a bridge without ACS on the way joins what is below it
# file: tools/iommu/group.c
# test: model
s/if (!acs.on)$/if (0)/
