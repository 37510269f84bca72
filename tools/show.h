/* SPDX-License-Identifier: GPL-2.0 */
/* How an object of each kind looks, in show commands and in the overview. */
#ifndef GV_SHOW_H
#define GV_SHOW_H

#include "attr.h"
#include "sysfs.h"

void gv_show_gpu(const struct gv_obj *gpu);
void gv_show_gpu_title(const struct gv_obj *gpu);
void gv_show_type(const struct gv_obj *type);
void gv_show_vgpu(const struct gv_obj *vgpu);
void gv_show_vf(const struct gv_obj *vf);
void gv_show_operation(const struct gv_obj *operation);

void gv_show_operation_id(uint64_t id);

/* The members and lines on the node of a vGPU. */
void gv_show_node(const struct gv_obj *vgpu);

bool gv_is_sim(const struct gv_obj *gpu);

#endif
