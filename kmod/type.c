// SPDX-License-Identifier: GPL-2.0
/* vGPU types: rules, books, and when one can come or go. */
#include <linux/ctype.h>
#include <linux/math64.h>
#include <linux/slab.h>

#include "edid.h"
#include "event.h"
#include "state.h"
#include "type.h"

static int gv_type_check_name(const char *name, struct gv_why *why)
{
	size_t len = strlen(name);
	size_t i;

	if (!len)
		return gv_fail(why, -EINVAL, GPUVIRT_REASON_NAME_INVALID,
			       GPUVIRT_A_TYPE_NAME, "name of the type is empty");

	for (i = 0; i < len; i++) {
		if (isascii(name[i]) && isalnum(name[i]))
			continue;
		if (i && strchr("._+-", name[i]))
			continue;
		return gv_fail(why, -EINVAL, GPUVIRT_REASON_NAME_INVALID,
			       GPUVIRT_A_TYPE_NAME,
			       "name has byte 0x%02x at %zu: use A-Z a-z 0-9 . _ + -",
			       (u8)name[i], i);
	}

	return 0;
}

static int gv_type_check_framebuffer(const struct gv_backend *be, u64 size,
				     struct gv_why *why)
{
	if (size < GV_FRAMEBUFFER_MIN)
		return gv_fail(why, -EINVAL, GPUVIRT_REASON_FRAMEBUFFER_INVALID,
			       GPUVIRT_A_TYPE_FRAMEBUFFER,
			       "framebuffer is %llu bytes, the least is %llu",
			       size, GV_FRAMEBUFFER_MIN);
	if (size % GV_VRAM_GRANULE)
		return gv_fail(why, -EINVAL, GPUVIRT_REASON_FRAMEBUFFER_INVALID,
			       GPUVIRT_A_TYPE_FRAMEBUFFER,
			       "framebuffer of %llu bytes is not a multiple of 1 MiB",
			       size);
	if (size > be->vram.size)
		return gv_fail(why, -ENOSPC,
			       GPUVIRT_REASON_FRAMEBUFFER_TOO_LARGE,
			       GPUVIRT_A_TYPE_FRAMEBUFFER,
			       "framebuffer is %llu MiB, the GPU has %llu MiB",
			       size >> 20, be->vram.size >> 20);
	if (size > GV_FRAMEBUFFER_MAX)
		return gv_fail(why, -EINVAL, GPUVIRT_REASON_FRAMEBUFFER_INVALID,
			       GPUVIRT_A_TYPE_FRAMEBUFFER,
			       "framebuffer is %llu MiB, the most is %llu MiB",
			       size >> 20, GV_FRAMEBUFFER_MAX >> 20);
	return 0;
}

static int gv_type_check_mode(const struct gv_type_params *params,
			      struct gv_why *why)
{
	u64 scanout = gv_scanout_size(params->framebuffer);

	if (params->xres < GV_EDID_XRES_MIN || params->xres > GV_EDID_XRES_MAX ||
	    params->xres % GV_EDID_XRES_STEP)
		return gv_fail(why, -EINVAL, GPUVIRT_REASON_RESOLUTION_INVALID,
			       GPUVIRT_A_TYPE_XRES,
			       "width %u: a multiple of %u from %u to %u is needed",
			       params->xres, GV_EDID_XRES_STEP,
			       GV_EDID_XRES_MIN, GV_EDID_XRES_MAX);
	if (params->yres < GV_EDID_YRES_MIN || params->yres > GV_EDID_YRES_MAX)
		return gv_fail(why, -EINVAL, GPUVIRT_REASON_RESOLUTION_INVALID,
			       GPUVIRT_A_TYPE_YRES,
			       "height %u is not from %u to %u", params->yres,
			       GV_EDID_YRES_MIN, GV_EDID_YRES_MAX);
	if (gv_edid_clock(params->xres, params->yres) > GV_EDID_CLOCK_MAX)
		return gv_fail(why, -EINVAL, GPUVIRT_REASON_RESOLUTION_INVALID,
			       GPUVIRT_A_TYPE_YRES,
			       "%ux%u at 60 Hz needs a pixel clock above %u kHz",
			       params->xres, params->yres, GV_EDID_CLOCK_MAX);
	if ((u64)params->xres * params->yres * 4 > scanout)
		return gv_fail(why, -EINVAL, GPUVIRT_REASON_RESOLUTION_INVALID,
			       GPUVIRT_A_TYPE_XRES,
			       "%ux%u needs %llu KiB, the scan-out aperture has %llu",
			       params->xres, params->yres,
			       (u64)params->xres * params->yres / 256,
			       scanout >> 10);
	return 0;
}

/**
 * gv_type_check() - check what defines a type, and fill in what is left out
 * @be: backend of the GPU
 * @params: what was asked for; 0 means left out. Left out resolution is
 *	lowered until it fits the framebuffer.
 * @why: where to note a refusal
 *
 * Return: 0 or a negative errno.
 */
int gv_type_check(const struct gv_backend *be, struct gv_type_params *params,
		  struct gv_why *why)
{
	u64 fit;
	int err;

	err = gv_type_check_name(params->name, why);
	if (err)
		return err;
	err = gv_type_check_framebuffer(be, params->framebuffer, why);
	if (err)
		return err;

	if (params->series && !strchr("ABCQ", params->series))
		return gv_fail(why, -EINVAL, GPUVIRT_REASON_BAD_VALUE,
			       GPUVIRT_A_TYPE_SERIES,
			       "series is not one of A, B, C and Q");

	fit = div64_u64(be->vram.size, params->framebuffer);
	fit = min_t(u64, fit, be->max_vgpus);
	if (!params->max_instances)
		params->max_instances = fit;
	if (params->max_instances > fit)
		return gv_fail(why, -ERANGE, GPUVIRT_REASON_BAD_VALUE,
			       GPUVIRT_A_TYPE_MAX_INSTANCES,
			       "max-instances is %u, the GPU can hold %llu of this type",
			       params->max_instances, fit);

	if (!params->heads)
		params->heads = GV_HEADS_MAX;
	if (params->heads > GV_HEADS_MAX)
		return gv_fail(why, -ERANGE, GPUVIRT_REASON_BAD_VALUE,
			       GPUVIRT_A_TYPE_HEADS,
			       "heads is %u, the display of a vGPU has %u",
			       params->heads, GV_HEADS_MAX);

	if (!params->weight)
		params->weight = GV_WEIGHT_DEFAULT;
	if (params->weight > GPUVIRT_WEIGHT_MAX)
		return gv_fail(why, -ERANGE, GPUVIRT_REASON_BAD_VALUE,
			       GPUVIRT_A_TYPE_WEIGHT,
			       "weight is %u, the largest is %u", params->weight,
			       GPUVIRT_WEIGHT_MAX);

	if (!params->xres != !params->yres)
		return gv_fail(why, -EINVAL, GPUVIRT_REASON_RESOLUTION_INVALID,
			       params->xres ? GPUVIRT_A_TYPE_XRES :
					      GPUVIRT_A_TYPE_YRES,
			       "width and height go together");
	if (!params->xres) {
		params->xres = GV_XRES_DEFAULT;
		params->yres = GV_YRES_DEFAULT;
		if (gv_type_check_mode(params, NULL)) {
			params->xres = 1024;
			params->yres = 768;
		}
	}

	return gv_type_check_mode(params, why);
}

/**
 * gv_type_find() - look a type up by its name
 * @be: backend of the GPU
 * @name: its name
 * @why: where to note a refusal
 *
 * Context: under the backend's types_lock, for as long as the type is used.
 * Return: the type, or NULL.
 */
struct gv_type *gv_type_find(struct gv_backend *be, const char *name,
			     struct gv_why *why)
{
	struct gv_type *type;

	lockdep_assert_held(&be->types_lock);

	list_for_each_entry(type, &be->types, node)
		if (!strcmp(type->params.name, name))
			return type;

	gv_fail(why, -ENOENT, GPUVIRT_REASON_TYPE_UNKNOWN, GPUVIRT_A_TYPE_NAME,
		"GPU %s has no such vGPU type", pci_name(be->gpu->pdev));
	return NULL;
}

static int gv_type_admit(struct gv_backend *be,
			 const struct gv_type_params *params, u64 generation,
			 struct gv_why *why)
{
	bool leaving;
	int err;

	spin_lock(&gv_state_lock);
	leaving = be->leaving;
	spin_unlock(&gv_state_lock);
	if (leaving || be->types_gone)
		return gv_fail(why, -ENODEV, GPUVIRT_REASON_GPU_LEAVING,
			       GPUVIRT_A_TYPE_GPU, "GPU %s is being removed",
			       pci_name(be->gpu->pdev));
	if (gv_type_find(be, params->name, NULL))
		return gv_fail(why, -EEXIST, GPUVIRT_REASON_TYPE_EXISTS,
			       GPUVIRT_A_TYPE_NAME,
			       "GPU %s has a vGPU type of this name",
			       pci_name(be->gpu->pdev));
	if (be->nr_types >= GV_TYPES_MAX)
		return gv_fail(why, -ENOSPC, GPUVIRT_REASON_TYPE_LIMIT,
			       GPUVIRT_A_TYPE_GPU,
			       "GPU has %u vGPU types, the most there can be",
			       be->nr_types);

	spin_lock(&gv_state_lock);
	err = gv_check_generation(generation, GPUVIRT_A_TYPE_GENERATION, why);
	spin_unlock(&gv_state_lock);

	return err;
}

/* The type can be used from here on, unless the configuration has changed. */
static int gv_type_go_live(struct gv_type *type, u64 generation,
			   struct gv_why *why)
{
	int err;

	spin_lock(&gv_state_lock);
	err = gv_check_generation(generation, GPUVIRT_A_TYPE_GENERATION, why);
	if (!err) {
		type->state = GV_TYPE_LIVE;
		gv_commit();
	} else {
		type->state = GV_TYPE_DYING;
	}
	spin_unlock(&gv_state_lock);

	return err;
}

/**
 * gv_type_new() - create a vGPU type
 * @be: backend of the GPU
 * @params: what defines it, complete and checked by gv_type_check()
 * @generation: generation the caller has seen, or 0
 * @why: where to note a refusal
 *
 * Return: 0 or a negative errno.
 */
int gv_type_new(struct gv_backend *be, const struct gv_type_params *params,
		u64 generation, struct gv_why *why)
{
	struct gv_type *type;
	int err;

	mutex_lock(&be->types_lock);
	err = gv_type_admit(be, params, generation, why);
	if (err)
		goto out_unlock;

	type = kzalloc(sizeof(*type), GFP_KERNEL);
	if (!type) {
		err = gv_fail_nomem(why);
		goto out_unlock;
	}
	type->be = be;
	type->params = *params;
	snprintf(type->pretty, sizeof(type->pretty), "%s %s", be->model,
		 params->name);
	type->mtype.sysfs_name = type->params.name;
	type->mtype.pretty_name = type->pretty;

	/* From here on the type is freed by its kobject's release. */
	err = gv_mdev_type_add(type);
	if (err) {
		gv_fail(why, err, GPUVIRT_REASON_DEVICE_ERROR,
			GPUVIRT_A_TYPE_NAME,
			"sysfs refused the directory of the type: error %d",
			-err);
		goto out_unlock;
	}

	err = gv_type_go_live(type, generation, why);
	if (err) {
		gv_mdev_type_del(type);
		goto out_unlock;
	}

	list_add_tail(&type->node, &be->types);
	WRITE_ONCE(be->nr_types, be->nr_types + 1);
	gv_event_type(GPUVIRT_CMD_TYPE_CREATE_NTF, type);
	gv_mdev_types_changed(be);

out_unlock:
	mutex_unlock(&be->types_lock);
	return err;
}

static int gv_type_retire(struct gv_type *type, u64 generation,
			  struct gv_why *why)
{
	int err;

	spin_lock(&gv_state_lock);
	err = gv_check_generation(generation, GPUVIRT_A_TYPE_GENERATION, why);
	if (!err && type->live)
		err = gv_fail(why, -EBUSY, GPUVIRT_REASON_TYPE_IN_USE,
			      GPUVIRT_A_TYPE_NAME,
			      "%u vGPU%s of this type exist%s", type->live,
			      type->live == 1 ? "" : "s",
			      type->live == 1 ? "s" : "");
	if (!err) {
		type->state = GV_TYPE_DYING;
		gv_commit();
	}
	spin_unlock(&gv_state_lock);

	return err;
}

/**
 * gv_type_del() - delete a vGPU type that no vGPU has
 * @be: backend of the GPU
 * @name: its name
 * @generation: generation the caller has seen, or 0
 * @why: where to note a refusal
 *
 * Return: 0 or a negative errno.
 */
int gv_type_del(struct gv_backend *be, const char *name, u64 generation,
		struct gv_why *why)
{
	struct gv_type *type;
	int err;

	mutex_lock(&be->types_lock);
	if (be->types_gone) {
		err = gv_fail(why, -ENODEV, GPUVIRT_REASON_GPU_LEAVING,
			      GPUVIRT_A_TYPE_GPU, "GPU %s is being removed",
			      pci_name(be->gpu->pdev));
		goto out_unlock;
	}
	type = gv_type_find(be, name, why);
	if (!type) {
		err = -ENOENT;
		goto out_unlock;
	}
	err = gv_type_retire(type, generation, why);
	if (err)
		goto out_unlock;

	list_del(&type->node);
	WRITE_ONCE(be->nr_types, be->nr_types - 1);
	gv_event_type(GPUVIRT_CMD_TYPE_DELETE_NTF, type);
	gv_mdev_type_del(type);

out_unlock:
	mutex_unlock(&be->types_lock);
	return err;
}

/**
 * gv_type_room() - how many vGPUs of a type can be made now
 * @type: the type
 * @available: gets the number
 *
 * Context: under gv_state_lock.
 * Return: what the next one would be refused for, or GPUVIRT_REASON_NONE.
 */
enum gpuvirt_reason gv_type_room(const struct gv_type *type, u32 *available)
{
	const struct gv_type_params *params = &type->params;
	const struct gv_backend *be = type->be;
	enum gpuvirt_reason reason;
	u32 fit;

	lockdep_assert_held(&gv_state_lock);

	*available = 0;
	if (type->state != GV_TYPE_LIVE)
		return GPUVIRT_REASON_TYPE_UNKNOWN;
	reason = gv_backend_open_for_vgpus(be);
	if (reason)
		return reason;
	if (type->live >= params->max_instances)
		return GPUVIRT_REASON_TYPE_FULL;
	fit = gv_vram_fit(&be->vram, params->framebuffer);
	if (!fit)
		return be->vram.free < params->framebuffer ?
			GPUVIRT_REASON_VRAM_EXHAUSTED :
			GPUVIRT_REASON_VRAM_FRAGMENTED;

	*available = min3(fit, params->max_instances - type->live,
			  be->max_vgpus - be->nr_vgpus);
	return GPUVIRT_REASON_NONE;
}

/**
 * gv_type_explain() - what the next vGPU of a type would be refused for
 * @type: the type
 * @why: gets reason and sentence
 *
 * Context: under gv_state_lock.
 * Return: 0 if nothing is in the way, else the errno of the refusal.
 */
int gv_type_explain(const struct gv_type *type, struct gv_why *why)
{
	const struct gv_backend *be = type->be;
	u64 need = type->params.framebuffer >> 20;
	enum gpuvirt_reason reason;
	u32 available;

	reason = gv_type_room(type, &available);
	switch (reason) {
	case GPUVIRT_REASON_NONE:
		return 0;
	case GPUVIRT_REASON_GPU_LEAVING:
		return gv_fail(why, -ENODEV, reason, 0,
			       "GPU %s is being removed",
			       pci_name(be->gpu->pdev));
	case GPUVIRT_REASON_GPU_DRAINING:
		return gv_fail(why, -EBUSY, reason, 0,
			       "GPU %s takes no new vGPUs (drain is on)",
			       pci_name(be->gpu->pdev));
	case GPUVIRT_REASON_GPU_FULL:
		return gv_fail(why, -ENOSPC, reason, 0,
			       "GPU has %u vGPUs, the most it can hold",
			       be->nr_vgpus);
	case GPUVIRT_REASON_TYPE_FULL:
		return gv_fail(why, -ENOSPC, reason, 0,
			       "%u vGPU%s of this type exist%s, the most it allows",
			       type->live, type->live == 1 ? "" : "s",
			       type->live == 1 ? "s" : "");
	case GPUVIRT_REASON_VRAM_EXHAUSTED:
		return gv_fail(why, -ENOSPC, reason, 0,
			       "type needs %llu MiB, %llu MiB free", need,
			       be->vram.free >> 20);
	case GPUVIRT_REASON_VRAM_FRAGMENTED:
		return gv_fail(why, -ENOSPC, reason, 0,
			       "type needs %llu MiB, %llu MiB free, %llu in one piece",
			       need, be->vram.free >> 20,
			       gv_vram_largest(&be->vram) >> 20);
	default:
		return gv_fail(why, -ENODEV, reason, 0,
			       "type is being deleted");
	}
}
