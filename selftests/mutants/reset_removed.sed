# SPDX-License-Identifier: GPL-2.0
# a vGPU that is being removed is not reset
# file: kmod/operation.c
# test: mdev_race
s/ \&\& !gv_vgpu_use(vgpu))/ \&\& !gv_vgpu_use(vgpu) \&\& !op)/
