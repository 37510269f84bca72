// SPDX-License-Identifier: GPL-2.0
/*
 * A hostile guest and its VMM: the input is a list of accesses to one vGPU, each
 * "what, offset, length, value". Built from the sources of the module.
 */
#include "input.h"

static void region(struct gv_vgpu *vgpu, struct input *in, bool write)
{
	unsigned int index = get(in, 1) % 12;
	loff_t at = (u64)index << VFIO_PCI_OFFSET_SHIFT | get(in, 2);
	char buf[64];
	size_t n = get(in, 1) % sizeof(buf);

	memset(buf, get(in, 1), sizeof(buf));
	if (n >= 4)
		put_unaligned_le32(get(in, 4), buf);
	if (write)
		gv_region_write(&vgpu->vdev, buf, n, &at);
	else
		gv_region_read(&vgpu->vdev, buf, n, &at);
}

static void irqs(struct gv_vgpu *vgpu, struct input *in)
{
	struct vfio_irq_set hdr = {
		.flags = get(in, 1),
		.index = get(in, 1) % VFIO_PCI_NUM_IRQS,
		.count = get(in, 1) & 1,
	};
	s32 data = (s32)(get(in, 1) % (GV_EVENTFDS + 3)) - 1;

	/* VFIO's own check lets nothing else through */
	if (hdr.index == VFIO_PCI_MSIX_IRQ_INDEX)
		return;
	mutex_lock(&vgpu->lock);
	gv_irq_set(vgpu, &hdr, &data);
	mutex_unlock(&vgpu->lock);
}

static void query(struct gv_vgpu *vgpu, struct input *in)
{
	struct vfio_device_gfx_plane_info plane = {
		.argsz = sizeof(plane),
		.flags = get(in, 1),
		.drm_plane_type = get(in, 1),
	};

	gv_display_query(vgpu, &plane);
	if ((u64)plane.size > gv_config_bar_size(vgpu, 0))
		abort();
}

static void step(struct gv_vgpu *vgpu, struct input *in)
{
	struct vfio_region_info info;
	struct vfio_info_cap caps = {};

	switch (get(in, 1) % 8) {
	case 0:
		irqs(vgpu, in);
		break;
	case 1:
		query(vgpu, in);
		break;
	case 2:
		gv_fire_unmask();
		break;
	case 3:
		info.index = get(in, 4);
		gv_region_info(&vgpu->vdev, &info, &caps);
		free(caps.buf);
		break;
	case 4:
		region(vgpu, in, false);
		break;
	default:
		region(vgpu, in, true);
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct input in = { data, size };
	struct gv_vgpu *vgpu;
	unsigned int i;

	memset(gv_eventfds, 0, sizeof(gv_eventfds));
	vgpu = gv_make_vgpu((4 + get(&in, 1)) << 20, 1024, 768);
	while (in.size)
		step(vgpu, &in);
	gv_drop_vgpu(vgpu);
	for (i = 0; i < GV_EVENTFDS; i++)
		if (gv_eventfds[i].refs)
			abort();
	return 0;
}
