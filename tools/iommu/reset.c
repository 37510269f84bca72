// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "read.h"
#include "reset.h"

int gv_reset_methods(const struct gv_tree *tree, const struct gv_fn *fn,
		     char *buf, size_t size)
{
	char path[4096];
	int ret;

	snprintf(path, sizeof(path), "%s/sys/bus/pci/devices/%s/reset_method",
		 tree->root, fn->address);
	ret = gv_file_text(AT_FDCWD, path, buf, size);
	/* the file is there only if there is a method */
	if (ret != -ENOENT)
		return ret;
	snprintf(path, sizeof(path), "%s/sys/bus/pci/devices/%s/config",
		 tree->root, fn->address);
	return access(path, F_OK) ? -ENOENT : 0;
}
