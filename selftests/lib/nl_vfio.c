// SPDX-License-Identifier: GPL-2.0
/* Just enough of VFIO to hold a vGPU open. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <linux/vfio.h>

#include "nl_vfio.h"

static int gv_hold_try(struct gv_hold *hold, unsigned int group,
		       const char *uuid)
{
	char path[32];

	hold->container = open("/dev/vfio/vfio", O_RDWR | O_CLOEXEC);
	if (hold->container < 0)
		return errno;
	snprintf(path, sizeof(path), "/dev/vfio/%u", group);
	hold->group = open(path, O_RDWR | O_CLOEXEC);
	if (hold->group < 0 ||
	    ioctl(hold->group, VFIO_GROUP_SET_CONTAINER, &hold->container) ||
	    ioctl(hold->container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU))
		return errno;
	hold->device = ioctl(hold->group, VFIO_GROUP_GET_DEVICE_FD, uuid);
	return hold->device < 0 ? errno : 0;
}

int gv_hold_open(struct gv_hold *hold, unsigned int group, const char *uuid)
{
	int err;

	memset(hold, -1, sizeof(*hold));
	err = gv_hold_try(hold, group, uuid);
	if (err)
		gv_hold_close(hold);
	return err;
}

void gv_hold_close(struct gv_hold *hold)
{
	if (hold->device >= 0)
		close(hold->device);
	if (hold->group >= 0)
		close(hold->group);
	if (hold->container >= 0)
		close(hold->container);
	memset(hold, -1, sizeof(*hold));
}
