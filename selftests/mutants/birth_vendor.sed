# SPDX-License-Identifier: GPL-2.0
# VFs of NVIDIA's GPUs are born into the host's driver
# file: kmod/birth.c
# test: model
s/return vendor == PCI_VENDOR_ID_NVIDIA ?/return !vendor ?/
