/* SPDX-License-Identifier: GPL-2.0 */
/* What nl.c and nl_event.c share. */
#ifndef GV_NL_PRIV_H
#define GV_NL_PRIV_H

#include <linux/netlink.h>

#include "nl.h"
#include "port.h"

struct gv_family {
	uint16_t id;
	uint32_t config;
	uint32_t runtime;
	uint32_t notify;
};

struct gv_nl {
	struct gv_port *port;
	struct gv_family family;
	uint32_t seq;
	/* what is left of the last datagram of events */
	struct nlmsghdr *next;
	int rem;
	char buf[GV_PORT_BUF] __attribute__((aligned(NLMSG_ALIGNTO)));
};

/* The id of a family and of those of its groups that this tool knows. */
int gv_nl_resolve(struct gv_nl *nl, const char *name,
		  struct gv_family *family, struct gv_err *err);
/* NULL when out of memory. */
struct gv_obj *gv_nl_obj(const struct nlmsghdr *hdr, const struct gv_set *set);

#endif
