/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GV_SRIOV_H
#define GV_SRIOV_H

#include <linux/types.h>

#include <gpuvirt/why.h>

struct gv_gpu;

/**
 * struct gv_sriov_request - VFs as asked for
 * @count: how many
 * @driver: driver that they are born into, GV_BIRTH_NONE, GV_BIRTH_HOST, or
 *	empty for what the GPU's setting or its vendor says
 * @resize: disable those that there are first
 */
struct gv_sriov_request {
	u32 count;
	char driver[GPUVIRT_DRIVER_MAX + 1];
	bool resize;
};

int gv_sriov_check_driver(const char *driver, u16 attr, struct gv_why *why);
int gv_sriov_blocked(struct gv_gpu *gpu, struct gv_why *why);
int gv_sriov_set_birth(struct gv_gpu *gpu, const char *driver, u64 generation,
		       struct gv_why *why);

void gv_sriov_choose(const struct gv_gpu *gpu, struct gv_sriov_request *req);
int gv_sriov_load(const char *driver, struct gv_why *why);
int gv_sriov_enable(struct gv_gpu *gpu, const struct gv_sriov_request *req,
		    struct gv_why *why);
int gv_sriov_disable(struct gv_gpu *gpu, struct gv_why *why);
void gv_sriov_pin(struct gv_gpu *gpu);
void gv_sriov_disown(struct gv_gpu *gpu);

/* vf_operation.c */
int gv_vf_enable_op(const char *address, const struct gv_sriov_request *req,
		    u64 generation, u64 *id, struct gv_why *why);
int gv_vf_disable_op(const char *address, u64 generation, u64 *id,
		     struct gv_why *why);

/* vf_reset.c */
int gv_vfs_reset_op(const char *address, u64 *id, struct gv_why *why);
int gv_vf_reset_op(const char *address, u64 serial, u64 *id,
		   struct gv_why *why);

#endif
