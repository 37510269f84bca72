# SPDX-License-Identifier: GPL-2.0
# a command stays in the window
# file: kmod/sim/engine.c
# test: model
/if (cmd->offset > GV_SIM_WINDOW_SIZE ||/,+2d
