// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lines.h"

void gv_lines_add(struct gv_lines *lines, const char *fmt, ...)
{
	va_list ap;

	if (lines->n == GV_LINES_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(lines->line[lines->n++], sizeof(lines->line[0]), fmt, ap);
	va_end(ap);
}

void gv_lines_more(struct gv_lines *lines, const char *fmt, ...)
{
	char *line = lines->line[lines->n - 1];
	size_t len = strlen(line);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line + len, sizeof(lines->line[0]) - len, fmt, ap);
	va_end(ap);
}
