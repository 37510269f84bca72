// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/fb.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "../port.h"
#include "holder.h"
#include "node.h"
#include "sys.h"

#define GV_PT_CONSOLES	63

/* Too large for the stack of a child. */
static struct gv_pt_nodes nodes;

static struct gv_pt_holder *gv_pt_hold(struct gv_pt_holders *holders,
				       enum gv_pt_hold hold,
				       const struct gv_pt_func *func)
{
	struct gv_pt_holder *holder = &holders->holder[holders->count];

	if (holders->count == GV_PT_HOLDERS) {
		holders->more++;
		return NULL;
	}
	memset(holder, 0, sizeof(*holder));
	holder->hold = hold;
	snprintf(holder->address, sizeof(holder->address), "%s",
		 func->address);
	holders->count++;
	return holder;
}

static void gv_pt_hold_what(struct gv_pt_holders *holders,
			    enum gv_pt_hold hold,
			    const struct gv_pt_func *func, const char *what)
{
	struct gv_pt_holder *holder = gv_pt_hold(holders, hold, func);

	if (holder)
		snprintf(holder->what, sizeof(holder->what), "%s", what);
}

/* The framebuffer that a console is on, from any framebuffer's node. */
static unsigned int gv_pt_console_fb(int fd, unsigned int console)
{
	struct fb_con2fbmap map = { .console = console };

	return fd < 0 || ioctl(fd, FBIOGET_CON2FBMAP, &map) ? 0 :
		map.framebuffer;
}

static bool gv_pt_consoles_on_fbs(void)
{
	char path[GV_PT_PATH], name[64], bind[8];
	unsigned int i;

	for (i = 0; i < 8; i++) {
		if (!gv_pt_path(path, "/sys/class/vtconsole/vtcon%u/name", i) ||
		    gv_pt_line(path, name, sizeof(name)) ||
		    !strstr(name, "frame buffer"))
			continue;
		if (gv_pt_path(path, "/sys/class/vtconsole/vtcon%u/bind", i) &&
		    !gv_pt_line(path, bind, sizeof(bind)) && bind[0] == '1')
			return true;
	}
	return false;
}

static void gv_pt_hold_consoles(const struct gv_pt_list *list,
				struct gv_pt_holders *holders)
{
	char path[GV_PT_PATH];
	unsigned int i, console, fb;
	int fd = -1;

	if (!gv_pt_consoles_on_fbs())
		return;
	for (i = 0; i < nodes.count; i++) {
		if (sscanf(nodes.node[i].name, "fb%u", &fb) != 1)
			continue;
		if (fd < 0 && gv_pt_path(path, "/dev/fb%u", fb))
			fd = open(path, O_RDONLY | O_CLOEXEC);
		for (console = 1; console <= GV_PT_CONSOLES; console++) {
			if (gv_pt_console_fb(fd, console) == fb)
				break;
		}
		if (console <= GV_PT_CONSOLES)
			gv_pt_hold_what(holders, GV_PT_CONSOLE,
					&list->func[nodes.node[i].func],
					nodes.node[i].name);
	}
	if (fd >= 0)
		close(fd);
}

static void gv_pt_hold_process(const struct gv_pt_list *list,
			       const struct gv_pt_node *node, pid_t pid,
			       struct gv_pt_holders *holders)
{
	struct gv_pt_holder *holder;
	char path[GV_PT_PATH];
	unsigned int i;

	/* one node is enough, and one descriptor of it */
	for (i = 0; i < holders->count; i++) {
		if (holders->holder[i].pid == pid &&
		    !strcmp(holders->holder[i].address,
			    list->func[node->func].address))
			return;
	}
	holder = gv_pt_hold(holders, node->vfio ? GV_PT_VM : GV_PT_PROCESS,
			    &list->func[node->func]);
	if (!holder)
		return;
	holder->pid = pid;
	snprintf(holder->what, sizeof(holder->what), "/dev/%s", node->name);
	if (gv_pt_path(path, "/proc/%d/comm", (int)pid))
		gv_pt_line(path, holder->comm, sizeof(holder->comm));
}

static void gv_pt_hold_fds(const struct gv_pt_list *list, pid_t pid,
			   struct gv_pt_holders *holders)
{
	const struct gv_pt_node *node;
	char path[GV_PT_PATH];
	struct dirent *entry;
	struct statx st;
	DIR *dir;

	if (!gv_pt_path(path, "/proc/%d/fd", (int)pid))
		return;
	dir = opendir(path);
	if (!dir) {
		holders->partly |= !access(path, F_OK);
		return;
	}
	while ((entry = readdir(dir))) {
		/* a file of a server that is gone must not make it wait */
		if (statx(dirfd(dir), entry->d_name, AT_STATX_DONT_SYNC,
			  STATX_TYPE, &st) ||
		    (!S_ISCHR(st.stx_mode) && !S_ISBLK(st.stx_mode)))
			continue;
		node = gv_pt_node_find(&nodes, S_ISBLK(st.stx_mode),
				       st.stx_rdev_major, st.stx_rdev_minor);
		if (node)
			gv_pt_hold_process(list, node, pid, holders);
	}
	closedir(dir);
}

static void gv_pt_hold_processes(const struct gv_pt_list *list,
				 struct gv_pt_holders *holders)
{
	char path[GV_PT_PATH];
	struct dirent *entry;
	DIR *dir;
	pid_t pid;

	if (!nodes.count || !gv_pt_path(path, "/proc"))
		return;
	dir = opendir(path);
	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		pid = atoi(entry->d_name);
		if (pid != getpid())
			gv_pt_hold_fds(list, pid, holders);
	}
	closedir(dir);
}

/* By the number of the file system, or of what it was mounted from. */
static const struct gv_pt_node *gv_pt_mounted(unsigned int maj,
					      unsigned int min,
					      const char *source)
{
	const struct gv_pt_node *node;
	struct stat st;

	node = gv_pt_node_find(&nodes, true, maj, min);
	if (!node && source[0] == '/' && !stat(source, &st) &&
	    S_ISBLK(st.st_mode))
		node = gv_pt_node_find(&nodes, true, major(st.st_rdev),
				       minor(st.st_rdev));
	return node;
}

static void gv_pt_hold_mounts(const struct gv_pt_list *list,
			      struct gv_pt_holders *holders)
{
	char path[GV_PT_PATH], line[1024], at[256], source[256], what[96];
	const struct gv_pt_node *node;
	unsigned int maj, min;
	const char *dash;
	FILE *file;

	if (!gv_pt_path(path, "/proc/self/mountinfo"))
		return;
	file = fopen(path, "re");
	if (!file)
		return;
	while (fgets(line, sizeof(line), file)) {
		dash = strstr(line, " - ");
		if (!dash ||
		    sscanf(line, "%*d %*d %u:%u %*s %255s", &maj, &min,
			   at) != 3 ||
		    sscanf(dash, " - %*s %255s", source) != 1)
			continue;
		node = gv_pt_mounted(maj, min, source);
		if (!node)
			continue;
		snprintf(what, sizeof(what), "/dev/%.24s on %.60s", node->name,
			 at);
		gv_pt_hold_what(holders, GV_PT_MOUNT,
				&list->func[node->func], what);
	}
	fclose(file);
}

static void gv_pt_hold_swaps(const struct gv_pt_list *list,
			     struct gv_pt_holders *holders)
{
	char path[GV_PT_PATH], line[512], name[256], what[96];
	const struct gv_pt_node *node;
	FILE *file;

	if (!gv_pt_path(path, "/proc/swaps"))
		return;
	file = fopen(path, "re");
	if (!file)
		return;
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%255s", name) != 1)
			continue;
		node = gv_pt_mounted(0, 0, name);
		if (!node)
			continue;
		snprintf(what, sizeof(what), "/dev/%.48s as swap space",
			 node->name);
		gv_pt_hold_what(holders, GV_PT_MOUNT,
				&list->func[node->func], what);
	}
	fclose(file);
}

static bool gv_pt_is_held(const struct gv_pt_holders *holders,
			  enum gv_pt_hold hold, const char *address)
{
	unsigned int i;

	for (i = 0; i < holders->count; i++) {
		if (holders->holder[i].hold == hold &&
		    !strcmp(holders->holder[i].address, address))
			return true;
	}
	return false;
}

/*
 * Not all use is to be read somewhere: a mount may be in another namespace, and
 * a file system on several disks names one of them. The kernel knows.
 */
static void gv_pt_hold_busy(const struct gv_pt_list *list,
			    struct gv_pt_holders *holders)
{
	const struct gv_pt_func *func;
	char path[GV_PT_PATH], what[96];
	unsigned int i;

	for (i = 0; i < nodes.count; i++) {
		func = &list->func[nodes.node[i].func];
		if (!nodes.node[i].block ||
		    !gv_pt_path(path, "/dev/%s", nodes.node[i].name) ||
		    gv_pt_is_held(holders, GV_PT_MOUNT, func->address) ||
		    gv_port_busy(path) <= 0)
			continue;
		snprintf(what, sizeof(what), "/dev/%.47s, for what is not seen from here",
			 nodes.node[i].name);
		gv_pt_hold_what(holders, GV_PT_MOUNT, func, what);
	}
}

static void gv_pt_hold_own(const struct gv_pt_list *list, unsigned int i,
			   struct gv_pt_holders *holders)
{
	const struct gv_pt_func *func = &list->func[i];
	char number[16];

	if (func->boot_vga)
		gv_pt_hold_what(holders, GV_PT_BOOT_VGA, func, "");
	if (nodes.up[i][0])
		gv_pt_hold_what(holders, GV_PT_NETWORK, func, nodes.up[i]);
	if (func->vfs) {
		snprintf(number, sizeof(number), "%u", func->vfs);
		gv_pt_hold_what(holders, GV_PT_VFS, func, number);
	}
	if (nodes.vgpus[i]) {
		snprintf(number, sizeof(number), "%u", nodes.vgpus[i]);
		gv_pt_hold_what(holders, GV_PT_VGPUS, func, number);
	}
}

static int gv_pt_hold_compare(const void *a, const void *b)
{
	const struct gv_pt_holder *one = a, *two = b;

	if (one->hold != two->hold)
		return (int)one->hold - (int)two->hold;
	return strcmp(one->address, two->address);
}

static void gv_pt_hold_none(struct gv_pt_holders *holders)
{
	holders->count = 0;
	holders->more = 0;
	holders->partly = false;
}

void gv_pt_holders_still(const struct gv_pt_list *list,
			 struct gv_pt_holders *holders)
{
	gv_pt_hold_none(holders);
	gv_pt_hold_processes(list, holders);
}

void gv_pt_holders(const struct gv_pt_list *list,
		   struct gv_pt_holders *holders)
{
	unsigned int i;

	gv_pt_hold_none(holders);
	gv_pt_nodes(list, &nodes);
	for (i = 0; i < list->count; i++)
		gv_pt_hold_own(list, i, holders);
	gv_pt_hold_mounts(list, holders);
	gv_pt_hold_swaps(list, holders);
	gv_pt_hold_busy(list, holders);
	gv_pt_hold_consoles(list, holders);
	gv_pt_hold_processes(list, holders);
	qsort(holders->holder, holders->count, sizeof(holders->holder[0]),
	      gv_pt_hold_compare);
}

const char *gv_pt_hold_name(enum gv_pt_hold hold)
{
	static const char *const name[] = {
		[GV_PT_BOOT_VGA] = "boot-vga",
		[GV_PT_CONSOLE]	 = "console",
		[GV_PT_PROCESS]	 = "process",
		[GV_PT_NETWORK]	 = "network",
		[GV_PT_MOUNT]	 = "mount",
		[GV_PT_VFS]	 = "vfs",
		[GV_PT_VGPUS]	 = "vgpus",
		[GV_PT_VM]	 = "vm",
	};

	return name[hold];
}

const char *gv_pt_hold_text(const struct gv_pt_holder *holder, char *buf)
{
	switch (holder->hold) {
	case GV_PT_BOOT_VGA:
		snprintf(buf, 192, "it is the GPU that the firmware booted with");
		break;
	case GV_PT_CONSOLE:
		snprintf(buf, 192, "the text console is on its %s",
			 holder->what);
		break;
	case GV_PT_PROCESS:
	case GV_PT_VM:
		snprintf(buf, 192, "process %d (%s) has %s open",
			 (int)holder->pid, holder->comm, holder->what);
		break;
	case GV_PT_NETWORK:
		snprintf(buf, 192, "network interface %s is up", holder->what);
		break;
	case GV_PT_MOUNT:
		snprintf(buf, 192, "the host uses %s", holder->what);
		break;
	case GV_PT_VFS:
		snprintf(buf, 192, "%s VFs are enabled on it", holder->what);
		break;
	case GV_PT_VGPUS:
		snprintf(buf, 192, "%s mdev vGPUs exist on it", holder->what);
		break;
	}
	return buf;
}
