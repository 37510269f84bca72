# SPDX-License-Identifier: GPL-2.0
# a driver_override of somebody else is left alone
# file: tools/cmd/passthrough.c
# test: tool
s/if (item->change && item->func.override\[0\] &&/if (!ctx \&\& item->func.override[0] \&\&/
