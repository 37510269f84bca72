# SPDX-License-Identifier: GPL-2.0
# a PF driver that comes while there are VFs is kept loaded
# file: kmod/gpu.c
# test: vf_nvme
/^void gv_gpu_driver/,/^}/s/if (!failed)/if (failed)/
