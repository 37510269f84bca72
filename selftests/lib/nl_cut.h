/* SPDX-License-Identifier: GPL-2.0 */
/* Dumps of the netlink family that something gets into. */
#ifndef GV_NL_CUT_H
#define GV_NL_CUT_H

#include "nl.h"

typedef void (*gv_change_fn)(struct gv_nl *nl, const char *gpu);

/*
 * Read one datagram of a dump, change something, read the rest: was it said
 * that the parts do not belong together? 1 if it was, 0 if not, -1 if there were
 * too few parts.
 */
int gv_dump_cut(struct gv_nl *nl, uint8_t cmd, const char *gpu,
		gv_change_fn change);

#endif
