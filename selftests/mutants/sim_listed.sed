# SPDX-License-Identifier: GPL-2.0
# a simulated GPU is known as one by the time that events tell of it
# file: kmod/sim/main.c
# test: netlink_events
/^\tgv_sim_list(sim);$/d
s/^\terr = gv_sim_bus_new(sim, why);$/&\n\tgv_sim_list(sim);/
