# SPDX-License-Identifier: GPL-2.0
# no page beyond the slice is mapped
# file: kmod/vgpu_vram.c
# test: vfio_display
/if (vmf->pgoff >= vgpu->slice.size >> PAGE_SHIFT)/,+1d
