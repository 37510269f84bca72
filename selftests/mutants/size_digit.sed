# SPDX-License-Identifier: GPL-2.0
# a number that has letters behind it is none
# file: tools/value.c
# test: model
s/return end \&\& !\*end;/return end;/
