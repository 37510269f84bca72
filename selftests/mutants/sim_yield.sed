# SPDX-License-Identifier: GPL-2.0
# a worker that a VF keeps busy yields
# file: kmod/sim/function.c
# test: vf_race
/^static void gv_sim_function_work/,/^}/s/cond_resched()/barrier()/
