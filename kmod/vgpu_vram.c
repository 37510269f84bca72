// SPDX-License-Identifier: GPL-2.0
/*
 * The VRAM slice of a vGPU: read, written and mapped by its user. Pages come
 * from the backend when they are first touched, and are charged to the memory
 * cgroup of the process whose memory map it is (the VMM), whoever faults.
 */
#include <linux/highmem.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/uaccess.h>

#include "event.h"
#include "vgpu.h"

/* Beyond it is the next region. */
static_assert(GV_FRAMEBUFFER_MAX <= 1ULL << VFIO_PCI_OFFSET_SHIFT);

static struct page *gv_vgpu_page(struct gv_vgpu *vgpu, unsigned long index,
				 bool alloc)
{
	struct gv_backend *be = vgpu->be;
	struct page *page;

	page = be->ops->vram_page(be->priv, &vgpu->slice, index, alloc);
	if (page == ERR_PTR(-ENOSPC) && !test_and_set_bit(0, &vgpu->limit_told))
		gv_event_vgpu_runtime(vgpu, GPUVIRT_VGPU_EVENT_BACKING_LIMIT);
	return page;
}

static int gv_vgpu_vram_copy(struct gv_vgpu *vgpu, u64 pos, char __user *buf,
			     size_t len, bool write)
{
	unsigned long left;
	struct page *page;
	void *addr;

	page = gv_vgpu_page(vgpu, pos >> PAGE_SHIFT, write);
	if (IS_ERR(page))
		return PTR_ERR(page);
	if (!page)
		return clear_user(buf, len) ? -EFAULT : 0;

	addr = kmap_local_page(page) + offset_in_page(pos);
	if (write)
		left = copy_from_user(addr, buf, len);
	else
		left = copy_to_user(buf, addr, len);
	kunmap_local(addr);
	put_page(page);

	return left ? -EFAULT : 0;
}

/* Beyond the slice a BAR reads as ones, like an address nobody answers. */
static int gv_vgpu_vram_beyond(char __user *buf, size_t len, bool write)
{
	static const u8 ones[64] = { [0 ... 63] = 0xff };
	size_t n;

	if (write)
		return 0;
	for (; len; len -= n, buf += n) {
		n = min(len, sizeof(ones));
		if (copy_to_user(buf, ones, n))
			return -EFAULT;
	}
	return 0;
}

static ssize_t gv_vgpu_vram_rw(struct gv_vgpu *vgpu, u64 pos, char __user *buf,
			       size_t count, bool write)
{
	size_t done = 0, len;
	int err = 0;

	while (done < count) {
		len = min_t(size_t, count - done,
			    PAGE_SIZE - offset_in_page(pos + done));
		if (pos + done >= vgpu->slice.size)
			err = gv_vgpu_vram_beyond(buf + done, len, write);
		else
			err = gv_vgpu_vram_copy(vgpu, pos + done, buf + done,
						len, write);
		if (err)
			break;
		done += len;
		if (fatal_signal_pending(current))
			break;
		cond_resched();
	}

	return done ? done : err;
}

/**
 * gv_vgpu_vram_read() - read from the VRAM slice
 * @vgpu: the vGPU
 * @pos: offset in the slice; ones are read beyond its end
 * @buf: where to
 * @count: how much
 *
 * Return: number of bytes, or -EFAULT.
 */
ssize_t gv_vgpu_vram_read(struct gv_vgpu *vgpu, u64 pos, char __user *buf,
			  size_t count)
{
	return gv_vgpu_vram_rw(vgpu, pos, buf, count, false);
}

/**
 * gv_vgpu_vram_write() - write to the VRAM slice
 * @vgpu: the vGPU
 * @pos: offset in the slice; what is written beyond its end is dropped
 * @buf: where from
 * @count: how much
 *
 * Return: number of bytes, -EFAULT, -ENOSPC at the backing limit, -ENOMEM.
 */
ssize_t gv_vgpu_vram_write(struct gv_vgpu *vgpu, u64 pos,
			   const char __user *buf, size_t count)
{
	return gv_vgpu_vram_rw(vgpu, pos, (char __user *)buf, count, true);
}

static vm_fault_t gv_vgpu_fault(struct vm_fault *vmf)
{
	struct vm_area_struct *vma = vmf->vma;
	struct gv_vgpu *vgpu = vma->vm_private_data;
	struct mem_cgroup *memcg, *old;
	struct page *page;

	/* vm_pgoff was set to the offset in the slice when it was mapped. */
	if (vmf->pgoff >= vgpu->slice.size >> PAGE_SHIFT)
		return VM_FAULT_SIGBUS;

	memcg = get_mem_cgroup_from_mm(vma->vm_mm);
	old = set_active_memcg(memcg);
	page = gv_vgpu_page(vgpu, vmf->pgoff, true);
	set_active_memcg(old);
	mem_cgroup_put(memcg);

	if (page == ERR_PTR(-ENOMEM))
		return VM_FAULT_OOM;
	if (IS_ERR_OR_NULL(page))
		return VM_FAULT_SIGBUS;

	vmf->page = page;
	return 0;
}

static const struct vm_operations_struct gv_vgpu_vm_ops = {
	.fault = gv_vgpu_fault,
};

/**
 * gv_vgpu_mmap() - map a region that VRAM is behind
 * @vdev: the VFIO device
 * @vma: mapping; its offset names region and offset
 *
 * Return: 0, -EINVAL beyond the region or the slice, for a private mapping or a
 * region that can't be mapped, -EACCES for a display region to be written or
 * anything to be executed.
 */
int gv_vgpu_mmap(struct vfio_device *vdev, struct vm_area_struct *vma)
{
	struct gv_vgpu *vgpu = container_of(vdev, struct gv_vgpu, vdev);
	unsigned int index = vma->vm_pgoff >> (VFIO_PCI_OFFSET_SHIFT - PAGE_SHIFT);
	u64 pgoff = vma->vm_pgoff & (VFIO_PCI_OFFSET_MASK >> PAGE_SHIFT);
	vm_flags_t may = VM_MAYREAD | VM_MAYWRITE;
	u64 size, start = 0;

	switch (index) {
	case GV_BAR_SCANOUT:
		size = gv_region_size(vgpu, index);
		break;
	case GV_BAR_VRAM:
		size = vgpu->slice.size;
		break;
	case GV_REGION_DISPLAY ... GV_NR_REGIONS - 1:
		mutex_lock(&vgpu->lock);
		start = vgpu->display.start[index - GV_REGION_DISPLAY];
		mutex_unlock(&vgpu->lock);
		size = gv_region_size(vgpu, index);
		if (vma->vm_flags & VM_WRITE)
			return -EACCES;
		may = VM_MAYREAD;
		break;
	default:
		return -EINVAL;
	}

	if (!(vma->vm_flags & VM_SHARED))
		return -EINVAL;
	if (vma->vm_flags & VM_EXEC)
		return -EACCES;
	if (pgoff > size >> PAGE_SHIFT ||
	    vma_pages(vma) > (size >> PAGE_SHIFT) - pgoff)
		return -EINVAL;

	vma->vm_pgoff = (start >> PAGE_SHIFT) + pgoff;
	vm_flags_set(vma, VM_DONTEXPAND | VM_DONTDUMP);
	vm_flags_clear(vma, (VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC) & ~may);
	vma->vm_private_data = vgpu;
	vma->vm_ops = &gv_vgpu_vm_ops;

	return 0;
}
