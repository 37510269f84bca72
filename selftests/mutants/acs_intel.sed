# SPDX-License-Identifier: GPL-2.0
# the control bits that some root ports of Intel have are told
# file: kmod/group.c
# test: group_elsewhere
s/return pdev->vendor == PCI_VENDOR_ID_INTEL &&/return false \&\&/
