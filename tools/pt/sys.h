/* SPDX-License-Identifier: GPL-2.0 */
/* Small files and links of sysfs, below what the port says is the root. */
#ifndef GV_PT_SYS_H
#define GV_PT_SYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GV_PT_PATH	512
#define GV_PT_PCI	"/sys/bus/pci/devices"

/* The path with what goes before it; false if it does not fit. */
__attribute__((format(printf, 2, 3)))
bool gv_pt_path(char *path, const char *fmt, ...);

/* The first line without its end; "" if it can't be read. 0 or -errno. */
int gv_pt_line(const char *path, char *buf, size_t size);
/* An attribute of a PCI function. */
int gv_pt_attr(const char *address, const char *name, char *buf,
	       size_t size);
uint64_t gv_pt_attr_num(const char *address, const char *name);
/* The last part of where a link of it leads to; "" if there is none. */
int gv_pt_link(const char *address, const char *name, char *buf,
	       size_t size);
/* Writes an attribute of it; 0 or -errno. */
int gv_pt_store(const char *address, const char *name, const char *text);
bool gv_pt_exists(const char *path);
/* A line for the kernel log. */
void gv_pt_log(const char *line);
/* In a child: one that hangs keeps nothing of the terminal or of a pipe. */
void gv_pt_detach(void);

#endif
