# SPDX-License-Identifier: GPL-2.0
# a vGPU is not opened before its creation was told
# file: kmod/vgpu_vfio.c
# test: mdev_race
s/^\twait_for_completion(&vgpu->listed);//
