# SPDX-License-Identifier: GPL-2.0
# a VF that was removed while it was registered is forgotten
# file: kmod/bus.c
# test: vf_race
s/if (!gv_bus_has(pdev))/if (0 \&\& !gv_bus_has(pdev))/
