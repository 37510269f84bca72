/* SPDX-License-Identifier: GPL-2.0 */
/* A PCI function as sysfs shows it, and what it is for passthrough. */
#ifndef GV_PT_FUNC_H
#define GV_PT_FUNC_H

#include <stdbool.h>
#include <stddef.h>

#define GV_PT_NAME	64
#define GV_PT_ADDRESS	20
#define GV_PT_DRIVER	"vfio-pci"
/* A machine has not more functions in the slots and groups of its GPUs. */
#define GV_PT_MAX	64

struct gv_pt_func {
	char address[GV_PT_ADDRESS];
	char driver[GV_PT_NAME];	/* "": none */
	char module[GV_PT_NAME];	/* of the driver; "": built in */
	char override[GV_PT_NAME];	/* "": none */
	char pf[GV_PT_ADDRESS];		/* of a VF */
	unsigned int vendor;
	unsigned int device;
	unsigned int class;		/* 24 bits */
	int group;			/* -1: none */
	unsigned int vfs;
	bool boot_vga;
	bool locked;			/* override and vfs can't be read now */
};

struct gv_pt_list {
	struct gv_pt_func func[GV_PT_MAX];
	unsigned int count;
};

/*
 * 0, or -ENODEV if there is no such function. Without override and vfs: the
 * kernel lets nobody read these while a driver is probed or removed, and
 * whoever tries waits with it.
 */
int gv_pt_read(const char *address, struct gv_pt_func *func);
/* These two, for a process that may wait. */
void gv_pt_read_locked(struct gv_pt_func *func);

bool gv_pt_is_gpu(const struct gv_pt_func *func);
bool gv_pt_is_bridge(const struct gv_pt_func *func);
/* Bound to vfio-pci, or to a driver made of it for one vendor's devices. */
bool gv_pt_is_vfio(const struct gv_pt_func *func);
/* "audio device", "USB controller", "PCI function of class 0x010802". */
const char *gv_pt_what(const struct gv_pt_func *func, char *buf, size_t size);
bool gv_pt_same_slot(const char *a, const char *b);

/* False if the list is full; one that is there already is not added. */
bool gv_pt_add(struct gv_pt_list *list, const struct gv_pt_func *func);
const struct gv_pt_func *gv_pt_find(const struct gv_pt_list *list,
				    const char *address);
void gv_pt_sort(struct gv_pt_list *list);

/* The other functions of its slot. */
void gv_pt_slot(const struct gv_pt_func *func, struct gv_pt_list *list);
/*
 * What goes along with a GPU: in its slot, what is in its group and is no
 * bridge; and its audio, USB and serial functions even if each has a group.
 */
void gv_pt_companions(const struct gv_pt_func *gpu, struct gv_pt_list *list);

#endif
