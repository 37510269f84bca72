/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Netlink messages that are valid by the spec, or were: each is made from the
 * table of operations, and most are then changed in one way or several.
 */
#ifndef GV_FUZZ_H
#define GV_FUZZ_H

#include "nl.h"

/* What the words of messages are taken from; some of it exists. */
struct gv_fuzz {
	uint64_t state;
	const char *gpu;
	const char *uuid;
	uint64_t generation;
	bool tame;		/* name nothing that exists */
};

/* What one message is, and what may be expected of it. */
struct gv_fuzz_msg {
	const char *op;		/* NULL if its command was changed */
	unsigned int flags;	/* of the operation: GV_SPEC_... */
	bool mutated;
	bool framed;		/* netlink sees it, and says how it ended */
	bool dump;
	size_t sent;		/* bytes to send, not always nlmsg_len */
	struct gv_req req;
};

void gv_fuzz_make(struct gv_fuzz *fuzz, const struct gv_nl *nl,
		  struct gv_fuzz_msg *msg);

#endif
