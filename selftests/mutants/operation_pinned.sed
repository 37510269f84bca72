# SPDX-License-Identifier: GPL-2.0
# the module stays while an operation runs
# file: kmod/operation.c
# test: operation_race
s/op->pinned = try_module_get(THIS_MODULE);/op->pinned = false;/
