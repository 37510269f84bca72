// SPDX-License-Identifier: GPL-2.0
/*
 * What can be simulated. Real models have the VRAM of the real card, so that
 * type tables made for it fit; nothing else of them is imitated here.
 */
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "sim.h"

#define GIB (1ULL << 30)
#define GV_SIM_VRAM_MAX (4096 * GIB)
#define GV_SIM_VGPUS_MAX 4096
#define GV_SIM_BACKING_DEFAULT GIB

/* The first is the default. */
static const struct gv_sim_model gv_sim_models[] = {
	{ "gpuvirt-sim", 16 * GIB, 32 },
	{ "T4", 16 * GIB, 32 },
	{ "A2", 16 * GIB, 32 },
	{ "A16", 16 * GIB, 32 },
	{ "A10", 24 * GIB, 32 },
	{ "L4", 24 * GIB, 32 },
	{ "A40", 48 * GIB, 32 },
	{ "L40S", 48 * GIB, 32 },
	{ "A100-40GB", 40 * GIB, 32 },
	{ "A100-80GB", 80 * GIB, 32 },
	{ "H100-80GB", 80 * GIB, 32 },
	{ "H200-141GB", 141 * GIB, 32 },
	{ "MI300X", 192 * GIB, 8 },
	{ "Flex-170", 16 * GIB, 16 },
};

static const struct gv_sim_model *gv_sim_model_find(const char *name)
{
	size_t i;

	if (!name[0])
		return &gv_sim_models[0];
	for (i = 0; i < ARRAY_SIZE(gv_sim_models); i++)
		if (!strcmp(gv_sim_models[i].name, name))
			return &gv_sim_models[i];
	return NULL;
}

/**
 * gv_sim_model_apply() - settle what a simulated GPU is to be
 * @sim: gets it
 * @params: what was asked for
 * @why: where to note a refusal
 *
 * Return: 0 or a negative errno.
 */
int gv_sim_model_apply(struct gv_sim *sim,
		       const struct gv_instance_params *params,
		       struct gv_why *why)
{
	const struct gv_sim_model *model = gv_sim_model_find(params->model);
	u64 limit;

	if (!model)
		return gv_fail(why, -EINVAL, GPUVIRT_REASON_MODEL_UNKNOWN, 0,
			       "no model is named %*pE",
			       (int)strlen(params->model), params->model);

	strscpy(sim->model, model->name, sizeof(sim->model));
	sim->vram = params->vram ?: model->vram;
	sim->max_vgpus = params->max_vgpus ?: model->max_vgpus;
	limit = params->backing_limit ?:
		min_t(u64, sim->vram, GV_SIM_BACKING_DEFAULT);

	if (sim->vram % GV_VRAM_GRANULE || sim->vram > GV_SIM_VRAM_MAX)
		return gv_fail(why, -EINVAL, GPUVIRT_REASON_BAD_VALUE, 0,
			       "VRAM of %llu bytes: whole MiB, up to %llu GiB",
			       sim->vram, GV_SIM_VRAM_MAX / GIB);
	if (sim->max_vgpus > GV_SIM_VGPUS_MAX)
		return gv_fail(why, -ERANGE, GPUVIRT_REASON_BAD_VALUE, 0,
			       "max-vgpus is %u, the most is %u",
			       sim->max_vgpus, GV_SIM_VGPUS_MAX);
	if (limit % PAGE_SIZE)
		return gv_fail(why, -EINVAL, GPUVIRT_REASON_BAD_VALUE, 0,
			       "backing limit is %llu, a multiple of %lu is needed",
			       limit, PAGE_SIZE);
	if (params->total_vfs)
		return gv_fail(why, -EOPNOTSUPP, GPUVIRT_REASON_NOT_SUPPORTED, 0,
			       "simulated GPUs of this release have no SR-IOV");

	atomic_long_set(&sim->limit, limit >> PAGE_SHIFT);
	return 0;
}
