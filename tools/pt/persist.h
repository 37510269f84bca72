/* SPDX-License-Identifier: GPL-2.0 */
/* The files that make a binding come back after a reboot. */
#ifndef GV_PT_PERSIST_H
#define GV_PT_PERSIST_H

#include <stdbool.h>

/* Whether a rule of ours binds this function at boot. */
bool gv_pt_persists(const char *address);

#endif
