// SPDX-License-Identifier: GPL-2.0
#include <linux/errno.h>
#include <linux/lockdep.h>

#include "state.h"

DEFINE_SPINLOCK(gv_state_lock);

/* gv_state_lock to write; read anywhere */
static u64 gv_generation_nr = 1;

/**
 * gv_generation() - number of the configuration as it is now
 *
 * Context: any. Take gv_state_lock to keep it from growing.
 * Return: the number.
 */
u64 gv_generation(void)
{
	return READ_ONCE(gv_generation_nr);
}

/**
 * gv_commit() - the caller has changed the configuration
 *
 * Context: under gv_state_lock, in the critical section that makes the change
 * visible.
 */
void gv_commit(void)
{
	lockdep_assert_held(&gv_state_lock);
	WRITE_ONCE(gv_generation_nr, gv_generation_nr + 1);
}

/**
 * gv_check_generation() - has the configuration changed since the caller looked
 * @expected: generation the caller has seen, 0 if it does not care
 * @attr: attribute that @expected comes from
 * @why: where to note a refusal
 *
 * Context: under gv_state_lock.
 * Return: 0 or -ESTALE.
 */
int gv_check_generation(u64 expected, u16 attr, struct gv_why *why)
{
	lockdep_assert_held(&gv_state_lock);

	if (!expected || expected == gv_generation_nr)
		return 0;

	return gv_fail(why, -ESTALE, GPUVIRT_REASON_STALE_GENERATION, attr,
		       "configuration is at generation %llu, not %llu",
		       gv_generation_nr, expected);
}
