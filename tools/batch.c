// SPDX-License-Identifier: GPL-2.0
/* A file of commands, one a line, over one socket. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "out.h"
#include "split.h"

/* False when the line failed. */
static bool gv_batch_line(struct gv_ctx *ctx, char *line, const char *where)
{
	char *argv[GV_SPLIT_MAX + 1];
	const char *wrong;
	int argc, ret;

	argc = gv_split(line, argv, &wrong);
	if (!argc)
		return true;
	if (argc < 0)
		ret = gv_err_usage(&ctx->err, "%s", wrong);
	else
		ret = gv_run(ctx, argc, argv);
	/* what a command had printed before it failed is still the truth */
	gv_out_end();
	if (ret)
		gv_out_error(where, &ctx->err);
	return !ret;
}

static int gv_batch_file(struct gv_ctx *ctx, FILE *file, const char *name,
			 bool force)
{
	int ret = GV_EXIT_OK;
	unsigned int count = 0;
	char where[300];
	char *line = NULL;
	size_t size = 0;
	ssize_t len;
	int num;

	while ((len = getline(&line, &size, file)) >= 0) {
		snprintf(where, sizeof(where), "%s:%u", name, ++count);
		if (strlen(line) != (size_t)len) {
			gv_err_usage(&ctx->err, "the line has a NUL in it");
			gv_out_error(where, &ctx->err);
			ret = GV_EXIT_FAILED;
		} else if (!gv_batch_line(ctx, line, where)) {
			ret = GV_EXIT_FAILED;
		}
		if (ret && !force)
			break;
	}
	num = errno;
	if (ferror(file)) {
		gv_err_set(&ctx->err, num, "can't read %s: %s", name,
			   strerror(num));
		gv_out_error(NULL, &ctx->err);
		ret = GV_EXIT_FAILED;
	}
	free(line);
	return ret;
}

int gv_batch(struct gv_ctx *ctx, const char *file, bool force)
{
	FILE *f;
	int ret;

	ctx->batch = true;
	if (!strcmp(file, "-"))
		return gv_batch_file(ctx, stdin, "stdin", force);
	f = fopen(file, "re");
	if (!f) {
		gv_err_set(&ctx->err, errno, "can't open %s: %s", file,
			   strerror(errno));
		gv_out_error(NULL, &ctx->err);
		return GV_EXIT_FAILED;
	}
	ret = gv_batch_file(ctx, f, file, force);
	fclose(f);
	return ret;
}
