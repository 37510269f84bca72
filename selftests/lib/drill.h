/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A drill does the same kind of harm many times, each time a little different,
 * and counts. How many times is a matter of its size:
 *
 *	short	seconds, for make check
 *	long	a minute or two, for make check-all and make drills
 *	soak	until its full count or a quarter of an hour is over, for make soak
 *
 * It is GV_DRILL in the environment or the first argument; the seed is GV_SEED or
 * the second one. With GV_TRIES a drill that counts what it tries does that many,
 * whatever its size and however long it takes; one that lets processes do as they
 * like for a time goes by its size. What a drill prints as
 *
 *	# R5 tried 300 failed 0 seed 0x5eed took 7 s: VMMs killed at any moment
 *
 * becomes a row of the table that make drills prints.
 */
#ifndef GV_DRILL_H
#define GV_DRILL_H

#include <stdbool.h>
#include <stdint.h>

#include "ktap.h"

enum gv_drill_size { GV_DRILL_SHORT, GV_DRILL_LONG, GV_DRILL_SOAK };

/* Of each size: how many to try, if there is time. */
struct gv_goals {
	uint64_t tries[3];
};

struct gv_drill {
	const char *id;
	const char *what;
	enum gv_drill_size size;
	uint64_t seed;
	uint64_t state;		/* of the random numbers */
	uint64_t goal;
	bool counts;		/* up to the goal, not until the time is over */
	uint64_t tried;
	uint64_t failed;
	uint64_t ways;		/* each of which is tried, see gv_drill_way() */
	uint64_t begun;		/* milliseconds, as gv_now_ms() */
	uint64_t until;
};

/**
 * gv_drill_begin() - read size and seed, and start the clock
 * @drill: the drill
 * @argc: arguments of main()
 * @argv: the same
 * @id: name in the table, R1 to R16
 * @what: what is counted, in the table
 * @goals: how many to try
 */
void gv_drill_begin(struct gv_drill *drill, int argc, char **argv,
		    const char *id, const char *what, struct gv_goals goals);

/* The time counts from here on: what is set up before may take long. */
void gv_drill_restart(struct gv_drill *drill);

/* How many times slower the kernel is than Debian's. */
uint64_t gv_drill_slow(void);

/* Is there something left to try, and time for it? */
bool gv_drill_goes_on(const struct gv_drill *drill);

/* Milliseconds until the time is over, for what runs in processes of its own. */
uint64_t gv_drill_left(const struct gv_drill *drill);

/* Note what failed, once for each thing that was tried. */
void gv_drill_failed(struct gv_drill *drill, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* The row of the table. */
void gv_drill_tell(const struct gv_drill *drill);

/* xorshift: any state but 0, which is changed. */
uint64_t gv_random(uint64_t *state);

static inline uint64_t gv_below(uint64_t *state, uint64_t n)
{
	return (gv_random(state) >> 11) % n;
}

static inline uint64_t gv_drill_below(struct gv_drill *drill, uint64_t n)
{
	return gv_below(&drill->state, n);
}

/**
 * gv_drill_way() - which of several things to do next
 * @drill: the drill, whose tried is not yet counted up for it
 * @ways: how many there are
 *
 * Each once, however little time there is, and then by chance.
 *
 * Return: a number below @ways.
 */
unsigned int gv_drill_way(struct gv_drill *drill, unsigned int ways);

/*
 * One result: enough was tried, each way at least, and nothing failed. Slow kernels
 * do less.
 */
static inline void gv_drill_check(const struct gv_drill *drill, uint64_t least)
{
	if (gv_drill_slow() > 1)
		least = (least + 7) / 8;
	if (least < drill->ways)
		least = drill->ways;
	gv_drill_tell(drill);
	gv_ktap_check(!drill->failed && drill->tried >= least,
		      "%s: %llu of at least %llu tried, %llu failed", drill->id,
		      (unsigned long long)drill->tried,
		      (unsigned long long)least,
		      (unsigned long long)drill->failed);
}

#endif
