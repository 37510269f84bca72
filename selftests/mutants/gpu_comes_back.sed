# SPDX-License-Identifier: GPL-2.0
# a PF driver that comes back offers vGPUs on a GPU that is being removed
# file: kmod/backend.c
# test: vf_race
s/be->leaving = gpu->leaving;/be->leaving = false;/
