// SPDX-License-Identifier: GPL-2.0
/*
 * Our side of the mdev core: parents, and types that come and go at run time.
 *
 * The core takes an array of types when a parent is registered. A type that is
 * added later has to look the same to it: a kobject in the parent's kset with
 * the core's own ktype, which is static in mdev.ko. gv_mdev_init() therefore
 * registers a device of ours with one type, for a moment, and keeps a copy of
 * the ktype. Everything else is in the core's public header.
 *
 * What keeps this safe:
 *  - A type is freed in the release of its kobject and nowhere else: each mdev
 *    holds it until the mdev's own release, which reads type->parent.
 *  - A type takes vGPUs only between gv_type_go_live() and gv_type_retire(): the
 *    core shows `create` before devices_kobj is set.
 *  - parent->unreg_sem is never taken: the core's removals only try it, and a
 *    removal that fails leaves an mdev that can't be removed any more.
 *  - mdev_unregister_parent() runs before the types are deleted, and the parent
 *    outlives the last release.
 */
#include <linux/completion.h>
#include <linux/device.h>
#include <linux/mdev.h>
#include <linux/pci.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/vfio.h>
#include <linux/wait.h>

#include "event.h"
#include "mdev.h"
#include "state.h"
#include "type.h"
#include "vgpu.h"

/* The core's ktype with our release; set once by gv_mdev_init() */
static struct kobj_type gv_mdev_ktype;
static void (*gv_mdev_core_release)(struct kobject *kobj);

/* Types whose memory is not freed yet, and who waits for that */
static atomic_t gv_mdev_types_alive = ATOMIC_INIT(0);
static DECLARE_WAIT_QUEUE_HEAD(gv_mdev_types_wait);

static unsigned int gv_mdev_get_available(struct mdev_type *mtype)
{
	struct gv_type *type = container_of(mtype, struct gv_type, mtype);
	u32 available;

	spin_lock(&gv_state_lock);
	gv_type_room(type, &available);
	spin_unlock(&gv_state_lock);

	return available;
}

static ssize_t gv_mdev_show_description(struct mdev_type *mtype, char *buf)
{
	struct gv_type *type = container_of(mtype, struct gv_type, mtype);
	const struct gv_type_params *params = &type->params;

	return sysfs_emit(buf,
			  "framebuffer=%lluM, max_resolution=%ux%u, num_heads=%u, max_instance=%u\n",
			  params->framebuffer >> 20, params->xres, params->yres,
			  params->heads, params->max_instances);
}

static struct mdev_driver gv_mdev_driver = {
	.device_api = VFIO_DEVICE_API_PCI_STRING,
	.probe = gv_vgpu_probe,
	.remove = gv_vgpu_remove,
	.get_available = gv_mdev_get_available,
	.show_description = gv_mdev_show_description,
	.driver = {
		.name = "gpuvirt-vgpu",
		.owner = THIS_MODULE,
		.mod_name = KBUILD_MODNAME,
		/* Unbinding a live mdev would take it off our books. */
		.suppress_bind_attrs = true,
	},
};

static void gv_mdev_type_release(struct kobject *kobj)
{
	struct gv_type *type = container_of(kobj, struct gv_type, mtype.kobj);
	struct gv_backend *be = type->be;

	gv_mdev_core_release(kobj);
	kfree(type);
	if (atomic_dec_and_test(&be->types_alive))
		wake_up_all(&be->types_wait);
	gv_backend_put(be);
	/* The backend's wait ends before this does: see gv_vgpu_freed(). */
	rcu_read_lock();
	if (atomic_dec_and_test(&gv_mdev_types_alive))
		wake_up_all(&gv_mdev_types_wait);
	rcu_read_unlock();
}

/**
 * gv_mdev_types_changed() - let those who follow the device read its types again
 * @be: backend of the GPU
 */
void gv_mdev_types_changed(struct gv_backend *be)
{
	char *envp[] = { "GPUVIRT_TYPES=changed", NULL };

	kobject_uevent_env(&be->gpu->pdev->dev.kobj, KOBJ_CHANGE, envp);
}

/**
 * gv_mdev_type_add() - show a type in mdev_supported_types
 * @type: the type, in state GV_TYPE_NEW
 *
 * Whatever this returns, @type is now freed by its kobject alone.
 *
 * Context: under the backend's types_lock.
 * Return: 0 or a negative errno.
 */
int gv_mdev_type_add(struct gv_type *type)
{
	struct mdev_parent *parent = type->be->parent;
	struct mdev_type *mtype = &type->mtype;
	int err;

	lockdep_assert_held(&type->be->types_lock);

	gv_backend_hold(type->be);
	atomic_inc(&type->be->types_alive);
	atomic_inc(&gv_mdev_types_alive);
	mtype->kobj.kset = parent->mdev_types_kset;
	mtype->parent = parent;
	/* The core's release puts it */
	get_device(parent->dev);

	err = kobject_init_and_add(&mtype->kobj, &gv_mdev_ktype, NULL, "%s-%s",
				   dev_driver_string(parent->dev),
				   mtype->sysfs_name);
	if (err)
		goto err_put;

	mtype->devices_kobj = kobject_create_and_add("devices", &mtype->kobj);
	if (!mtype->devices_kobj) {
		err = -ENOMEM;
		goto err_del;
	}

	return 0;

err_del:
	kobject_del(&mtype->kobj);
err_put:
	kobject_put(&mtype->kobj);
	return err;
}

/**
 * gv_mdev_type_del() - take a type out of mdev_supported_types
 * @type: a type that takes no vGPUs any more and has none
 *
 * Waits for those who are reading or writing in the type's directory.
 *
 * Context: under the backend's types_lock.
 */
void gv_mdev_type_del(struct gv_type *type)
{
	struct gv_backend *be = type->be;

	lockdep_assert_held(&be->types_lock);

	kobject_put(type->mtype.devices_kobj);
	kobject_del(&type->mtype.kobj);
	gv_mdev_types_changed(be);
	kobject_put(&type->mtype.kobj);
}

/**
 * gv_mdev_register() - make a GPU an mdev parent, without types
 * @be: its backend
 *
 * Return: 0 or a negative errno.
 */
int gv_mdev_register(struct gv_backend *be)
{
	struct mdev_parent *parent;
	int err;

	parent = kzalloc(sizeof(*parent), GFP_KERNEL);
	if (!parent)
		return -ENOMEM;

	err = mdev_register_parent(parent, &be->gpu->pdev->dev,
				   &gv_mdev_driver, NULL, 0);
	if (err) {
		kfree(parent);
		return err;
	}
	be->parent = parent;

	return 0;
}

/**
 * gv_mdev_unregister() - remove all vGPUs and types of a GPU
 * @be: its backend, which takes no new vGPUs any more
 *
 * Waits until the last open vGPU is closed.
 */
void gv_mdev_unregister(struct gv_backend *be)
{
	struct gv_type *type, *next;

	/*
	 * types_lock is not held across the wait for vGPUs, so that netlink
	 * requests are refused instead of waiting too.
	 */
	mutex_lock(&be->types_lock);
	be->types_gone = true;
	mutex_unlock(&be->types_lock);

	mdev_unregister_parent(be->parent);

	mutex_lock(&be->types_lock);
	list_for_each_entry_safe(type, next, &be->types, node) {
		spin_lock(&gv_state_lock);
		type->state = GV_TYPE_DYING;
		gv_commit();
		spin_unlock(&gv_state_lock);

		list_del(&type->node);
		WRITE_ONCE(be->nr_types, be->nr_types - 1);
		gv_event_type(GPUVIRT_CMD_TYPE_DELETE_NTF, type);
		gv_mdev_type_del(type);
	}
	mutex_unlock(&be->types_lock);

	wait_event(be->types_wait, !atomic_read(&be->types_alive));
	kfree(be->parent);
	be->parent = NULL;
}

static DECLARE_COMPLETION(gv_mdev_learned);

static void gv_mdev_learn_release(struct kobject *kobj)
{
	gv_mdev_core_release(kobj);
	complete(&gv_mdev_learned);
}

static int gv_mdev_learn_ktype(struct device *dev)
{
	static const struct kobj_type learn_ktype = {
		.release = gv_mdev_learn_release,
	};
	/* A whole type, since our callbacks may be asked about it; no backend. */
	static struct gv_type type = { .mtype.sysfs_name = "gpuvirt" };
	struct mdev_type *types[] = { &type.mtype };
	struct mdev_parent *parent;
	int err;

	parent = kzalloc(sizeof(*parent), GFP_KERNEL);
	if (!parent)
		return -ENOMEM;

	err = mdev_register_parent(parent, dev, &gv_mdev_driver, types, 1);
	if (err)
		goto out_free;

	gv_mdev_ktype = *get_ktype(&type.mtype.kobj);
	gv_mdev_core_release = gv_mdev_ktype.release;
	gv_mdev_ktype.release = gv_mdev_type_release;

	/*
	 * The release of a kobject can be late and reads @parent: hold the last
	 * reference and be told of it.
	 */
	kobject_get(&type.mtype.kobj);
	mdev_unregister_parent(parent);
	type.mtype.kobj.ktype = &learn_ktype;
	kobject_put(&type.mtype.kobj);
	wait_for_completion(&gv_mdev_learned);

out_free:
	kfree(parent);
	return err;
}

static int gv_mdev_is(struct device *dev, void *unused)
{
	return dev->bus == gv_mdev_driver.driver.bus;
}

static int gv_mdev_has_parent(struct device *dev, void *parent)
{
	return dev->parent == parent;
}

static int gv_mdev_driver_on(struct device_driver *drv, void *parent)
{
	return driver_for_each_device(drv, NULL, parent, gv_mdev_has_parent);
}

/**
 * gv_mdev_any() - has a device mediated devices, whoever made them
 * @parent: the device
 *
 * One whose removal waits for its user is no child of its parent any more, but has
 * its driver still.
 *
 * Context: process, may sleep.
 * Return: true if it has.
 */
bool gv_mdev_any(struct device *parent)
{
	return device_for_each_child(parent, NULL, gv_mdev_is) ||
	       bus_for_each_drv(gv_mdev_driver.driver.bus, NULL, parent,
				gv_mdev_driver_on);
}
EXPORT_SYMBOL_GPL(gv_mdev_any);

/**
 * gv_mdev_init() - register the vGPU driver and learn the core's ktype
 *
 * Return: 0 or a negative errno.
 */
int gv_mdev_init(void)
{
	struct device *dev;
	int err;

	err = mdev_register_driver(&gv_mdev_driver);
	if (err)
		return err;

	dev = root_device_register("gpuvirt");
	if (IS_ERR(dev)) {
		err = PTR_ERR(dev);
		goto err_driver;
	}
	err = gv_mdev_learn_ktype(dev);
	root_device_unregister(dev);
	if (err)
		goto err_driver;

	return 0;

err_driver:
	mdev_unregister_driver(&gv_mdev_driver);
	return err;
}

void gv_mdev_exit(void)
{
	mdev_unregister_driver(&gv_mdev_driver);
	gv_vgpu_wait_freed();
	wait_event(gv_mdev_types_wait, !atomic_read(&gv_mdev_types_alive));
	synchronize_rcu();
}
