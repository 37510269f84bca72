// SPDX-License-Identifier: GPL-2.0
/* Help, and the words for completion, from the command table. */
#include <string.h>

#include "cmd.h"
#include "out.h"

static void gv_help_param(const struct gv_param *param)
{
	bool must = param->flags & GV_MUST;

	gv_out_plain(" %s%s", must ? "" : "[", param->name);
	if (!(param->flags & GV_POS) && *gv_kind_name(param->kind))
		gv_out_plain(" %s", gv_kind_name(param->kind));
	gv_out_plain("%s", must ? "" : "]");
}

static void gv_help_usage(const struct gv_object *object,
			  const struct gv_verb *verb)
{
	const struct gv_param *param;

	gv_out_plain("gpuvirt %s%s%s", object->name, *verb->name ? " " : "",
		     verb->name);
	for (param = verb->params; param->name; param++)
		gv_help_param(param);
	gv_out_plain("\n");
}

static void gv_help_verb(const struct gv_object *object,
			 const struct gv_verb *verb)
{
	const struct gv_param *param;

	gv_out_plain("usage: ");
	gv_help_usage(object, verb);
	gv_out_plain("\n%s\n", verb->help);
	if (verb->params->name)
		gv_out_plain("\n");
	for (param = verb->params; param->name; param++)
		gv_out_plain("  %-16s%s\n", param->name, param->help);
}

static void gv_help_object(const struct gv_object *object)
{
	const struct gv_verb *verb;

	gv_out_plain("%s: %s\n\n", object->name, object->help);
	for (verb = object->verbs; verb->name; verb++) {
		gv_help_usage(object, verb);
		gv_out_plain("    %s\n", verb->help);
	}
	gv_out_plain("\nSee gpuvirt-%s(8).\n", object->name);
}

static void gv_help_all(void)
{
	const struct gv_object *object;

	gv_out_plain("usage: gpuvirt [-j] [-p] [OBJECT [COMMAND [ARGUMENT...]]]\n"
		     "       gpuvirt [-j] [-p] [-f] -b FILE\n"
		     "       gpuvirt help [OBJECT [COMMAND]]\n"
		     "\n"
		     "Without an object: an overview of this host.\n"
		     "\n"
		     "objects:\n");
	for (object = gv_objects; object->name; object++)
		gv_out_plain("  %-16s%s\n", object->name, object->help);
	gv_out_plain("\n"
		     "options:\n"
		     "  -j, --json      print JSON\n"
		     "  -p, --pretty    print JSON with line breaks\n"
		     "  -b, --batch FILE\n"
		     "                  run the commands in FILE, or - for standard input\n"
		     "  -f, --force     go on after an error in a batch\n"
		     "  -V, --version   print the version of this tool\n"
		     "  -h, --help      print this help\n"
		     "\n"
		     "See gpuvirt(8).\n");
}

static void gv_help_words_verb(const struct gv_object *object,
			       const struct gv_verb *verb)
{
	const struct gv_param *param;

	gv_out_plain("%s %s", object->name, *verb->name ? verb->name : "-");
	for (param = verb->params; param->name; param++) {
		if (param->flags & GV_POS)
			gv_out_plain(" <%s>%s", gv_kind_name(param->kind),
				     param->flags & GV_MANY ? "..." : "");
		else if (param->kind == GV_KIND_FLAG)
			gv_out_plain(" %s", param->name);
		else
			gv_out_plain(" %s=%s", param->name,
				     gv_kind_name(param->kind));
	}
	gv_out_plain("\n");
}

/* One line for each command; completion and tests are made from it. */
static void gv_help_words(void)
{
	const struct gv_object *object;
	const struct gv_verb *verb;

	for (object = gv_objects; object->name; object++) {
		for (verb = object->verbs; verb->name; verb++)
			gv_help_words_verb(object, verb);
	}
}

int gv_help(struct gv_ctx *ctx, int argc, char *const argv[])
{
	const struct gv_object *object;
	const struct gv_verb *verb;

	if (!argc) {
		gv_help_all();
		return 0;
	}
	if (argc == 1 && !strcmp(argv[0], "words")) {
		gv_help_words();
		return 0;
	}
	if (argc > 2)
		return gv_err_usage(&ctx->err,
				    "help is for an object and a command of it");
	object = gv_object(argv[0]);
	if (!object)
		return gv_err_usage(&ctx->err,
				    "there is no object \"%s\"; `gpuvirt help` lists them",
				    argv[0]);
	if (argc == 1) {
		gv_help_object(object);
		return 0;
	}
	verb = gv_verb(object, argv[1]);
	if (!verb || !*argv[1])
		return gv_err_usage(&ctx->err,
				    "%s has no command \"%s\"; `gpuvirt %s help` lists them",
				    object->name, argv[1], object->name);
	gv_help_verb(object, verb);
	return 0;
}
