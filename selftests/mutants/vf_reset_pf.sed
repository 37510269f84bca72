# SPDX-License-Identifier: GPL-2.0
# the PF driver stays until the group of a VF that is reset is claimed
# file: kmod/vf_reset.c
# test: vf_race
/^static int gv_vf_lock(/,/^}/s/^\tif (locked)$/\tif (locked)\n\t\tdevice_unlock(\&pf->dev);\n&/
/^static int gv_vf_reset_one(/,/^}/s/^\tdevice_unlock(&vf->gpu->pdev->dev);$//
