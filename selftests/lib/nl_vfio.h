/* SPDX-License-Identifier: GPL-2.0 */
/* Just enough of VFIO to hold a vGPU open. */
#ifndef GV_NL_VFIO_H
#define GV_NL_VFIO_H

struct gv_hold {
	int container;
	int group;
	int device;
};

/* 0 or a positive errno: of the step that failed; nothing is open then. */
int gv_hold_open(struct gv_hold *hold, unsigned int group, const char *uuid);
void gv_hold_close(struct gv_hold *hold);

#endif
