# SPDX-License-Identifier: GPL-2.0
# a guest changes only the bits of its configuration space that can be written
# file: kmod/vgpu_config.c
# test: model
s/= (vgpu->config\[pos\] \& ~rw) | (val \& rw);/= rw ? val : vgpu->config[pos];/
