// SPDX-License-Identifier: GPL-2.0
/* Standard error: refusals, notes, and progress on a terminal. */
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "clean.h"
#include "out.h"

static bool progress;

/* "(type-exists, attribute name)": what a script or a report can quote. */
static void gv_out_reason(const struct gv_err *err)
{
	const char *name = gv_name(&gv_names_reason, err->reason);
	const char *sep = " (";

	if (err->reason) {
		if (name)
			fprintf(stderr, "%s%s", sep, name);
		else
			fprintf(stderr, "%sreason %u", sep, err->reason);
		sep = ", ";
	}
	if (err->attr[0]) {
		fprintf(stderr, "%s%s %s", sep,
			err->missing ? "without attribute" : "attribute",
			err->attr);
		sep = ", ";
	}
	if (sep[0] == ',')
		putc(')', stderr);
}

void gv_out_error(const char *prefix, const struct gv_err *err)
{
	const char *next = err->hint[0] ? err->hint : gv_hint(err->reason);

	gv_out_progress(NULL, 0);
	/* what was printed before it must be seen before it */
	fflush(stdout);
	fprintf(stderr, "%s: ", prefix ? prefix : "gpuvirt");
	gv_clean_print(stderr, err->text);
	gv_out_reason(err);
	putc('\n', stderr);
	if (next && *next) {
		fputs("  ", stderr);
		gv_clean_print(stderr, next);
		putc('\n', stderr);
	}
}

void gv_out_note(const char *fmt, ...)
{
	char line[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	gv_out_progress(NULL, 0);
	fflush(stdout);
	fputs("gpuvirt: ", stderr);
	gv_clean_print(stderr, line);
	putc('\n', stderr);
}

void gv_out_tell(const char *fmt, ...)
{
	char line[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (gv_out_json())
		gv_out_note("%s", line);
	else
		gv_out_text(0, "%s", line);
}

void gv_out_progress(const char *what, unsigned int seconds)
{
	if (!isatty(STDERR_FILENO))
		return;
	if (what) {
		fprintf(stderr, "\r%s: %u s\033[K", what, seconds);
		progress = true;
	} else if (progress) {
		fputs("\r\033[K", stderr);
		progress = false;
	}
	fflush(stderr);
}
