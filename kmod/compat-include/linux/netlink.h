/* SPDX-License-Identifier: GPL-2.0 */
/* Mirrors <linux/netlink.h>: formatted extack texts, absent before 6.3. */
#ifndef GV_COMPAT_LINUX_NETLINK_H
#define GV_COMPAT_LINUX_NETLINK_H

#include_next <linux/netlink.h>

#ifndef NL_SET_ERR_MSG_FMT
#include <linux/kernel.h>

#define NETLINK_MAX_FMTMSG_LEN 80

__printf(1, 2)
const char *gv_extack_text(const char *fmt, ...);

/*
 * An extack of these kernels has room for a pointer only, and the text is read
 * after the handler has returned: gv_extack_text() keeps it for a while.
 */
#define NL_SET_ERR_MSG_FMT(extack, fmt, args...) do {			\
	struct netlink_ext_ack *__extack = (extack);			\
									\
	if (__extack)							\
		__extack->_msg = gv_extack_text(fmt, ##args);		\
} while (0)

#define GV_COMPAT_EXTACK_RING
#endif

#endif
