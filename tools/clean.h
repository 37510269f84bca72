/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Strings that others chose (a process names itself) made fit for a terminal
 * and for JSON.
 */
#ifndef GV_CLEAN_H
#define GV_CLEAN_H

#include <stdio.h>

/* Control characters, and bytes that are not UTF-8, as \xNN. */
void gv_clean_print(FILE *file, const char *text);
/* Bytes that are not UTF-8 become U+FFFD; the caller's to free, or NULL. */
char *gv_clean_utf8(const char *text);

#endif
