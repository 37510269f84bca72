// SPDX-License-Identifier: GPL-2.0
/*
 * Regions of a vGPU: what they are, and reads and writes through the file.
 * All that comes in here is a guest's, and hostile.
 */
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "vgpu.h"

/* Registers have at most 32 bits. */
#define GV_REGION_CHUNK sizeof(u32)

static bool gv_region_is_display(unsigned int index)
{
	return index >= GV_REGION_DISPLAY && index < GV_NR_REGIONS;
}

static bool gv_region_is_vram(unsigned int index)
{
	return index == GV_BAR_SCANOUT || index == GV_BAR_VRAM ||
	       gv_region_is_display(index);
}

/**
 * gv_region_size() - size of a region
 * @vgpu: the vGPU
 * @index: its index
 *
 * Return: size in bytes, or 0 if there is no such region.
 */
u64 gv_region_size(const struct gv_vgpu *vgpu, unsigned int index)
{
	if (index <= VFIO_PCI_BAR5_REGION_INDEX)
		return gv_config_bar_size(vgpu, index);
	if (index == VFIO_PCI_CONFIG_REGION_INDEX)
		return GV_CONFIG_SIZE;
	if (gv_region_is_display(index))
		return gv_scanout_size(vgpu->slice.size);
	return 0;
}

/* BAR4 is a power of two; only as much of it as there is VRAM can be mapped. */
static int gv_region_sparse(const struct gv_vgpu *vgpu,
			    struct vfio_info_cap *caps)
{
	struct vfio_region_info_cap_sparse_mmap *sparse;
	size_t size = struct_size(sparse, areas, 1);
	int err;

	sparse = kzalloc(size, GFP_KERNEL);
	if (!sparse)
		return -ENOMEM;

	sparse->header.id = VFIO_REGION_INFO_CAP_SPARSE_MMAP;
	sparse->header.version = 1;
	sparse->nr_areas = 1;
	sparse->areas[0].size = vgpu->slice.size;
	err = vfio_info_add_capability(caps, &sparse->header, size);
	kfree(sparse);

	return err;
}

/**
 * gv_region_info() - what VFIO_DEVICE_GET_REGION_INFO asks for
 * @vdev: the VFIO device
 * @info: request, gets the answer
 * @caps: gets capabilities
 *
 * Return: 0, -EINVAL for an index that no PCI device has, -ENOMEM.
 */
int gv_region_info(struct vfio_device *vdev, struct vfio_region_info *info,
		   struct vfio_info_cap *caps)
{
	struct gv_vgpu *vgpu = container_of(vdev, struct gv_vgpu, vdev);

	if (info->index >= GV_NR_REGIONS)
		return -EINVAL;

	info->flags = 0;
	info->cap_offset = 0;
	info->offset = VFIO_PCI_INDEX_TO_OFFSET(info->index);
	info->size = gv_region_size(vgpu, info->index);
	if (!info->size)
		return 0;

	info->flags = VFIO_REGION_INFO_FLAG_READ;
	if (!gv_region_is_display(info->index))
		info->flags |= VFIO_REGION_INFO_FLAG_WRITE;
	if (gv_region_is_vram(info->index))
		info->flags |= VFIO_REGION_INFO_FLAG_MMAP;
	if (info->index == GV_BAR_VRAM)
		return gv_region_sparse(vgpu, caps);
	return 0;
}

static void gv_region_read_regs(struct gv_vgpu *vgpu, unsigned int index,
				unsigned int pos, u8 *buf, size_t len)
{
	size_t i;

	mutex_lock(&vgpu->lock);
	for (i = 0; i < len; i++) {
		if (index == VFIO_PCI_CONFIG_REGION_INDEX)
			buf[i] = gv_config_read(vgpu, pos + i);
		else if (index == GV_BAR_ENGINE)
			buf[i] = gv_engine_read(vgpu, pos + i);
		else
			buf[i] = gv_mmio_read(vgpu, pos + i);
	}
	mutex_unlock(&vgpu->lock);
}

static void gv_region_write_regs(struct gv_vgpu *vgpu, unsigned int index,
				 unsigned int pos, const u8 *buf, size_t len)
{
	size_t i;

	mutex_lock(&vgpu->lock);
	if (index == GV_BAR_ENGINE) {
		gv_engine_write(vgpu, pos, buf, len);
	} else if (index == VFIO_PCI_CONFIG_REGION_INDEX) {
		for (i = 0; i < len; i++)
			gv_config_write(vgpu, pos + i, buf[i]);
	} else {
		for (i = 0; i < len; i++)
			gv_mmio_write(vgpu, pos + i, buf[i]);
		gv_mmio_note_mode(vgpu);
	}
	mutex_unlock(&vgpu->lock);
}

/* The largest naturally aligned access at @pos that fits in @count. */
static size_t gv_region_chunk(unsigned int pos, size_t count)
{
	size_t len = GV_REGION_CHUNK;

	while (len > count || pos % len)
		len /= 2;
	return len;
}

static ssize_t gv_region_rw_regs(struct gv_vgpu *vgpu, unsigned int index,
				 unsigned int pos, char __user *user,
				 size_t count, bool write)
{
	u8 buf[GV_REGION_CHUNK] = {};
	size_t done = 0, len;

	while (done < count) {
		len = gv_region_chunk(pos + done, count - done);
		if (write) {
			if (copy_from_user(buf, user + done, len))
				return -EFAULT;
			gv_region_write_regs(vgpu, index, pos + done, buf, len);
		} else {
			gv_region_read_regs(vgpu, index, pos + done, buf, len);
			if (copy_to_user(user + done, buf, len))
				return -EFAULT;
		}
		done += len;
	}

	return done;
}

static u64 gv_region_vram_start(struct gv_vgpu *vgpu, unsigned int index)
{
	u64 start = 0;

	if (gv_region_is_display(index)) {
		mutex_lock(&vgpu->lock);
		start = vgpu->display.start[index - GV_REGION_DISPLAY];
		mutex_unlock(&vgpu->lock);
	}
	return start;
}

static ssize_t gv_region_rw(struct gv_vgpu *vgpu, char __user *buf,
			    size_t count, loff_t *ppos, bool write)
{
	unsigned int index = VFIO_PCI_OFFSET_TO_INDEX(*ppos);
	u64 pos = *ppos & VFIO_PCI_OFFSET_MASK;
	u64 size = gv_region_size(vgpu, index);
	ssize_t done;

	if (pos >= size)
		return -EINVAL;
	if (write && gv_region_is_display(index))
		return -EACCES;
	count = min_t(u64, count, size - pos);

	if (!gv_region_is_vram(index))
		done = gv_region_rw_regs(vgpu, index, pos, buf, count, write);
	else if (write)
		done = gv_vgpu_vram_write(vgpu, pos, buf, count);
	else
		done = gv_vgpu_vram_read(vgpu,
					 gv_region_vram_start(vgpu, index) + pos,
					 buf, count);

	if (done > 0)
		*ppos += done;
	return done;
}

/**
 * gv_region_read() - read from a region
 * @vdev: the VFIO device
 * @buf: where to
 * @count: how much; less is read at the end of the region
 * @ppos: region and offset
 *
 * Return: number of bytes, -EINVAL outside every region, -EFAULT, -ENOMEM.
 */
ssize_t gv_region_read(struct vfio_device *vdev, char __user *buf, size_t count,
		       loff_t *ppos)
{
	return gv_region_rw(container_of(vdev, struct gv_vgpu, vdev), buf,
			    count, ppos, false);
}

/**
 * gv_region_write() - write to a region
 * @vdev: the VFIO device
 * @buf: where from
 * @count: how much; less is written at the end of the region
 * @ppos: region and offset
 *
 * Return: number of bytes, -EINVAL outside every region, -EACCES for a display
 * region, -EFAULT, -ENOSPC at the backing limit, -ENOMEM.
 */
ssize_t gv_region_write(struct vfio_device *vdev, const char __user *buf,
			size_t count, loff_t *ppos)
{
	return gv_region_rw(container_of(vdev, struct gv_vgpu, vdev),
			    (char __user *)buf, count, ppos, true);
}
