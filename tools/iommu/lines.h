/* SPDX-License-Identifier: GPL-2.0 */
/* Sentences on their way to the printer, text or JSON. */
#ifndef GV_LINES_H
#define GV_LINES_H

#define GV_LINES_MAX	32

struct gv_lines {
	unsigned int n;
	char line[GV_LINES_MAX][480];
};

/* What does not fit any more is dropped. */
__attribute__((format(printf, 2, 3)))
void gv_lines_add(struct gv_lines *lines, const char *fmt, ...);
/* To the last one. */
__attribute__((format(printf, 2, 3)))
void gv_lines_more(struct gv_lines *lines, const char *fmt, ...);

#endif
