# SPDX-License-Identifier: GPL-2.0
# a known accelerator is one of its vendor only
# file: kmod/accel.c
# test: model
s/if (id->vendor == pdev->vendor \&\& id->device == pdev->device)/if (id->device == pdev->device)/
