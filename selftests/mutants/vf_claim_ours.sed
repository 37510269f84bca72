# SPDX-License-Identifier: GPL-2.0
# what is claimed for a reset is told as open
# file: kmod/vf.c
# test: vf_race
s/ \&\& !gv_claim_ours(group);/ \&\& !(0 \&\& gv_claim_ours(group));/
