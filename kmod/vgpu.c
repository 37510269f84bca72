// SPDX-License-Identifier: GPL-2.0
/* A vGPU comes and goes: the mdev core calls, the books decide. */
#include <linux/device.h>
#include <linux/iommu.h>
#include <linux/module.h>
#include <linux/pci.h>

#include "event.h"
#include "state.h"
#include "vgpu.h"
#include "vgpu_list.h"

/*
 * A write to `remove` that meets the end of the creation is refused by the mdev
 * core with -EAGAIN, but has deleted the file by then: the mdev could never be
 * removed again. After each creation we look whether the file is there, and
 * put it back. The core sets mdev->active last of all, within milliseconds.
 */
#define GV_HEAL_DELAY msecs_to_jiffies(20)
#define GV_HEAL_TRIES 100

/* vGPUs whose memory is not freed yet, and who waits for that */
static atomic_t gv_vgpus_alive = ATOMIC_INIT(0);
static DECLARE_WAIT_QUEUE_HEAD(gv_vgpus_wait);

/* Serial of the last vGPU; gv_state_lock */
static u64 gv_vgpu_last_serial;

static void gv_vgpu_heal(struct work_struct *work)
{
	struct gv_vgpu *vgpu = container_of(to_delayed_work(work),
					    struct gv_vgpu, heal);
	struct device *dev = &vgpu->mdev->dev;
	struct kernfs_node *kn;

	/* Not yet, or already being removed: the core knows the difference. */
	if (!READ_ONCE(vgpu->mdev->active)) {
		vgpu->heal_seen = false;
		if (vgpu->heal_tries--)
			schedule_delayed_work(&vgpu->heal, GV_HEAL_DELAY);
		return;
	}

	kn = sysfs_get_dirent(dev->kobj.sd, "remove");
	if (kn) {
		sysfs_put(kn);
		return;
	}

	/*
	 * The file is gone and the mdev active. A removal that has just begun
	 * looks the same for a moment, so look twice.
	 */
	if (!vgpu->heal_seen) {
		vgpu->heal_seen = true;
		schedule_delayed_work(&vgpu->heal, GV_HEAL_DELAY);
		return;
	}
	if (!sysfs_update_group(&dev->kobj, dev->groups[0]))
		dev_info(dev, "removal met creation, it can be removed again\n");
}

/* Take a place for a vGPU, all of it or nothing. */
static int gv_vgpu_take(struct gv_vgpu *vgpu)
{
	struct gv_type *type = vgpu->type;
	struct gv_backend *be = vgpu->be;
	int err;

	if (!try_module_get(be->ops->owner))
		return -ENODEV;

	spin_lock(&gv_state_lock);
	err = gv_type_explain(type, NULL);
	if (!err)
		err = gv_vram_take(&be->vram, &vgpu->slice,
				   type->params.framebuffer);
	if (!err) {
		type->live++;
		be->nr_vgpus++;
		vgpu->serial = ++gv_vgpu_last_serial;
		gv_commit();
	}
	spin_unlock(&gv_state_lock);

	if (err)
		module_put(be->ops->owner);
	return err;
}

/* Give the place back; off the books too, if it was on them. */
static void gv_vgpu_give(struct gv_vgpu *vgpu, bool listed)
{
	struct gv_type *type = vgpu->type;
	struct gv_backend *be = vgpu->be;

	spin_lock(&gv_state_lock);
	if (listed)
		gv_vgpu_list_del(vgpu);
	gv_vram_give(&be->vram, &vgpu->slice);
	be->nr_vgpus--;
	/* Last: from here on the type can be deleted. */
	type->live--;
	gv_commit();
	spin_unlock(&gv_state_lock);

	module_put(be->ops->owner);
}

static int gv_vgpu_group(struct device *dev)
{
	struct iommu_group *group = iommu_group_get(dev);
	int id;

	if (!group)
		return -1;
	id = iommu_group_id(group);
	iommu_group_put(group);
	return id;
}

/**
 * gv_vgpu_probe() - a UUID was written to `create`
 * @mdev: the new mdev
 *
 * Return: 0, or -ENOSPC if there is no room, -EBUSY if the GPU is draining,
 * -ENODEV if type or GPU are going away, -ENOMEM.
 */
int gv_vgpu_probe(struct mdev_device *mdev)
{
	struct gv_type *type = container_of(mdev->type, struct gv_type, mtype);
	struct gv_vgpu *vgpu;
	int err;

	/* The type by which gv_mdev_init() learns the ktype has none. */
	if (!type->be)
		return -ENODEV;

	vgpu = vfio_alloc_device(gv_vgpu, vdev, &mdev->dev, &gv_vgpu_vfio_ops);
	if (IS_ERR(vgpu))
		return PTR_ERR(vgpu);

	atomic_inc(&gv_vgpus_alive);
	vgpu->mdev = mdev;
	vgpu->type = type;
	vgpu->be = type->be;
	gv_backend_hold(vgpu->be);
	mutex_init(&vgpu->lock);
	refcount_set(&vgpu->users, 1);
	init_completion(&vgpu->idle);
	init_completion(&vgpu->listed);
	INIT_DELAYED_WORK(&vgpu->heal, gv_vgpu_heal);
	vgpu->heal_tries = GV_HEAL_TRIES;
	gv_irq_init(vgpu);

	err = gv_vgpu_take(vgpu);
	if (err)
		goto err_put;

	gv_config_init(vgpu);
	gv_mmio_init(vgpu);
	dev_set_drvdata(&mdev->dev, vgpu);

	/* VFIO does so by itself, and goes on if there was no memory for it. */
	err = vfio_assign_device_set(&vgpu->vdev, &vgpu->vdev);
	if (!err)
		err = vfio_register_emulated_iommu_dev(&vgpu->vdev);
	if (err)
		goto err_give;
	vgpu->group = gv_vgpu_group(&mdev->dev);

	spin_lock(&gv_state_lock);
	gv_vgpu_list_add(vgpu);
	gv_commit();
	spin_unlock(&gv_state_lock);

	gv_event_vgpu(GPUVIRT_CMD_VGPU_CREATE_NTF, vgpu);
	complete_all(&vgpu->listed);
	schedule_delayed_work(&vgpu->heal, GV_HEAL_DELAY);
	return 0;

err_give:
	gv_vgpu_give(vgpu, false);
err_put:
	vfio_put_device(&vgpu->vdev);
	return err;
}

/**
 * gv_vgpu_remove() - the mdev goes away
 * @mdev: the mdev
 *
 * If a process has it open, waits until that lets go, and asks it to.
 */
void gv_vgpu_remove(struct mdev_device *mdev)
{
	struct gv_vgpu *vgpu = dev_get_drvdata(&mdev->dev);

	cancel_delayed_work_sync(&vgpu->heal);
	vfio_unregister_group_dev(&vgpu->vdev);

	gv_vgpu_unuse(vgpu);
	wait_for_completion(&vgpu->idle);

	/*
	 * The VRAM is free before the capacity is, that before it is told, and
	 * all of it when this returns, not when the last reference to the mdev is
	 * dropped. That reference keeps the type for the event.
	 */
	vgpu->be->ops->vram_free(vgpu->be->priv, &vgpu->slice);
	gv_vgpu_give(vgpu, true);
	gv_event_vgpu(GPUVIRT_CMD_VGPU_DELETE_NTF, vgpu);
	vfio_put_device(&vgpu->vdev);
}

/**
 * gv_vgpu_freed() - the last reference to a vGPU is gone
 *
 * That can be long after gv_vgpu_remove(), whoever holds one. Who waits may see the
 * count before it is woken, and then waits for the end of this, too.
 */
void gv_vgpu_freed(void)
{
	rcu_read_lock();
	if (atomic_dec_and_test(&gv_vgpus_alive))
		wake_up_all(&gv_vgpus_wait);
	rcu_read_unlock();
}

/**
 * gv_vgpu_wait_freed() - wait until the code that frees vGPUs is not needed
 */
void gv_vgpu_wait_freed(void)
{
	wait_event(gv_vgpus_wait, !atomic_read(&gv_vgpus_alive));
	synchronize_rcu();
}
