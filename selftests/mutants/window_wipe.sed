# SPDX-License-Identifier: GPL-2.0
# nothing of a VF is seen by its next user
# file: kmod/sim/function.c
# test: sim_vf_life
s/gv_sim_engine_wipe(fn);/;/
