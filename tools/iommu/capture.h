/* SPDX-License-Identifier: GPL-2.0 */
/* A copy of a machine, for gv_tree_read(), that can be sent to others. */
#ifndef GV_CAPTURE_H
#define GV_CAPTURE_H

#include "tree.h"

/* copy.c: writes below one directory; the first error stays. */
struct gv_copy {
	int dir;
	int error;		/* errno, positive */
	char path[1024];		/* of what could not be written */
};

/* Makes the directory, which must not exist. 0 or -errno. */
int gv_copy_open(struct gv_copy *copy, const char *dir);
int gv_copy_close(struct gv_copy *copy);
/* Directories that are missing are made. */
void gv_copy_file(struct gv_copy *copy, const char *path, const void *data,
		  size_t size);
void gv_copy_text(struct gv_copy *copy, const char *path, const char *text);
void gv_copy_link(struct gv_copy *copy, const char *path, const char *to);

/* Copies all that gv_tree_read() reads. */
void gv_capture(const struct gv_tree *tree, struct gv_copy *copy);

#endif
