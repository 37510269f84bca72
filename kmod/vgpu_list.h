/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GV_VGPU_LIST_H
#define GV_VGPU_LIST_H

#include <linux/list.h>
#include <linux/types.h>
#include <linux/uuid.h>

#include <gpuvirt/why.h>

struct gv_backend;
struct gv_vgpu;
struct net;

/* All vGPUs, by rising serial; gv_state_lock. */
extern struct list_head gv_vgpus;

int gv_vgpu_list_init(void);
void gv_vgpu_list_exit(void);

void gv_vgpu_list_add(struct gv_vgpu *vgpu);
void gv_vgpu_list_del(struct gv_vgpu *vgpu);
struct gv_vgpu *gv_vgpu_list_find(const char *id, u64 serial,
				  struct gv_why *why);
bool gv_vgpu_use(struct gv_vgpu *vgpu);
void gv_vgpu_unuse(struct gv_vgpu *vgpu);

int gv_vgpu_blame_open(const struct gv_vgpu *vgpu, u16 attr,
		       struct gv_why *why);
int gv_vgpu_list_blame_open(const struct gv_backend *be, u16 attr,
			    struct gv_why *why);
int gv_vgpu_retire(const char *id, u64 serial, u64 generation, u32 portid,
		   const struct net *net, struct gv_why *why);

#endif
