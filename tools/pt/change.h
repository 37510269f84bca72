/* SPDX-License-Identifier: GPL-2.0 */
/* One function, from its driver to vfio-pci and back. In the worker. */
#ifndef GV_PT_CHANGE_H
#define GV_PT_CHANGE_H

#include "func.h"
#include "record.h"
#include "worker.h"

/* What a function is, seen together with its record. */
enum gv_pt_state {
	GV_PT_HOST,		/* with its driver, or without one */
	GV_PT_OURS,		/* gpuvirt bound it */
	GV_PT_BOOT,		/* bound at boot, by a rule of gpuvirt */
	GV_PT_OTHER,		/* another tool bound it */
	GV_PT_CHANGING,		/* by gpuvirt or another, now */
	GV_PT_INTERRUPTED,	/* such a process was killed */
	GV_PT_RETURNED,		/* gpuvirt bound it, another gave it back */
};

/* gpu is the one whose companion it is, or itself. */
enum gv_pt_state gv_pt_state(const struct gv_pt_func *func,
			     const struct gv_pt_record *record,
			     const char *gpu);
const char *gv_pt_state_name(enum gv_pt_state state);

/*
 * Each returns 0, or -errno with err set. The record is locked. If another
 * device is at the address than was seen there, it is left alone.
 */
int gv_pt_take(struct gv_pt_worker *worker, const struct gv_pt_func *was,
	       struct gv_pt_record *record, struct gv_err *err);
int gv_pt_give(struct gv_pt_worker *worker, const struct gv_pt_func *was,
	       struct gv_pt_record *record, struct gv_err *err);

#endif
