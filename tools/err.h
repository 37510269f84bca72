/* SPDX-License-Identifier: GPL-2.0 */
/* Why a command failed: a sentence, a reason, and what to do next. */
#ifndef GV_ERR_H
#define GV_ERR_H

#include <stdbool.h>
#include <stdint.h>

#define GV_EXIT_OK	0
#define GV_EXIT_FAILED	1
#define GV_EXIT_USAGE	2

struct gv_err {
	int num;		/* errno, positive */
	bool usage;		/* the command line is wrong */
	uint32_t reason;	/* enum gpuvirt_reason */
	bool missing;		/* the attribute below is absent, not wrong */
	char attr[40];
	char text[320];
	char hint[320];
};

/* Each of these returns -num, or -EINVAL for a wrong command line. */
__attribute__((format(printf, 3, 4)))
int gv_err_set(struct gv_err *err, int num, const char *fmt, ...);
__attribute__((format(printf, 2, 3)))
int gv_err_usage(struct gv_err *err, const char *fmt, ...);
int gv_err_memory(struct gv_err *err);

__attribute__((format(printf, 2, 3)))
void gv_err_hint(struct gv_err *err, const char *fmt, ...);

/* What to do next; NULL only for a reason that this release does not know. */
const char *gv_hint(uint32_t reason);

#endif
