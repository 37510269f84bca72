// SPDX-License-Identifier: GPL-2.0
/*
 * What can be simulated. Real models have the VRAM of the real card, so that
 * type tables made for it fit, and its number of VFs where that is known; nothing
 * else of them is imitated here.
 */
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "sim.h"

#define GIB (1ULL << 30)
#define GV_SIM_VRAM_MAX (4096 * GIB)
#define GV_SIM_VGPUS_MAX 4096
#define GV_SIM_BACKING_DEFAULT GIB
#define GV_SIM_VFS_DEFAULT 16

/* The first is the default. */
static const struct gv_sim_model gv_sim_models[] = {
	{ "gpuvirt-sim", 16 * GIB, 32, GV_SIM_VFS_DEFAULT },
	{ "T4", 16 * GIB, 32, GV_SIM_VFS_DEFAULT },
	{ "A2", 16 * GIB, 32, GV_SIM_VFS_DEFAULT },
	{ "A16", 16 * GIB, 32, GV_SIM_VFS_DEFAULT },
	{ "A10", 24 * GIB, 32, GV_SIM_VFS_DEFAULT },
	{ "L4", 24 * GIB, 32, GV_SIM_VFS_DEFAULT },
	{ "A40", 48 * GIB, 32, 32 },
	{ "L40S", 48 * GIB, 32, GV_SIM_VFS_DEFAULT },
	{ "A100-40GB", 40 * GIB, 32, GV_SIM_VFS_DEFAULT },
	{ "A100-80GB", 80 * GIB, 32, GV_SIM_VFS_DEFAULT },
	{ "H100-80GB", 80 * GIB, 32, GV_SIM_VFS_DEFAULT },
	{ "H200-141GB", 141 * GIB, 32, GV_SIM_VFS_DEFAULT },
	{ "MI300X", 192 * GIB, 8, GV_SIM_VFS_DEFAULT },
	{ "Flex-170", 16 * GIB, 16, GV_SIM_VFS_DEFAULT },
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

static int gv_sim_model_apply(struct gv_sim *sim,
			      const struct gv_sim_model *model,
			      const struct gv_instance_params *params,
			      struct gv_why *why)
{
	u64 limit;

	strscpy(sim->model, model->name, sizeof(sim->model));
	sim->vram = params->vram ?: model->vram;
	sim->max_vgpus = params->max_vgpus ?: model->max_vgpus;
	sim->port = params->root_port;
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

	atomic_long_set(&sim->limit, limit >> PAGE_SHIFT);
	return 0;
}

/**
 * gv_sim_model_make() - settle what a simulated GPU is to be
 * @params: what was asked for
 * @why: where to note a refusal
 *
 * Return: the simulated GPU with room for its functions, or an ERR_PTR.
 */
struct gv_sim *gv_sim_model_make(const struct gv_instance_params *params,
				 struct gv_why *why)
{
	const struct gv_sim_model *model = gv_sim_model_find(params->model);
	s64 total_vfs = params->total_vfs;
	struct gv_sim *sim;
	unsigned int count;
	int err;

	if (!model) {
		err = gv_fail(why, -EINVAL, GPUVIRT_REASON_MODEL_UNKNOWN, 0,
			      "no model is named %*pE",
			      (int)strlen(params->model), params->model);
		return ERR_PTR(err);
	}
	if (total_vfs < 0)
		total_vfs = model->total_vfs;
	if (total_vfs > GV_SIM_VFS_MAX) {
		err = gv_fail(why, -ERANGE, GPUVIRT_REASON_BAD_VALUE, 0,
			      "total-vfs is %lld, the most is %u", total_vfs,
			      GV_SIM_VFS_MAX);
		return ERR_PTR(err);
	}

	count = 1 + total_vfs + (params->root_port ? 1 : 0);
	sim = kvzalloc(struct_size(sim, functions, count), GFP_KERNEL);
	if (!sim) {
		gv_fail_nomem(why);
		return ERR_PTR(-ENOMEM);
	}
	sim->total_vfs = total_vfs;
	sim->nr_functions = count;
	err = gv_sim_model_apply(sim, model, params, why);
	if (err) {
		kvfree(sim);
		return ERR_PTR(err);
	}
	return sim;
}
