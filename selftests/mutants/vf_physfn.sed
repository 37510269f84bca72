# SPDX-License-Identifier: GPL-2.0
# a removed VF is not followed to its PF
# file: kmod/netlink_group.c
# test: vf_race
/^static struct pci_dev \*gv_pf_get(/,/^}/s/^\tfor_each_pci_dev(pf)$/\treturn pci_dev_get(pci_physfn(pdev));\n&/
