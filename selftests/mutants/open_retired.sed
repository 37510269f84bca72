# SPDX-License-Identifier: GPL-2.0
# a vGPU that is being deleted can't be opened
# file: kmod/vgpu_vfio.c
# test: netlink_retire
s/} else if (vgpu->retired_by || gv_pm_suspending) {/} else if (gv_pm_suspending) {/
