/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The command table. Parser, help, completion and the tests of the manual
 * pages all read it, so that they can't drift apart.
 */
#ifndef GV_CMD_H
#define GV_CMD_H

#include "arg.h"
#include "err.h"
#include "nl.h"

/* What commands share; a batch has one for all its lines. */
struct gv_ctx {
	struct gv_nl *nl;	/* requests; opened by gv_ctx_nl() */
	struct gv_err err;
	bool batch;
};

struct gv_verb {
	const char *name;	/* "" for an object that is its own verb */
	const struct gv_param *params;
	int (*run)(struct gv_ctx *ctx, const struct gv_args *args);
	const char *help;
};

struct gv_object {
	const char *name;
	const struct gv_verb *verbs;
	const char *help;
};

/* Each table ends with an entry whose name is NULL. */
extern const struct gv_object gv_objects[];

extern const struct gv_verb gv_gpu_verbs[];
extern const struct gv_verb gv_type_verbs[];
extern const struct gv_verb gv_vgpu_verbs[];
extern const struct gv_verb gv_iommu_verbs[];
extern const struct gv_verb gv_vf_verbs[];
extern const struct gv_verb gv_id_verbs[];
extern const struct gv_verb gv_sim_verbs[];
extern const struct gv_verb gv_passthrough_verbs[];
extern const struct gv_verb gv_operation_verbs[];
extern const struct gv_verb gv_monitor_verbs[];

const struct gv_object *gv_object(const char *name);
const struct gv_verb *gv_verb(const struct gv_object *object,
			      const char *name);

/* Runs one command line, which may be a call for help or empty. */
int gv_run(struct gv_ctx *ctx, int argc, char *const argv[]);
int gv_overview(struct gv_ctx *ctx);
int gv_help(struct gv_ctx *ctx, int argc, char *const argv[]);
/* FILE, or - for standard input. Returns an exit status. */
int gv_batch(struct gv_ctx *ctx, const char *file, bool force);

int gv_ctx_nl(struct gv_ctx *ctx);

/* A request with the arguments that have an attribute; NULL: see ctx->err. */
struct nl_msg *gv_request(struct gv_ctx *ctx, unsigned int cmd,
			  const struct gv_param *params,
			  const struct gv_args *args);

/* One object by its handle. */
int gv_get_gpu(struct gv_ctx *ctx, const char *address, struct gv_obj **gpu);
int gv_get_type(struct gv_ctx *ctx, const char *gpu, const char *name,
		struct gv_obj **type);
int gv_get_vgpu(struct gv_ctx *ctx, const char *id, struct gv_obj **vgpu);
int gv_get_vf(struct gv_ctx *ctx, const char *address, struct gv_obj **vf);
/* All of one kind; gpu, if not NULL, selects those of one GPU. */
int gv_get_all(struct gv_ctx *ctx, unsigned int cmd, const char *gpu,
	       struct gv_list *list);

/* cmd/vgpu_new.c */
extern const struct gv_param gv_vgpu_new_params[];
int gv_vgpu_new(struct gv_ctx *ctx, const struct gv_args *args);

/* cmd/vf_change.c */
extern const struct gv_param gv_vf_enable_params[];
extern const struct gv_param gv_vf_disable_params[];
extern const struct gv_param gv_vf_reset_params[];
int gv_vf_enable(struct gv_ctx *ctx, const struct gv_args *args);
int gv_vf_disable(struct gv_ctx *ctx, const struct gv_args *args);
int gv_vf_reset(struct gv_ctx *ctx, const struct gv_args *args);

/* cmd/vgpu_del.c */
int gv_vgpu_del(struct gv_ctx *ctx, const struct gv_args *args);
enum {
	GV_VGPU_DEL_UUID,
	GV_VGPU_DEL_FORCE,
	GV_VGPU_DEL_TIMEOUT,
	GV_VGPU_DEL_GENERATION,
};

#endif
