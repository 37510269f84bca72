# SPDX-License-Identifier: GPL-2.0
# an operation on VFs does not have the PF's lock while it waits for the rescan lock
# file: kmod/pf_lock.h
# test: vf_race
/^static inline void gv_pf_lock(/,/^}/s/^\tfor (;;) {$/\tdevice_lock(\&pdev->dev);\n\tpci_lock_rescan_remove();\n\treturn;\n&/
