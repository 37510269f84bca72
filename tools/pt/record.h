/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a function was before gpuvirt bound it, in a file of its own below
 * /run, which a reboot empties as it forgets the bindings. Everybody may read
 * it. So that two changes never meet, another file is locked, which only root
 * can open: who may read a file can lock it and stay.
 */
#ifndef GV_PT_RECORD_H
#define GV_PT_RECORD_H

#include <sys/types.h>

#include "func.h"

struct gv_pt_record {
	int fd;				/* of gv_pt_record_lock(), else -1 */
	int lock;			/* the same */
	bool found;			/* there is one with contents */
	bool other;			/* it was of another device */
	bool busy;			/* somebody changes the function now */
	pid_t worker;			/* who has the lock, if that failed */
	char driver[GV_PT_NAME];	/* before; "": none */
	char override[GV_PT_NAME];	/* before; "": none */
	unsigned int vendor;		/* of the function that it is of */
	unsigned int device;
	char gpu[GV_PT_ADDRESS];	/* whose companion it is, or itself */
};

/* Reads without a lock. */
void gv_pt_record_look(const char *address, struct gv_pt_record *record);
/* Locks and reads; 0, -EBUSY if it is locked (then worker is set), -errno. */
int gv_pt_record_lock(const char *address, struct gv_pt_record *record);
/* This process makes the change now: others are told its number. */
int gv_pt_record_mine(const struct gv_pt_record *record);
/*
 * After a card was replaced, what the old one was before is nothing to go by:
 * the record counts as none then.
 */
void gv_pt_record_match(struct gv_pt_record *record,
			const struct gv_pt_func *func);
/* Of a locked one: 0 or -errno. */
int gv_pt_record_write(struct gv_pt_record *record,
		       const struct gv_pt_func *func);
void gv_pt_record_forget(struct gv_pt_record *record);
/* Unlocks. A file without contents goes. */
void gv_pt_record_unlock(const char *address, struct gv_pt_record *record);
/* Leaves files and lock to the child. */
void gv_pt_record_leave(struct gv_pt_record *record);

/* The functions that have a record with this GPU in it. */
void gv_pt_record_of(const char *gpu, struct gv_pt_list *list);

#endif
