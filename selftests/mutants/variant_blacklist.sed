# SPDX-License-Identifier: GPL-2.0
# a variant of vfio-pci that is blacklisted is not loaded
# file: tools/port_kmod.c
# test: vf_variant
s/KMOD_PROBE_APPLY_BLACKLIST/0/
