# SPDX-License-Identifier: GPL-2.0
# VFs are born into their driver
# file: kmod/vf.c
# test: vf_sim
s/err = err ?: gv_pci_set_driver_override(pdev, driver);/err = err ?: 0;/
