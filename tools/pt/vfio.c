// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>

#include "sys.h"
#include "vfio.h"

int gv_pt_vfio_open(int group)
{
	char path[GV_PT_PATH];
	int fd;

	if (!gv_pt_path(path, "/dev/vfio/%d", group))
		return -ENAMETOOLONG;
	fd = open(path, O_RDWR | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}
