# SPDX-License-Identifier: GPL-2.0
# a disk that is mounted is not taken
# file: tools/pt/unheld.c
# test: tool
s/^\tcase GV_PT_CONSOLE:$/&\n\tcase GV_PT_MOUNT:/
