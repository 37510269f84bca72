/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Everything that touches the kernel or the clock. The tests link another
 * implementation, which speaks from a script and records what it was sent.
 */
#ifndef GV_PORT_H
#define GV_PORT_H

#include <stddef.h>
#include <stdint.h>

struct nl_msg;
struct gv_port;

#define GV_PORT_BUF	(64 * 1024)

/* Each returns 0 or more, or -errno. */
int gv_port_open(struct gv_port **port);
void gv_port_close(struct gv_port *port);
int gv_port_join(struct gv_port *port, uint32_t group);
/* Of what this family tells the groups joined, only this command's. */
int gv_port_only(struct gv_port *port, uint16_t family, uint8_t cmd);
int gv_port_send(struct gv_port *port, struct nl_msg *msg);

/*
 * Bytes received into buf, which has room for GV_PORT_BUF; -EAGAIN after
 * timeout milliseconds (negative: none), -ENOBUFS when messages were lost.
 */
int gv_port_recv(struct gv_port *port, void *buf, int timeout);

/* What goes before absolute paths: nothing, but for the tests. */
const char *gv_port_root(void);
/* Writes text to a file of sysfs in one write. */
int gv_port_write(const char *path, const char *text);

/* Whether the kernel has this block device in use: 1, 0, or -errno. */
int gv_port_busy(const char *path);
/* Whether a VM may have this group of VFIO's: 1, 0, or -errno. */
int gv_port_viable(int fd);

/* Loads a module, by its name or an alias; with what it needs. */
int gv_port_modprobe(const char *alias);

/*
 * Loads the module that has an alias of VFIO's, other than vfio_pci, which has
 * them all. Gets its name; -ENOENT if there is none.
 */
int gv_port_variant(const char *alias, char *module, size_t size);

int64_t gv_port_now(void);	/* milliseconds */
void gv_port_sleep(int ms);

#endif
