# SPDX-License-Identifier: GPL-2.0
# the only VF of a GPU is numbered without its stride, which may be 0
# file: kmod/vf.c
# test: sim_sriov
s/return stride ? pci_iov_vf_id(pdev) : 0;/return pci_iov_vf_id(pdev);/
