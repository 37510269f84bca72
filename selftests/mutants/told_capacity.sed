# SPDX-License-Identifier: GPL-2.0
# the end of a vGPU is told when its capacity is back
# file: kmod/vgpu.c
# test: mdev_race
/^\tgv_event_vgpu(GPUVIRT_CMD_VGPU_DELETE_NTF, vgpu);/d
s/^\tgv_vgpu_give(vgpu, true);/\tgv_event_vgpu(GPUVIRT_CMD_VGPU_DELETE_NTF, vgpu);\n&/
