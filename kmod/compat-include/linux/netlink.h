/* SPDX-License-Identifier: GPL-2.0 */
/* Mirrors <linux/netlink.h>: formatted extack texts, absent before 6.3. */
#ifndef GV_COMPAT_LINUX_NETLINK_H
#define GV_COMPAT_LINUX_NETLINK_H

#include_next <linux/netlink.h>

#ifndef NL_SET_ERR_MSG_FMT
#include <linux/atomic.h>
#include <linux/kernel.h>

#define NETLINK_MAX_FMTMSG_LEN 80

/* How many requests can be answered at once before a text is overwritten. */
#define GV_EXTACK_RING 64

extern char gv_extack_ring[GV_EXTACK_RING][NETLINK_MAX_FMTMSG_LEN];
extern atomic_t gv_extack_next;

/*
 * An extack of these kernels has room for a pointer only, and the text is read
 * after the handler has returned: it lives in a ring.
 */
#define NL_SET_ERR_MSG_FMT(extack, fmt, args...) do {			\
	struct netlink_ext_ack *__extack = (extack);			\
	unsigned int __slot;						\
									\
	__slot = (unsigned int)atomic_inc_return(&gv_extack_next) %	\
		 GV_EXTACK_RING;					\
	snprintf(gv_extack_ring[__slot], NETLINK_MAX_FMTMSG_LEN, fmt,	\
		 ##args);						\
	if (__extack)							\
		__extack->_msg = gv_extack_ring[__slot];		\
} while (0)

#define GV_COMPAT_EXTACK_RING
#endif

#endif
