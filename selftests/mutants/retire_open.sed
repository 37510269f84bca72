# SPDX-License-Identifier: GPL-2.0
# a vGPU that is open can't be deleted
# file: kmod/vgpu_list.c
# test: netlink_retire
/gv_vgpu_retire(/,/^}/s/if (vgpu->open) {/if (0) {/
