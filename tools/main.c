// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <getopt.h>
#include <stdlib.h>
#include <unistd.h>

#include "cmd.h"
#include "out.h"

struct gv_options {
	const char *batch;
	bool force;
	bool json;
	bool pretty;
	bool version;
	bool help;
};

static const struct option long_options[] = {
	{ "json", no_argument, NULL, 'j' },
	{ "pretty", no_argument, NULL, 'p' },
	{ "batch", required_argument, NULL, 'b' },
	{ "force", no_argument, NULL, 'f' },
	{ "version", no_argument, NULL, 'V' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 }
};

static bool gv_options(int argc, char *argv[], struct gv_options *options)
{
	int c;

	/* + : what comes after the object is the command's */
	while ((c = getopt_long(argc, argv, "+jpb:fVh", long_options,
				NULL)) >= 0) {
		switch (c) {
		case 'j':
			options->json = true;
			break;
		case 'p':
			options->json = true;
			options->pretty = true;
			break;
		case 'b':
			options->batch = optarg;
			break;
		case 'f':
			options->force = true;
			break;
		case 'V':
			options->version = true;
			break;
		case 'h':
			options->help = true;
			break;
		default:
			return false;
		}
	}
	return true;
}

static int gv_usage(const char *text)
{
	struct gv_err err;

	gv_err_usage(&err, "%s", text);
	gv_err_hint(&err, "`gpuvirt help` lists objects and options");
	gv_out_error(NULL, &err);
	return GV_EXIT_USAGE;
}

static int gv_command_line(struct gv_ctx *ctx, int argc, char *const argv[])
{
	if (!gv_run(ctx, argc, argv))
		return GV_EXIT_OK;
	gv_out_error(NULL, &ctx->err);
	return ctx->err.usage ? GV_EXIT_USAGE : GV_EXIT_FAILED;
}

static int gv_main(struct gv_ctx *ctx, const struct gv_options *options,
		   int argc, char *const argv[])
{
	if (options->version) {
		gv_out_plain("gpuvirt %s\n", GV_VERSION);
		return GV_EXIT_OK;
	}
	if (options->help)
		return gv_help(ctx, 0, argv);
	if (options->force && !options->batch)
		return gv_usage("-f is for a batch: -b FILE is missing");
	if (!options->batch)
		return gv_command_line(ctx, argc, argv);
	if (argc)
		return gv_usage("with -b FILE the commands are in the file");
	return gv_batch(ctx, options->batch, options->force);
}

/*
 * If one of the three was closed, the next file that is opened, a record or a
 * device, would get what is printed. To print stays an error.
 */
static void gv_open_standard(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDONLY);
	} while (fd >= 0 && fd < STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

int main(int argc, char *argv[])
{
	struct gv_options options = { 0 };
	struct gv_ctx ctx = { 0 };
	int ret, closed;

	gv_open_standard();
	if (!gv_options(argc, argv, &options))
		return gv_usage("the option is not known, or lacks its value");
	gv_out_init(options.json, options.pretty);
	ret = gv_main(&ctx, &options, argc - optind, argv + optind);
	gv_nl_close(ctx.nl);
	closed = gv_out_close();
	return ret ? ret : closed;
}
