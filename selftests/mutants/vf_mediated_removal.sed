# SPDX-License-Identifier: GPL-2.0
# a mediated device that is being removed keeps its VF
# file: kmod/claim.c
# test: vf_refused
s/!gv_mdev_driven(&vf->pdev->dev)/true/
