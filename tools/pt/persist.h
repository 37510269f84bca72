/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The files that make a binding come back after a reboot, two for a GPU and
 * its companions: a udev rule that sets driver_override by address as soon as
 * a function appears, and softdeps that let vfio-pci be loaded before the
 * drivers of the host.
 */
#ifndef GV_PT_PERSIST_H
#define GV_PT_PERSIST_H

#include <stdbool.h>

#include "../err.h"

struct gv_pt_plan;

enum gv_pt_persist {
	GV_PT_PERSIST_YES,
	GV_PT_PERSIST_SHOW,
	GV_PT_PERSIST_NO,
};

/* Whether a rule of ours binds this GPU at boot. */
bool gv_pt_persists(const char *address);

/* For a GPU that is not there: what is left of it is named. */
void gv_pt_persist_hint(const char *address, struct gv_err *err);

/*
 * Prints the files and, unless show, writes them; or removes them. For the
 * GPUs that the plan was made for: nothing is begun if one of the files is
 * somebody else's. 0, or -errno with err set.
 */
int gv_pt_persist(const struct gv_pt_plan *plan, bool show,
		  struct gv_err *err);
int gv_pt_unpersist(const struct gv_pt_plan *plan, bool show,
		    struct gv_err *err);

#endif
