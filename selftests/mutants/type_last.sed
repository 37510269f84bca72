# SPDX-License-Identifier: GPL-2.0
# the module goes when its last type is freed
# file: kmod/mdev.c
# test: type_release
# kernel: 6.1-debug
/wait_event(gv_mdev_types_wait,/d
