# SPDX-License-Identifier: GPL-2.0
# no vGPU is opened once the host may suspend
# file: kmod/vgpu_vfio.c
# test: mdev_race
s/vgpu->retired_by || gv_pm_suspending/vgpu->retired_by/
