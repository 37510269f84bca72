/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GV_TYPE_H
#define GV_TYPE_H

#include <linux/list.h>
#include <linux/mdev.h>

#include "backend.h"

/*
 * Bounds of a vGPU type. The framebuffer's floor is what bochs-drm asks for, its
 * ceiling the room of a region in the file of a device, VFIO_PCI_OFFSET_SHIFT.
 */
#define GV_FRAMEBUFFER_MIN (4ULL << 20)
#define GV_FRAMEBUFFER_MAX (1ULL << 40)
#define GV_TYPES_MAX 4096
#define GV_HEADS_MAX 1
#define GV_WEIGHT_DEFAULT 64
#define GV_XRES_DEFAULT 1920
#define GV_YRES_DEFAULT 1080

/**
 * enum gv_type_state - life of a vGPU type
 * @GV_TYPE_NEW: its directory may be seen, but no vGPU can be made yet
 * @GV_TYPE_LIVE: vGPUs can be made
 * @GV_TYPE_DYING: it is being deleted, no vGPU can be made any more
 */
enum gv_type_state {
	GV_TYPE_NEW,
	GV_TYPE_LIVE,
	GV_TYPE_DYING,
};

/**
 * struct gv_type_params - what defines a vGPU type
 * @name: its name
 * @series: a capital letter, or 0 if it has none
 * @framebuffer: VRAM of each vGPU, in bytes
 * @max_instances: most vGPUs of it, 0 for as many as fit
 * @heads: displays
 * @xres: width of the preferred mode
 * @yres: height of the preferred mode
 * @weight: weight on the engine
 */
struct gv_type_params {
	char name[GPUVIRT_TYPE_NAME_MAX + 1];
	char series;
	u64 framebuffer;
	u32 max_instances;
	u32 heads;
	u32 xres;
	u32 yres;
	u32 weight;
};

/**
 * struct gv_type - a vGPU type
 * @mtype: the mdev core's part; its kobject keeps all of this alive
 * @be: the backend, with a reference (immutable)
 * @node: entry in the backend's list (types_lock)
 * @params: what defines it (immutable)
 * @pretty: name for people, behind @mtype (immutable)
 * @state: life (gv_state_lock)
 * @live: vGPUs of it that exist (gv_state_lock)
 */
struct gv_type {
	struct mdev_type mtype;
	struct gv_backend *be;
	struct list_head node;
	struct gv_type_params params;
	char pretty[GPUVIRT_TYPE_NAME_MAX + 48];
	enum gv_type_state state;
	u32 live;
};

int gv_type_check(const struct gv_backend *be, struct gv_type_params *params,
		  struct gv_why *why);
int gv_type_new(struct gv_backend *be, const struct gv_type_params *params,
		u64 generation, struct gv_why *why);
int gv_type_del(struct gv_backend *be, const char *name, u64 generation,
		struct gv_why *why);
struct gv_type *gv_type_find(struct gv_backend *be, const char *name,
			     struct gv_why *why);
enum gpuvirt_reason gv_type_room(const struct gv_type *type, u32 *available);
int gv_type_explain(const struct gv_type *type, struct gv_why *why);

int gv_mdev_type_add(struct gv_type *type);
void gv_mdev_type_del(struct gv_type *type);
void gv_mdev_types_changed(struct gv_backend *be);

#endif
