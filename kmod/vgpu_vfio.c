// SPDX-License-Identifier: GPL-2.0
/* A vGPU as a VFIO device: open, close, ioctls, reset. */
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vfio.h>

#include "event.h"
#include "pm.h"
#include "state.h"
#include "vgpu.h"

static struct gv_vgpu *to_vgpu(struct vfio_device *vdev)
{
	return container_of(vdev, struct gv_vgpu, vdev);
}

/**
 * gv_vgpu_reset() - reset a vGPU as a function-level reset does
 * @vgpu: the vGPU
 *
 * Registers are as after power-on and all VRAM reads as zeros. Interrupts that
 * its user has set up stay so.
 *
 * Context: process, may sleep.
 */
void gv_vgpu_reset(struct gv_vgpu *vgpu)
{
	mutex_lock(&vgpu->lock);
	/* First, as resetting INTx Disable sends what is pending. */
	gv_irq_reset(vgpu);
	gv_config_reset(vgpu);
	gv_mmio_reset(vgpu);
	gv_engine_reset(vgpu);
	gv_display_reset(vgpu);
	vgpu->be->ops->vram_zero(vgpu->be->priv, &vgpu->slice);
	mutex_unlock(&vgpu->lock);

	spin_lock(&gv_state_lock);
	vgpu->resets++;
	spin_unlock(&gv_state_lock);
	gv_event_vgpu_runtime(vgpu, GPUVIRT_VGPU_EVENT_RESET);
}

static void gv_vgpu_release(struct vfio_device *vdev)
{
	struct gv_vgpu *vgpu = to_vgpu(vdev);

	gv_backend_put(vgpu->be);
	mutex_destroy(&vgpu->lock);
	gv_vfio_release_done(vdev);
	gv_vgpu_freed();
}

static int gv_vgpu_open(struct vfio_device *vdev)
{
	struct gv_vgpu *vgpu = to_vgpu(vdev);
	char comm[TASK_COMM_LEN];
	int err = 0;

	/* VFIO lets it be opened a moment before its creation is told. */
	wait_for_completion(&vgpu->listed);
	get_task_comm(comm, current->group_leader);

	spin_lock(&gv_state_lock);
	if (vgpu->be->leaving) {
		err = -ENODEV;
	} else if (vgpu->retired_by || gv_pm_suspending) {
		err = -EBUSY;
	} else {
		vgpu->open = true;
		vgpu->holder = task_tgid_nr(current);
		strscpy(vgpu->holder_comm, comm, sizeof(vgpu->holder_comm));
		vgpu->be->nr_open++;
	}
	spin_unlock(&gv_state_lock);
	if (err)
		return err;

	clear_bit(0, &vgpu->limit_told);
	gv_event_vgpu_runtime(vgpu, GPUVIRT_VGPU_EVENT_OPENED);
	return 0;
}

/* The last file is closed, so nothing is mapped any more: start afresh. */
static void gv_vgpu_close(struct vfio_device *vdev)
{
	struct gv_vgpu *vgpu = to_vgpu(vdev);

	gv_irq_release(vgpu);
	mutex_lock(&vgpu->lock);
	gv_config_reset(vgpu);
	gv_mmio_reset(vgpu);
	gv_engine_reset(vgpu);
	gv_display_reset(vgpu);
	/* An administrator's reset may be at work on the pages. */
	vgpu->be->ops->vram_free(vgpu->be->priv, &vgpu->slice);
	mutex_unlock(&vgpu->lock);

	spin_lock(&gv_state_lock);
	vgpu->open = false;
	vgpu->holder = 0;
	vgpu->holder_comm[0] = '\0';
	vgpu->be->nr_open--;
	spin_unlock(&gv_state_lock);
	gv_event_vgpu_runtime(vgpu, GPUVIRT_VGPU_EVENT_CLOSED);
}

static int gv_vgpu_get_info(struct vfio_device_info __user *arg)
{
	unsigned long minsz = offsetofend(struct vfio_device_info, num_irqs);
	struct vfio_device_info info;

	if (copy_from_user(&info, arg, minsz))
		return -EFAULT;
	if (info.argsz < minsz)
		return -EINVAL;

	info.flags = VFIO_DEVICE_FLAGS_PCI | VFIO_DEVICE_FLAGS_RESET;
	info.num_regions = GV_NR_REGIONS;
	info.num_irqs = VFIO_PCI_NUM_IRQS;

	return copy_to_user(arg, &info, minsz) ? -EFAULT : 0;
}

static int gv_vgpu_get_irq_info(struct vfio_irq_info __user *arg)
{
	unsigned long minsz = offsetofend(struct vfio_irq_info, count);
	struct vfio_irq_info info;

	if (copy_from_user(&info, arg, minsz))
		return -EFAULT;
	if (info.argsz < minsz || info.index >= VFIO_PCI_NUM_IRQS)
		return -EINVAL;

	info.flags = gv_irq_flags(info.index);
	info.count = gv_irq_count(info.index);

	return copy_to_user(arg, &info, minsz) ? -EFAULT : 0;
}

static int gv_vgpu_set_irqs(struct gv_vgpu *vgpu,
			    struct vfio_irq_set __user *arg)
{
	unsigned long minsz = offsetofend(struct vfio_irq_set, count);
	struct vfio_irq_set hdr;
	size_t size = 0;
	void *data = NULL;
	int err;

	if (copy_from_user(&hdr, arg, minsz))
		return -EFAULT;
	if (hdr.argsz < minsz || hdr.index >= VFIO_PCI_NUM_IRQS)
		return -EINVAL;
	err = vfio_set_irqs_validate_and_prepare(&hdr, gv_irq_count(hdr.index),
						 VFIO_PCI_NUM_IRQS, &size);
	if (err)
		return err;
	if (size) {
		data = memdup_user(arg->data, size);
		if (IS_ERR(data))
			return PTR_ERR(data);
	}

	mutex_lock(&vgpu->lock);
	err = gv_irq_set(vgpu, &hdr, data);
	mutex_unlock(&vgpu->lock);

	kfree(data);
	return err;
}

static int gv_vgpu_query_plane(struct gv_vgpu *vgpu,
			       struct vfio_device_gfx_plane_info __user *arg)
{
	unsigned long minsz = offsetofend(struct vfio_device_gfx_plane_info,
					  region_index);
	struct vfio_device_gfx_plane_info plane = {};
	int err;

	if (copy_from_user(&plane, arg, minsz))
		return -EFAULT;
	if (plane.argsz < minsz)
		return -EINVAL;

	err = gv_display_query(vgpu, &plane);
	if (err)
		return err;

	return copy_to_user(arg, &plane, minsz) ? -EFAULT : 0;
}

static long gv_vgpu_ioctl(struct vfio_device *vdev, unsigned int cmd,
			  unsigned long arg)
{
	struct gv_vgpu *vgpu = to_vgpu(vdev);
	void __user *uarg = (void __user *)arg;

	switch (cmd) {
	case VFIO_DEVICE_GET_INFO:
		return gv_vgpu_get_info(uarg);
	case VFIO_DEVICE_GET_REGION_INFO:
		return gv_vfio_region_info(vdev, uarg, gv_region_info);
	case VFIO_DEVICE_GET_IRQ_INFO:
		return gv_vgpu_get_irq_info(uarg);
	case VFIO_DEVICE_SET_IRQS:
		return gv_vgpu_set_irqs(vgpu, uarg);
	case VFIO_DEVICE_RESET:
		gv_vgpu_reset(vgpu);
		return 0;
	case VFIO_DEVICE_QUERY_GFX_PLANE:
		return gv_vgpu_query_plane(vgpu, uarg);
	default:
		return -ENOTTY;
	}
}

static void gv_vgpu_request(struct vfio_device *vdev, unsigned int count)
{
	gv_irq_request(to_vgpu(vdev));
}

const struct vfio_device_ops gv_vgpu_vfio_ops = {
	.name = "gpuvirt-vgpu",
	.release = gv_vgpu_release,
	.open_device = gv_vgpu_open,
	.close_device = gv_vgpu_close,
	.read = gv_region_read,
	.write = gv_region_write,
	.ioctl = gv_vgpu_ioctl,
	.mmap = gv_vgpu_mmap,
	.request = gv_vgpu_request,
	GV_VFIO_REGION_INFO_OP(gv_region_info)
	GV_VFIO_IOMMUFD_OPS
};
