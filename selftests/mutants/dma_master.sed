# SPDX-License-Identifier: GPL-2.0
# a function that is no bus master accesses no memory
# file: kmod/sim/iommu_domain.c
# test: sim_vf
s/if (!gv_sim_config_master(fn)) {/if (0) {/
