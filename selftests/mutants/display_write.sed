# SPDX-License-Identifier: GPL-2.0
# a display region can't be written
# file: kmod/vgpu_region.c
# test: model
s/if (write \&\& gv_region_is_display(index))/if (0)/
