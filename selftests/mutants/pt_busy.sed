# SPDX-License-Identifier: GPL-2.0
# a disk is in use if the kernel says so
# file: tools/pt/holder.c
# test: tool
s/gv_port_busy(path) <= 0/gv_port_busy(path) <= 1/
