# SPDX-License-Identifier: GPL-2.0
# a group of VFIO without an IOMMU is not followed
# file: kmod/group.c
# test: vf_race
# kernel: 6.1-cover
s/if (IS_ENABLED(CONFIG_VFIO_NOIOMMU) && .*/if (false)/
