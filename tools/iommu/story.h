/* SPDX-License-Identifier: GPL-2.0 */
/* The full story of a function's isolation, in plain sentences. */
#ifndef GV_STORY_H
#define GV_STORY_H

#include "lines.h"
#include "verdict.h"

/* story.c: what the verdict means, and by which rules the group came about. */
void gv_story(const struct gv_tree *tree, const struct gv_fn *fn,
	      const struct gv_report *report, struct gv_lines *lines);
/* fix.c: what can be done about it, the smallest change first. */
void gv_fixes(const struct gv_tree *tree, const struct gv_fn *fn,
	      const struct gv_report *report, struct gv_lines *lines);

#endif
