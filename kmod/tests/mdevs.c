// SPDX-License-Identifier: GPL-2.0
/*
 * A driver of the host that makes mediated devices of a VF, as NVIDIA's does: for
 * tests of what is refused while there are any. Takes what has its name for driver
 * override. A device that it makes does nothing and has no VFIO file. Built where
 * GV_TEST_MODULES=y is given, see Kbuild, and never installed.
 */
#include <linux/delay.h>
#include <linux/llist.h>
#include <linux/mdev.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/slab.h>

#define GV_MDEVS_DRIVER "gpuvirt-test-mdev"

struct gv_mdevs {
	struct mdev_parent parent;
	struct mdev_type type;
	struct mdev_type *types;	/* as a list, of one */
	struct llist_node gone;
};

/*
 * Whose VFs have let go of it. The core reads a parent and its driver once more
 * when it releases an mdev or a type, mdev_device_release() and
 * mdev_type_release(), which may be after they were unregistered.
 */
static LLIST_HEAD(gv_mdevs_gone);

static int gv_mdevs_device_probe(struct mdev_device *mdev)
{
	return 0;
}

/* As long as its user does not let go, VFIO's waits here. */
static bool gv_mdevs_used;
module_param_named(used, gv_mdevs_used, bool, 0644);
MODULE_PARM_DESC(used, "as if the devices were open: their removal waits");

static void gv_mdevs_device_remove(struct mdev_device *mdev)
{
	while (READ_ONCE(gv_mdevs_used))
		msleep(20);
}

static unsigned int gv_mdevs_get_available(struct mdev_type *type)
{
	return 1;
}

static struct mdev_driver gv_mdevs_mdev_driver = {
	.device_api = "none",
	.probe = gv_mdevs_device_probe,
	.remove = gv_mdevs_device_remove,
	.get_available = gv_mdevs_get_available,
	.driver = {
		.name = GV_MDEVS_DRIVER,
		.owner = THIS_MODULE,
		.mod_name = KBUILD_MODNAME,
	},
};

static int gv_mdevs_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct gv_mdevs *mdevs = kzalloc(sizeof(*mdevs), GFP_KERNEL);
	int err;

	if (!mdevs)
		return -ENOMEM;
	mdevs->type.sysfs_name = "one";
	mdevs->type.pretty_name = "one";
	mdevs->types = &mdevs->type;
	err = mdev_register_parent(&mdevs->parent, &pdev->dev,
				   &gv_mdevs_mdev_driver, &mdevs->types, 1);
	if (err)
		kfree(mdevs);
	else
		pci_set_drvdata(pdev, mdevs);
	return err;
}

static void gv_mdevs_remove(struct pci_dev *pdev)
{
	struct gv_mdevs *mdevs = pci_get_drvdata(pdev);

	mdev_unregister_parent(&mdevs->parent);
	llist_add(&mdevs->gone, &gv_mdevs_gone);
}

/* None by its id: a driver override matches all the same. */
static const struct pci_device_id gv_mdevs_ids[] = { {} };

static struct pci_driver gv_mdevs_driver = {
	.name = GV_MDEVS_DRIVER,
	.id_table = gv_mdevs_ids,
	.probe = gv_mdevs_probe,
	.remove = gv_mdevs_remove,
};

static int __init gv_mdevs_init(void)
{
	int err = mdev_register_driver(&gv_mdevs_mdev_driver);

	if (err)
		return err;
	err = pci_register_driver(&gv_mdevs_driver);
	if (err)
		mdev_unregister_driver(&gv_mdevs_mdev_driver);
	return err;
}

static void __exit gv_mdevs_exit(void)
{
	struct llist_node *gone, *next;

	pci_unregister_driver(&gv_mdevs_driver);
	mdev_unregister_driver(&gv_mdevs_mdev_driver);
	/*
	 * kobject_release() puts one off by up to four seconds, and the type is put
	 * by the mdev's.
	 */
	if (IS_ENABLED(CONFIG_DEBUG_KOBJECT_RELEASE))
		ssleep(10);
	for (gone = llist_del_all(&gv_mdevs_gone); gone; gone = next) {
		next = gone->next;
		kfree(llist_entry(gone, struct gv_mdevs, gone));
	}
}

module_init(gv_mdevs_init);
module_exit(gv_mdevs_exit);

MODULE_DESCRIPTION("mediated devices of a VF, for tests of gpuvirt");
MODULE_LICENSE("GPL");
