/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GV_PM_H
#define GV_PM_H

#include <linux/types.h>

/* The host is about to sleep: no vGPU is opened any more; gv_state_lock. */
extern bool gv_pm_suspending;

int gv_pm_init(void);
void gv_pm_exit(void);

#endif
