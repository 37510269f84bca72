/* SPDX-License-Identifier: GPL-2.0 */
/* Requests, dumps and events of the family, over a port. */
#ifndef GV_NL_H
#define GV_NL_H

#include "attr.h"
#include "err.h"

struct gv_nl;
struct nl_msg;

/* Opens a socket and asks for the family, which may load the module. */
int gv_nl_open(struct gv_nl **nl, struct gv_err *err);
void gv_nl_close(struct gv_nl *nl);

/* A request without attributes yet; NULL when out of memory. */
struct nl_msg *gv_nl_msg(struct gv_nl *nl, unsigned int cmd);

/*
 * Both use up the message, which may be NULL (out of memory). reply may be
 * NULL; if not, it is the caller's, and never NULL after a success.
 */
int gv_nl_do(struct gv_nl *nl, struct nl_msg *msg, struct gv_obj **reply,
	     struct gv_err *err);
/* Adds to the list; repeated until nothing changed while it was made. */
int gv_nl_dump(struct gv_nl *nl, struct nl_msg *msg, struct gv_list *list,
	       struct gv_err *err);

/* A socket that has joined a multicast group is for gv_nl_event() only. */
int gv_nl_join(struct gv_nl *nl, const char *group, struct gv_err *err);

/* Events of one command are enough. To get all is no mistake, so it can't fail. */
void gv_nl_only(struct gv_nl *nl, unsigned int cmd);

struct gv_event {
	unsigned int cmd;
	struct gv_obj *obj;
};

/*
 * The next event of the groups joined; event->obj is the caller's. -EAGAIN
 * when none came in timeout milliseconds, -ENOBUFS when some were lost,
 * -ENODEV when the module is gone.
 */
int gv_nl_event(struct gv_nl *nl, int timeout, struct gv_event *event,
		struct gv_err *err);

#endif
