/* SPDX-License-Identifier: GPL-2.0 */
/* Who and what keeps a function from being taken from its driver. */
#ifndef GV_PT_HOLDER_H
#define GV_PT_HOLDER_H

#include <sys/types.h>

#include "../err.h"
#include "func.h"

enum gv_pt_hold {
	/* goes away with the driver, which the user should know */
	GV_PT_BOOT_VGA,
	GV_PT_CONSOLE,
	/* the driver may wait for it */
	GV_PT_PROCESS,
	GV_PT_NETWORK,
	/* must be ended first */
	GV_PT_MOUNT,
	GV_PT_VFS,
	GV_PT_VGPUS,
	GV_PT_VM,
};

#define GV_PT_HOLDERS	32

struct gv_pt_holder {
	enum gv_pt_hold hold;
	char address[GV_PT_ADDRESS];
	pid_t pid;		/* of a process */
	char comm[32];
	char what[96];		/* node, mount point, number */
};

struct gv_pt_holders {
	struct gv_pt_holder holder[GV_PT_HOLDERS];
	unsigned int count;
	unsigned int more;	/* that had no room */
	bool partly;		/* other users' processes can't be seen */
};

/* Those of all functions of a list, in the order of what they mean. */
void gv_pt_holders(const struct gv_pt_list *list,
		   struct gv_pt_holders *holders);
/*
 * The same list again, by the nodes that it had: a driver that waits for
 * processes has taken them out of sysfs.
 */
void gv_pt_holders_still(const struct gv_pt_list *list,
			 struct gv_pt_holders *holders);
const char *gv_pt_hold_name(enum gv_pt_hold hold);
/* "pid 812 (Xorg) has /dev/dri/card0 open"; buf has room for 192 bytes. */
const char *gv_pt_hold_text(const struct gv_pt_holder *holder, char *buf);

#endif
