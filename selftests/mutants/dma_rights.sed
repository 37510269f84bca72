# SPDX-License-Identifier: GPL-2.0
# what is mapped to be read is not written
# file: kmod/sim/iommu_domain.c
# test: sim_vf
s/if (!(xa_to_value(entry) \& rights))/if (!rights)/
