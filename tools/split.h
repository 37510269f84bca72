/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GV_SPLIT_H
#define GV_SPLIT_H

#define GV_SPLIT_MAX	64

/*
 * Splits a line into words, as a shell would: blanks, '...', "...", \ and a
 * comment after #. The line is changed and holds the words. Returns their
 * number, or -1 with a sentence in *wrong. argv has GV_SPLIT_MAX + 1 places.
 */
int gv_split(char *line, char *argv[], const char **wrong);

#endif
