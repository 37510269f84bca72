/* SPDX-License-Identifier: GPL-2.0 */
/* A machine's PCI functions and IOMMU groups, from sysfs or a copy of it. */
#ifndef GV_IOMMU_READ_H
#define GV_IOMMU_READ_H

#include "../err.h"
#include "tree.h"

#define GV_MEMBERS_MAX	65536
/* Of a copy: what the module told, by group and by address. */
#define GV_TOLD_MSI	"gpuvirt/isolated-msi"
#define GV_TOLD_GPU	"gpuvirt/gpu"

/*
 * Reads all functions. root goes before /sys and /proc; it must outlive the
 * tree. What is missing or makes no sense is left out: an error means that
 * there is nothing at all.
 */
int gv_tree_read(const char *root, struct gv_tree *tree, struct gv_err *err);
/* host.c: fills in what is not a function. */
void gv_read_host(struct gv_tree *tree);
/* host.c: fills a group's files in, once. */
void gv_group_read(const struct gv_tree *tree, struct gv_group *group);
void gv_tree_free(struct gv_tree *tree);

/*
 * The words of a one-line file, without its end; -errno if it can't be read.
 * Nothing but a regular file is opened: a copy comes from others.
 */
int gv_file_text(int dir, const char *path, char *buf, size_t size);
/* The last part of where a link points to; "" if there is none. */
void gv_link_name(int dir, const char *path, char *buf, size_t size);
/* A descriptor to read from, or -errno. */
int gv_file_open(int dir, const char *path);

#endif
