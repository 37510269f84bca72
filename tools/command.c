// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "cmd.h"

const struct gv_object gv_objects[] = {
	{ "gpu", gv_gpu_verbs, "physical GPUs, real or simulated" },
	{ "type", gv_type_verbs, "vGPU types of a GPU" },
	{ "vgpu", gv_vgpu_verbs, "vGPUs, which virtual machines use" },
	{ "iommu", gv_iommu_verbs, "how well GPUs are isolated, and why" },
	{ "vf", gv_vf_verbs, "SR-IOV virtual functions of a GPU" },
	{ "id", gv_id_verbs, "PCI ids that are taken as GPUs" },
	{ "sim", gv_sim_verbs, "simulated GPUs" },
	{ "passthrough", gv_passthrough_verbs,
	  "whole GPUs for virtual machines" },
	{ "operation", gv_operation_verbs, "changes that take time" },
	{ "monitor", gv_monitor_verbs, "events as they happen" },
	{ 0 }
};

const struct gv_object *gv_object(const char *name)
{
	const struct gv_object *object;

	for (object = gv_objects; object->name; object++) {
		if (!strcmp(object->name, name))
			return object;
	}
	return NULL;
}

const struct gv_verb *gv_verb(const struct gv_object *object,
			      const char *name)
{
	const struct gv_verb *verb;

	for (verb = object->verbs; verb->name; verb++) {
		if (!strcmp(verb->name, name))
			return verb;
	}
	return NULL;
}

static int gv_run_verb(struct gv_ctx *ctx, const struct gv_object *object,
		       const struct gv_verb *verb, int argc,
		       char *const argv[])
{
	struct gv_args args;
	int ret;

	ret = gv_args_parse(verb->params, argc, argv, &args, &ctx->err);
	if (!ret)
		ret = verb->run(ctx, &args);
	if (ret && ctx->err.usage)
		gv_err_hint(&ctx->err, "`gpuvirt help %s%s%s` tells the arguments",
			    object->name, *verb->name ? " " : "", verb->name);
	return ret;
}

static int gv_run_object(struct gv_ctx *ctx, const struct gv_object *object,
			 int argc, char *const argv[])
{
	const struct gv_verb *verb = object->verbs;
	char *help[2] = { (char *)object->name, NULL };

	if (argc && !strcmp(argv[0], "help")) {
		help[1] = argv[1];
		return argc > 2 ? gv_err_usage(&ctx->err,
					       "help has one argument too many") :
			gv_help(ctx, argc, help);
	}
	if (!*verb->name)
		return gv_run_verb(ctx, object, verb, argc, argv);
	verb = gv_verb(object, argc ? argv[0] : "show");
	if (!verb)
		return gv_err_usage(&ctx->err,
				    "%s has no command \"%s\"; `gpuvirt %s help` lists them",
				    object->name, argv[0], object->name);
	return gv_run_verb(ctx, object, verb, argc ? argc - 1 : 0, argv + 1);
}

int gv_run(struct gv_ctx *ctx, int argc, char *const argv[])
{
	const struct gv_object *object;

	memset(&ctx->err, 0, sizeof(ctx->err));
	if (!argc)
		return gv_overview(ctx);
	if (!strcmp(argv[0], "help"))
		return gv_help(ctx, argc - 1, argv + 1);
	object = gv_object(argv[0]);
	if (!object)
		return gv_err_usage(&ctx->err,
				    "there is no object \"%s\"; `gpuvirt help` lists them",
				    argv[0]);
	return gv_run_object(ctx, object, argc - 1, argv + 1);
}
