# SPDX-License-Identifier: GPL-2.0
# which kernels take the rescan lock where they add VFs is known
# file: kmod/compat-include/linux/pci.h
# test: model
s/KERNEL_VERSION(6, 1, 165)/KERNEL_VERSION(6, 1, 164)/
