/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GV_EXTACK_H
#define GV_EXTACK_H

#include "attr.h"
#include "err.h"

struct nlmsghdr;

/*
 * 0 for an acknowledgment; else fills err with what the kernel says of the
 * request and returns -errno. hdr is an NLMSG_ERROR or an NLMSG_DONE.
 */
int gv_extack(const struct nlmsghdr *hdr, const struct nlmsghdr *request,
	      const struct gv_set *set, struct gv_err *err);

#endif
