/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The changes are made by a child process. The kernel may keep it waiting in
 * a driver's remove, where no signal reaches it; the parent then says so when
 * its time is over. A child whose parent gives up or dies puts back what it
 * changed, as soon as the kernel lets it: what was begun is finished or undone.
 */
#ifndef GV_PT_WORKER_H
#define GV_PT_WORKER_H

#include <stdbool.h>
#include <sys/types.h>

#include "../err.h"

struct gv_pt_worker;

/* In the child. What it does now, for the parent to tell if it hangs. */
__attribute__((format(printf, 3, 4)))
void gv_pt_step(struct gv_pt_worker *worker, const char *address,
		const char *fmt, ...);
/*
 * Something that the user should know; gv_pt_fault() if it is less than what was
 * asked for. Others' drivers can't be made to behave: nothing is put back for it.
 */
__attribute__((format(printf, 2, 3)))
void gv_pt_note(struct gv_pt_worker *worker, const char *fmt, ...);
__attribute__((format(printf, 2, 3)))
void gv_pt_fault(struct gv_pt_worker *worker, const char *fmt, ...);
/* The parent waits no more: between two steps, the child turns back. */
bool gv_pt_given_up(struct gv_pt_worker *worker);

struct gv_pt_job {
	/* 0, or -errno with err set. */
	int (*act)(struct gv_pt_worker *worker, void *arg,
		   struct gv_err *err);
	/* Undoes what act did. */
	void (*back)(struct gv_pt_worker *worker, void *arg);
	/* The last that the child does. */
	void (*end)(void *arg);
	void *arg;
	const char *what;	/* for the progress line */
	int timeout;		/* milliseconds */
};

/* What the child told: for one that did not come to an end in time. */
struct gv_pt_stuck {
	pid_t pid;
	char address[20];
	char step[120];
	bool fault;
};

/*
 * 0; -errno with err set by act; -ETIMEDOUT with stuck set, and err is the
 * caller's to set.
 */
int gv_pt_work(const struct gv_pt_job *job, struct gv_pt_stuck *stuck,
	       struct gv_err *err);

#endif
