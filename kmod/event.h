/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GV_EVENT_H
#define GV_EVENT_H

#include <linux/types.h>
#include <uapi/linux/gpuvirt.h>

struct gv_gpu;
struct gv_operation;
struct gv_type;
struct gv_vf;
struct gv_vgpu;

/*
 * Tell listeners. All of these may sleep and take gv_state_lock inside; the
 * object must be alive but need not be on the books any more. Listeners of the
 * group config are in every network namespace, those of runtime in the initial
 * one.
 */
void gv_event_gpu(u8 cmd, struct gv_gpu *gpu);
void gv_event_type(u8 cmd, struct gv_type *type);
void gv_event_vgpu(u8 cmd, struct gv_vgpu *vgpu);
void gv_event_vgpu_runtime(struct gv_vgpu *vgpu, enum gpuvirt_vgpu_event event);
void gv_event_vf(u8 cmd, struct gv_vf *vf);
void gv_event_operation(struct gv_operation *op);

void gv_event_stop(void);

u64 gv_event_config_seq(void);
u64 gv_event_runtime_seq(void);

#endif
