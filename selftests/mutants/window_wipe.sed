# SPDX-License-Identifier: GPL-2.0
# nothing of a VF is seen by its next user
# file: kmod/sim/function.c
# test: model
s/gv_sim_engine_wipe(fn);/;/
