// SPDX-License-Identifier: GPL-2.0
/* A kernel without mediated devices: no vGPU can exist. */
#include <linux/export.h>

#include <gpuvirt/ops.h>

#include "mdev.h"
#include "vgpu.h"

int gv_mdev_init(void)
{
	return 0;
}

void gv_mdev_exit(void)
{
}

bool gv_mdev_any(struct device *parent)
{
	return false;
}
EXPORT_SYMBOL_GPL(gv_mdev_any);

int gv_mdev_register(struct gv_backend *be)
{
	return 0;
}

void gv_mdev_unregister(struct gv_backend *be)
{
}

int gv_mdev_type_add(struct gv_type *type)
{
	return -EOPNOTSUPP;
}

void gv_mdev_type_del(struct gv_type *type)
{
}

void gv_vgpu_reset(struct gv_vgpu *vgpu)
{
}

void gv_mdev_types_changed(struct gv_backend *be)
{
}
