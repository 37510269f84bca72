# SPDX-License-Identifier: GPL-2.0
# vGPUs that are made at once are listed in the order in which a dump has them
# file: kmod/vgpu_list.c
# test: mdev_race
s/list_add(&vgpu->node, &before->node)/list_add_tail(\&vgpu->node, \&gv_vgpus)/
