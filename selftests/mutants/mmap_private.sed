# SPDX-License-Identifier: GPL-2.0
# VRAM is mapped shared
# file: kmod/vgpu_vram.c
# test: vfio_mmap
/if (!(vma->vm_flags \& VM_SHARED))/,+1d
