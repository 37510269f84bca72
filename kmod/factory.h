/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GV_FACTORY_H
#define GV_FACTORY_H

#include <gpuvirt/ops.h>

int gv_factory_new(const struct gv_instance_params *params, char *address,
		   struct gv_why *why);
bool gv_factory_knows(const char *address, u32 *faults);
int gv_factory_del(const char *address, struct gv_why *why);
int gv_factory_fault(const char *address, const u32 *faults,
		     struct gv_why *why);

#endif
