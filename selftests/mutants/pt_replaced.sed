# SPDX-License-Identifier: GPL-2.0
# another card at the same address is not bound
# file: tools/pt/change.c
# test: tool
s/if (func->vendor == was->vendor &&.*/if (was->class ||/
