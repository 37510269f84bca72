/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Calls in the kernel that wait until a test has done what it would have to be
 * lucky to do in the right moment, by kmod/tests/hold.c.
 */
#ifndef GV_HOLD_H
#define GV_HOLD_H

#include <stdbool.h>
#include <sys/types.h>

/* Ends the test as skipped on a kernel that can't. */
void gv_hold_init(void);

/*
 * The n-th call of a function from now on is held, of those that come from
 * functions whose names begin with caller. What can't be held ends the test. One that
 * is held already goes on, as soon as the next can't be missed any more.
 */
void gv_hold_call(const char *function, unsigned int n, const char *caller);
/* Is it, by now? Whoever has made it has its locks as long as that lasts. */
bool gv_hold_reached(void);
/* Let it go; nothing is held any more. */
void gv_hold_go(void);

/* Is a process stuck in the kernel, in a function of that name or called by it? */
bool gv_hold_waits(pid_t pid, const char *function);

/* Run a shell command in a process of its own, what it says goes to a file. */
pid_t gv_hold_start(const char *said, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
