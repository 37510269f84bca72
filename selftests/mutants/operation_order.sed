# SPDX-License-Identifier: GPL-2.0
# the operations that ended last are kept, not those that began last
# file: kmod/operation.c
# test: operation_race
s/list_add_tail(&op->ended,/list_add(\&op->ended,/
