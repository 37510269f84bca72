/* SPDX-License-Identifier: GPL-2.0 */
/* Operations: started, then waited for. */
#ifndef GV_OP_H
#define GV_OP_H

#include "cmd.h"

#define GV_OP_TIMEOUT	60

struct gv_op_wait {
	bool no_wait;
	unsigned int timeout;	/* seconds */
};

struct gv_op_wait gv_op_wait(const struct gv_value *timeout,
			     const struct gv_value *no_wait);

/*
 * Sends a request whose reply holds an operation's id in attribute attr, and
 * waits for its end. Listens before it sends, so that no end is missed. The
 * operation is the caller's; it is NULL if not waited for, and *id is set.
 */
int gv_op_run(struct gv_ctx *ctx, struct nl_msg *msg, unsigned int attr,
	      const struct gv_op_wait *wait, const char *what, uint64_t *id,
	      struct gv_obj **operation);

#endif
