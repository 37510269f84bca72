# SPDX-License-Identifier: GPL-2.0
# the host is not suspended while a vGPU is open
# file: kmod/pm.c
# test: vfio_suspend
s/if (vgpu->open) {/if (0) {/
