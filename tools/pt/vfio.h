/* SPDX-License-Identifier: GPL-2.0 */
/* The node of an IOMMU group that vfio-pci made. */
#ifndef GV_PT_VFIO_H
#define GV_PT_VFIO_H

/*
 * Opens it. The kernel lets one process at a time have a group: while this
 * one has it, no VM can start to use a device of it. A descriptor, -EBUSY if
 * another has it, -ENOENT if there is none, -errno.
 */
int gv_pt_vfio_open(int group);

#endif
