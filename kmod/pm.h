/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GV_PM_H
#define GV_PM_H

int gv_pm_init(void);
void gv_pm_exit(void);

#endif
