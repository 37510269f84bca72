// SPDX-License-Identifier: GPL-2.0
/*
 * The picture for a VMM: VFIO's plane of type region. The interface has no
 * place for where in the region the picture starts, so the region itself starts
 * there. When the guest moves the picture (page flip), the other of two region
 * numbers becomes current, upon which a VMM maps anew.
 */
#include <linux/mm.h>
#include <linux/vfio.h>

#include "vgpu.h"

/* DRM_PLANE_TYPE_CURSOR, which only DRM drivers' headers have */
#define GV_PLANE_CURSOR 2

/**
 * gv_display_reset() - there is no picture
 * @vgpu: the vGPU
 *
 * Context: under the vGPU's lock.
 */
void gv_display_reset(struct gv_vgpu *vgpu)
{
	lockdep_assert_held(&vgpu->lock);
	memset(&vgpu->display, 0, sizeof(vgpu->display));
}

static void gv_display_plane(struct gv_vgpu *vgpu,
			     struct vfio_device_gfx_plane_info *plane)
{
	struct gv_vgpu_display *display = &vgpu->display;
	struct gv_mode mode;
	u64 start;

	lockdep_assert_held(&vgpu->lock);

	plane->region_index = GV_REGION_DISPLAY + display->current_region;
	/* A plane without a size is one that shows nothing. */
	if (!gv_mmio_mode(vgpu, &mode))
		return;

	/* Only pages can be mapped; bochs-drm starts pictures at pages. */
	start = round_down(mode.start, PAGE_SIZE);
	if (start != display->start[display->current_region]) {
		display->current_region ^= 1;
		display->start[display->current_region] = start;
		plane->region_index = GV_REGION_DISPLAY +
				      display->current_region;
	}

	plane->drm_format = mode.format;
	plane->width = mode.xres;
	plane->height = mode.yres;
	plane->stride = mode.stride;
	plane->size = mode.size;
}

/**
 * gv_display_query() - what VFIO_DEVICE_QUERY_GFX_PLANE asks for
 * @vgpu: the vGPU
 * @plane: request, gets the answer
 *
 * Return: 0, or -EINVAL for a plane that is not a region.
 */
int gv_display_query(struct gv_vgpu *vgpu,
		     struct vfio_device_gfx_plane_info *plane)
{
	const u32 region = VFIO_GFX_PLANE_TYPE_REGION;
	const u32 probe = VFIO_GFX_PLANE_TYPE_PROBE | region;
	u32 argsz = plane->argsz, flags = plane->flags;
	u32 type = plane->drm_plane_type;

	if (flags == probe)
		return 0;
	if (flags != region)
		return -EINVAL;

	memset(plane, 0, sizeof(*plane));
	plane->argsz = argsz;
	plane->flags = flags;
	plane->drm_plane_type = type;
	/*
	 * There is no cursor plane. Any other type is taken for the primary one:
	 * QEMU leaves it 0 (overlay) when it asks for a region.
	 */
	if (type == GV_PLANE_CURSOR)
		return 0;

	mutex_lock(&vgpu->lock);
	gv_display_plane(vgpu, plane);
	mutex_unlock(&vgpu->lock);

	return 0;
}
