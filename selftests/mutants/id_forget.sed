# SPDX-License-Identifier: GPL-2.0
# an id is taken back with all GPUs that have it or with none
# file: kmod/bus.c
# test: vf_nvme
s/^\t\terr = gv_bus_mark(gpu, why);/&\n\t\tif (!err)\n\t\t\tgv_gpu_drop(gpu);/
