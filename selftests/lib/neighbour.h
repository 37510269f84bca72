/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The neighbour: a process that uses a vGPU of its own while a drill does harm
 * beside it. It must get on all the time, and no byte of its VRAM may change.
 */
#ifndef GV_NEIGHBOUR_H
#define GV_NEIGHBOUR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "nl_gpu.h"

#define GV_NEIGHBOUR_FB (4 * GV_MIB)

struct gv_neighbour_share;

struct gv_neighbour {
	pid_t pid;
	char uuid[GV_UUID_LEN + 1];
	uint64_t seen;
	struct gv_neighbour_share *share;
};

/* Makes a type "neighbour" and a vGPU of it; waits until it is at work. */
void gv_neighbour_start(struct gv_neighbour *n, struct gv_nl *nl,
			const char *gpu, uint64_t seed);
/* Has it got on since the last call? Waits for it; tells what is wrong. */
bool gv_neighbour_moves(struct gv_neighbour *n);
/* Let it look at all of its VRAM once more, and end. */
bool gv_neighbour_end(struct gv_neighbour *n);

#endif
