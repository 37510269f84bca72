# SPDX-License-Identifier: GPL-2.0
# a driver that is blacklisted does not get a GPU that is given back
# file: tools/port_kmod.c
# test: tool
s/KMOD_PROBE_APPLY_BLACKLIST_ALIAS_ONLY/0/
