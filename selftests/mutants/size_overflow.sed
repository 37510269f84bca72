# SPDX-License-Identifier: GPL-2.0
# a size that does not fit 64 bits is none
# file: tools/value.c
# test: tool
s/ || v > UINT64_MAX >> shift)/)/
