# SPDX-License-Identifier: GPL-2.0
# a mediated device that is being removed keeps its VF
# file: kmod/mdev.c
# test: vf_refused
s/bus_for_each_drv(gv_mdev_driver/0 \&\& &/
