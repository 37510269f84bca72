# SPDX-License-Identifier: GPL-2.0
# a message is sent for a new cause only
# file: kmod/vgpu_irq.c
# test: model
s/if ((old | causes) != old)/if ((old | causes) != ~old)/
