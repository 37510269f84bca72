# SPDX-License-Identifier: GPL-2.0
# a VF does not leave its group while that is claimed for a reset
# file: kmod/vf_reset.c
# test: vf_race
s/locked = !gone && device_trylock(&vf->pdev->dev);/locked = !gone;/
/^static int gv_vf_reset_one(/,/^}/s/^\tdevice_unlock(&vf->pdev->dev);$//
