// SPDX-License-Identifier: GPL-2.0
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/kernel.h>

#include <gpuvirt/why.h>

/**
 * gv_fail() - note why something is refused
 * @why: where to note it, or NULL if nobody will read it
 * @err: negative error number
 * @reason: code from the spec
 * @attr: attribute to blame, or 0
 * @fmt: sentence that names the rule and the number, at most 79 characters
 *
 * Return: @err, so that a caller can return what this returns.
 */
int gv_fail(struct gv_why *why, int err, enum gpuvirt_reason reason, u16 attr,
	    const char *fmt, ...)
{
	va_list args;
	char *c;

	if (!why)
		return err;

	why->reason = reason;
	why->attr = attr;
	why->missing = false;
	va_start(args, fmt);
	vscnprintf(why->text, sizeof(why->text), fmt, args);
	va_end(args);

	/* It may quote what it was asked for, of which %pE lets Latin-1 through. */
	for (c = why->text; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';

	return err;
}
EXPORT_SYMBOL_GPL(gv_fail);

/**
 * gv_fail_nomem() - note that memory could not be allocated
 * @why: where to note it, or NULL
 *
 * Return: -ENOMEM.
 */
int gv_fail_nomem(struct gv_why *why)
{
	return gv_fail(why, -ENOMEM, GPUVIRT_REASON_NO_MEMORY, 0,
		       "the kernel is out of memory");
}
EXPORT_SYMBOL_GPL(gv_fail_nomem);
