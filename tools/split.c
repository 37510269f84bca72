// SPDX-License-Identifier: GPL-2.0
#include <stddef.h>
#include <string.h>

#include "split.h"

/* Copies one word to *to, without its quotes. False: a quote is open. */
static int gv_split_word(char **from, char **to)
{
	char quote = 0, *in = *from, *out = *to;

	for (; *in; in++) {
		if (quote && *in == quote) {
			quote = 0;
		} else if (!quote && (*in == '\'' || *in == '"')) {
			quote = *in;
		} else if (*in == '\\' && quote != '\'') {
			/* in double quotes only what it could mean there */
			if (!in[1])
				return 0;
			if (quote && in[1] != '"' && in[1] != '\\')
				*out++ = *in;
			*out++ = *++in;
		} else if (!quote && strchr(" \t\r\n", *in)) {
			in++;
			break;
		} else {
			*out++ = *in;
		}
	}
	*from = in;
	*to = out;
	return !quote;
}

int gv_split(char *line, char *argv[], const char **wrong)
{
	char *from = line, *to = line;
	size_t len = strlen(line);
	int argc = 0;

	/* the end of a line is not part of an open quote */
	if (len && line[len - 1] == '\n')
		line[len - 1] = 0;
	for (;;) {
		from += strspn(from, " \t\r\n");
		if (!*from || *from == '#')
			break;
		if (argc == GV_SPLIT_MAX) {
			*wrong = "the line has more than 64 words";
			return -1;
		}
		argv[argc++] = to;
		if (!gv_split_word(&from, &to)) {
			*wrong = "the line ends in a quote or with a backslash";
			return -1;
		}
		/* from is past a blank or at the end: never behind to */
		*to++ = 0;
	}
	argv[argc] = NULL;
	return argc;
}
