/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A thing is asked for again and again, and each time the next allocation or
 * copy in it fails, until none is left to fail. Whatever is refused must have
 * changed nothing and must work when it is asked for once more; a neighbour
 * must not notice.
 */
#ifndef GV_FAIL_H
#define GV_FAIL_H

#include <stdbool.h>

#include "fault.h"
#include "ktap.h"
#include "nl_gpu.h"
#include "vfio.h"

/* The row of the table of drills; nothing in it is left to chance. */
#define GV_FAIL_DRILL "R1"
#define GV_FAIL_WHAT "allocations and copies failing in turn"

/* The answer itself was what failed: it is done or not. */
#define GV_FAIL_UNKNOWN (-1)

/*
 * What is asked; how it shows that it was done, if it does; and what takes it
 * back. What changes nothing is just asked again.
 */
struct gv_fail {
	const char *what;
	int (*act)(void);	/* 0, a positive errno or GV_FAIL_UNKNOWN */
	bool (*is)(void);
	bool made;		/* what is() says when it was done */
	int (*undo)(void);
	bool sure;		/* nothing in it can fail */
	bool backs;		/* VRAM that was backed for it stays so */
	bool once;		/* no faults: it is for what follows */
	bool workers;		/* faults are in the operation that it starts */
	/*
	 * In these functions of ours only, wherever they run, for what the kernel
	 * itself would not survive; the last is NULL.
	 */
	const char * const *in;
};

/*
 * A vGPU that is open all the time, and one that is not. There is a third one, by
 * lib/neighbour.h.
 */
#define GV_FAIL_NEIGHBOUR "fa110000-0000-4000-8000-000000000000"
#define GV_FAIL_IDLE "fa110000-0000-4000-8000-000000000001"

extern struct gv_nl gv_fail_nl;
/* The GPU of the neighbour, which has a type "type". */
extern char gv_fail_gpu[];

/* Ends the test as skipped on a kernel that injects no faults. */
void gv_fail_begin(const char *sim);
/* Also tells how many faults there were, as R1 of the table of drills. */
void gv_fail_end(void);
bool gv_fail_neighbour_lives(void);
/* The part of that which no fault may disturb. */
bool gv_fail_neighbour_moves(void);
/* And at the end all of its VRAM is as it was. */
bool gv_fail_neighbour_end(void);

/* Between these two in act(), what the thread asks for is refused. */
void gv_fail_on(void);
void gv_fail_off(void);

/* A request; @dump: for a dump. */
int gv_fail_ask(struct gv_req *req, bool dump);
/*
 * A request that starts an operation, whose id is in that attribute of the
 * reply; waits for its end.
 */
int gv_fail_operate(struct gv_req *req, uint16_t attr);
/* What the operation acted on. */
extern char gv_fail_subject[];

/* All faults of a step; how many there were, in @hits. */
bool gv_fail_sweep(const struct gv_fail *step, unsigned int *hits);

/* One result for each; inline, as each test counts its own results. */
static inline void gv_fail_all(const struct gv_fail *steps, unsigned int n)
{
	unsigned int i, hits;
	bool good;

	for (i = 0; i < n; i++) {
		if (steps[i].in && !gv_fault_has_filter()) {
			gv_ktap_skip(steps[i].what,
				     "this kernel can't tell ours from others");
			continue;
		}
		good = gv_fail_sweep(&steps[i], &hits);
		if (steps[i].once)
			gv_ktap_check(good, "%s", steps[i].what);
		else
			gv_ktap_check(good, "%s: %u faults, each refused or borne",
				      steps[i].what, hits);
	}
}

#define GV_FAILS(steps) ((unsigned int)(sizeof(steps) / sizeof((steps)[0])))

#endif
