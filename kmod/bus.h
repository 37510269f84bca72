/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GV_BUS_H
#define GV_BUS_H

#include <linux/types.h>

#include <gpuvirt/why.h>

struct gv_id;

int gv_bus_init(void);
void gv_bus_exit(void);
int gv_bus_scan(void);
u32 gv_bus_changes(void);
int gv_bus_forget(const struct gv_id *id, struct gv_why *why);

#endif
