/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which functions of the kernel were called, and in which order: for what can't
 * be seen from outside but in a race.
 */
#ifndef GV_TRACE_H
#define GV_TRACE_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * Trace calls from now on; each is "EVENT FUNCTION", the last NULL. Those of one
 * process only, unless pid is 0. False if this kernel can't.
 */
bool gv_trace_begin(pid_t pid, const char *const *calls);
/* What was traced is in gv_said, a line "... EVENT: ..." for each call. */
void gv_trace_end(void);

#endif
