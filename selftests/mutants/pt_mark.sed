# SPDX-License-Identifier: GPL-2.0
# a file of somebody else is not replaced
# file: tools/pt/persist.c
# test: tool
s/return !ret && !strcmp(line, GV_PT_OURS_MARK) ? 0 : -EEXIST;/return ret;/
