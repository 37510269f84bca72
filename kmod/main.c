// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>

#include "bus.h"
#include "mdev.h"
#include "netlink.h"
#include "operation.h"
#include "pm.h"
#include "vgpu_list.h"

static int __init gv_init(void)
{
	int err;

	err = gv_operations_init();
	if (err)
		return err;
	err = gv_vgpu_list_init();
	if (err)
		goto err_operations;
	err = gv_pm_init();
	if (err)
		goto err_vgpu_list;
	err = gv_mdev_init();
	if (err)
		goto err_pm;
	err = gv_netlink_init();
	if (err)
		goto err_mdev;
	/* Last: from here on there are events. */
	err = gv_bus_init();
	if (err)
		goto err_netlink;

	return 0;

err_netlink:
	gv_netlink_exit();
err_mdev:
	gv_mdev_exit();
err_pm:
	gv_pm_exit();
err_vgpu_list:
	gv_vgpu_list_exit();
err_operations:
	gv_operations_exit();
	return err;
}

static void __exit gv_exit(void)
{
	/* First what can start something new, then what is under way. */
	gv_netlink_exit();
	gv_operations_exit();
	gv_bus_exit();
	gv_mdev_exit();
	gv_pm_exit();
	gv_vgpu_list_exit();
}

module_init(gv_init);
module_exit(gv_exit);

MODULE_DESCRIPTION("GPU virtualization: registry, vGPU types, mdev vGPUs");
MODULE_AUTHOR("gpuvirt developers");
MODULE_LICENSE("GPL");
MODULE_VERSION(GV_VERSION);
MODULE_ALIAS_GENL_FAMILY(GPUVIRT_FAMILY_NAME);
