# SPDX-License-Identifier: GPL-2.0
# the number of VFs stays while they are enabled
# file: kmod/sim/config.c
# test: model
s/if (gv_sim_config_locked(fn, pos + i))/if (0 \&\& gv_sim_config_locked(fn, pos + i))/
