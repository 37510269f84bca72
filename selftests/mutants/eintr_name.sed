# SPDX-License-Identifier: GPL-2.0
# an attribute that the kernel blames is named
# file: tools/extack.c
# test: tool
s/if (attr)$/if (0)/
