/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GV_STATE_H
#define GV_STATE_H

#include <linux/spinlock.h>
#include <linux/types.h>

#include <gpuvirt/why.h>

/*
 * gv_state_lock makes the books: which slots and which VRAM are taken, which
 * types are live, which vGPUs exist, who has them open, and the generation
 * number that tells a reader whether any of that has changed. A change becomes
 * visible in one critical section, together with its generation.
 *
 * Of ours, only a simulated GPU's lock of its page tree is taken under it. Nothing
 * sleeps under it and it is never taken from interrupt context. The lock order of
 * the whole module is in Documentation/locking.rst.
 */
extern spinlock_t gv_state_lock;

u64 gv_generation(void);
void gv_commit(void);
int gv_check_generation(u64 expected, u16 attr, struct gv_why *why);

#endif
