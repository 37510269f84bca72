# SPDX-License-Identifier: GPL-2.0
# a vGPU that is being deleted can't be opened
# file: kmod/vgpu_vfio.c
# test: netlink_retire
s/} else if (vgpu->retired_by) {/} else if (0) {/
