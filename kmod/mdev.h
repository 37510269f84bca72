/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GV_MDEV_H
#define GV_MDEV_H

#include <linux/types.h>

#include <gpuvirt/why.h>

struct gv_backend;

/* With a kernel that has no mdev, all but gv_mdev_present() is in nomdev.c. */
#if IS_ENABLED(CONFIG_VFIO_MDEV)
static inline bool gv_mdev_present(void)
{
	return true;
}
#else
static inline bool gv_mdev_present(void)
{
	return false;
}
#endif

int gv_mdev_init(void);
void gv_mdev_exit(void);
int gv_mdev_register(struct gv_backend *be);
void gv_mdev_unregister(struct gv_backend *be);

#endif
