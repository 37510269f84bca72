# SPDX-License-Identifier: GPL-2.0
# a mapping ends where the VRAM slice does
# file: kmod/vgpu_vram.c
# test: vfio_mmap
/if (pgoff > size >> PAGE_SHIFT ||/,/- pgoff)/c\	if (pgoff > ~0ULL)
