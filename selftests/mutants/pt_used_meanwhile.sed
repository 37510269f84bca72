# SPDX-License-Identifier: GPL-2.0
# each function is looked at again before it is taken
# file: tools/pt/change.c
# test: tool
s/ret = gv_pt_still_unused(&func, err);/ret = 0;/
