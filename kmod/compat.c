// SPDX-License-Identifier: GPL-2.0
/* What the shadow headers in compat-include/ need one copy of. */
#include <linux/netlink.h>

#ifdef GV_COMPAT_EXTACK_RING
char gv_extack_ring[GV_EXTACK_RING][NETLINK_MAX_FMTMSG_LEN];
atomic_t gv_extack_next = ATOMIC_INIT(0);
#endif
