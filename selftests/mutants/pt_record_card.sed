# SPDX-License-Identifier: GPL-2.0
# the record of a card is not that of the next
# file: tools/pt/record.c
# test: tool
s/record->other = true;/record->found = true;/
