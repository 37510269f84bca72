# SPDX-License-Identifier: GPL-2.0
# VFs with mediated devices are taken away
# file: kmod/claim.c
# test: vf_refused
s/return gv_claim_mdevs(vf, why);/return (0 ? gv_claim_mdevs(vf, why) : 0);/
