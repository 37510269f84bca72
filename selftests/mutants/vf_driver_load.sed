# SPDX-License-Identifier: GPL-2.0
# the driver of VFs is not loaded under the lock of the PF
# file: kmod/vf_operation.c
# test: vf_refused
/^static int gv_vf_enable_run/,/^}/s/= gv_sriov_load(.*/= 0;/
s/^\tbefore = pci_num_vf(pdev);/\tif (req)\n\t\terr = gv_sriov_load(req->driver, why);\n&/
