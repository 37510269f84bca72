/* SPDX-License-Identifier: GPL-2.0 */
/* Mirrors <linux/eventfd.h>: eventfd_signal() lost its count in 6.8. */
#ifndef GV_COMPAT_LINUX_EVENTFD_H
#define GV_COMPAT_LINUX_EVENTFD_H

#include_next <linux/eventfd.h>

#ifdef GV_HAVE_EVENTFD_SIGNAL_COUNT
static inline void gv_eventfd_signal(struct eventfd_ctx *ctx)
{
	eventfd_signal(ctx, 1);
}

#define eventfd_signal(ctx) gv_eventfd_signal(ctx)
#endif

#endif
