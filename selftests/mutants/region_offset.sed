# SPDX-License-Identifier: GPL-2.0
# an access begins in a region
# file: kmod/vgpu_region.c
# test: model
s/if (pos >= size)/if (!size)/
