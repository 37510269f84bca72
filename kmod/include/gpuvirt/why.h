/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GPUVIRT_WHY_H
#define GPUVIRT_WHY_H

#include <linux/types.h>
#include <uapi/linux/gpuvirt.h>

/**
 * struct gv_why - why something was refused
 * @reason: code from the spec, for programs
 * @attr: attribute to blame, in the request's attribute set, or 0
 * @missing: @attr is not wrong but absent
 * @text: one sentence, for people: lower case, no full stop
 *
 * Lower layers fill it in through gv_fail(); the netlink layer turns it into an
 * extack, an operation into its outcome.
 */
struct gv_why {
	enum gpuvirt_reason reason;
	u16 attr;
	bool missing;
	char text[GPUVIRT_TEXT_MAX + 1];
};

__printf(5, 6)
int gv_fail(struct gv_why *why, int err, enum gpuvirt_reason reason, u16 attr,
	    const char *fmt, ...);
int gv_fail_nomem(struct gv_why *why);

#endif
