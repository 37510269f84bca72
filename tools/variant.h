/* SPDX-License-Identifier: GPL-2.0 */
/* A vendor's variant of vfio-pci, for the VFs of its GPUs. */
#ifndef GV_VARIANT_H
#define GV_VARIANT_H

#include <stddef.h>

#include "cmd.h"

/*
 * The driver that modules.alias has for the VFs that a GPU can have, as it has for
 * libvirt: its module is loaded. False if there is none but vfio-pci.
 */
bool gv_variant_of_vfs(const struct gv_obj *gpu, char *driver, size_t size);

#endif
