/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GV_PT_ASK_H
#define GV_PT_ASK_H

#include "plan.h"

/*
 * Reads what the kernel guards by the device's lock, by a child, for it may
 * not come back while some process keeps a driver from ending. Functions of
 * which nothing was heard in a while are marked as locked.
 */
void gv_pt_ask(struct gv_pt_plan *plan);

#endif
