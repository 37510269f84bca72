/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The operations of the netlink family, as its spec has them, for tests that
 * have to cover all of them. spec_table.h is made by spec_table.py.
 */
#ifndef GV_SPEC_H
#define GV_SPEC_H

#include <stdint.h>
#include <linux/gpuvirt.h>

enum gv_spec_kind { GV_SPEC_STR, GV_SPEC_U32, GV_SPEC_U64 };

#define GV_SPEC_CHANGE 1	/* it needs rights */
#define GV_SPEC_DUMP 2		/* it can be dumped, too */
#define GV_SPEC_OPERATION 4	/* its reply is the id of an operation */

struct gv_spec_attr {
	const char *name;
	uint16_t number;
	enum gv_spec_kind kind;
};

struct gv_spec_op {
	const char *name;
	uint8_t cmd;
	unsigned int flags;
	const struct gv_spec_attr *attrs;
	unsigned int n;
};

#include "spec_table.h"

#define GV_SPEC_OPS (sizeof(gv_spec_ops) / sizeof(gv_spec_ops[0]))

#endif
