// SPDX-License-Identifier: GPL-2.0
/* Before it happens: who would be in the way, or would miss the device. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../out.h"
#include "holder.h"
#include "plan.h"
#include "sys.h"

/* Of the last look before a change. */
static struct gv_pt_list seen;
static struct gv_pt_holders holders;

static void gv_pt_held_hint(const struct gv_pt_holder *holder,
			    struct gv_err *err)
{
	switch (holder->hold) {
	case GV_PT_MOUNT:
		gv_err_hint(err, "unmount it first, or leave this device to the host");
		break;
	case GV_PT_VFS:
		gv_err_hint(err, "a GPU goes whole or as VFs: disable them first with `gpuvirt vf disable %s`",
			    holder->address);
		break;
	case GV_PT_VGPUS:
		gv_err_hint(err, "delete them first: `gpuvirt vgpu show gpu %s` lists them",
			    holder->address);
		break;
	case GV_PT_VM:
		gv_err_hint(err, "stop that virtual machine first");
		break;
	case GV_PT_NETWORK:
		gv_err_hint(err, "take the interface down first, or say `force`");
		break;
	default:
		gv_err_hint(err, "stop it first; with `force` the driver is asked to let go all the same");
	}
}

static int gv_pt_held(const struct gv_pt_holder *holder, unsigned int others,
		      struct gv_err *err)
{
	char buf[192], more[48] = "";

	if (others)
		snprintf(more, sizeof(more), ", and %u more are in the way",
			 others);
	gv_err_set(err, EBUSY, "%s: %s%s", holder->address,
		   gv_pt_hold_text(holder, buf), more);
	gv_pt_held_hint(holder, err);
	return -EBUSY;
}

static bool gv_pt_in_the_way(const struct gv_pt_holder *holder, bool force)
{
	switch (holder->hold) {
	case GV_PT_BOOT_VGA:
	case GV_PT_CONSOLE:
		return false;
	case GV_PT_PROCESS:
	case GV_PT_NETWORK:
		return !force;
	default:
		return true;
	}
}

/* What goes on although somebody has it is seen, and is in the log. */
static void gv_pt_go_on(const struct gv_pt_plan *plan,
			const struct gv_pt_holder *holder)
{
	char buf[192], line[320];

	if (!plan->bind)
		return;
	gv_pt_hold_text(holder, buf);
	gv_out_tell("%s  %s", holder->address, buf);
	if (holder->hold != GV_PT_PROCESS && holder->hold != GV_PT_NETWORK)
		return;
	snprintf(line, sizeof(line),
		 "gpuvirt: passthrough with force: %s is taken although %s",
		 holder->address, buf);
	gv_pt_log(line);
}

int gv_pt_unheld(const struct gv_pt_plan *plan, struct gv_err *err)
{
	const struct gv_pt_holder *worst = NULL;
	unsigned int i, n = 0;

	gv_pt_plan_funcs(plan, false, &seen);
	gv_pt_holders(&seen, &holders);
	for (i = 0; i < holders.count; i++) {
		if (!gv_pt_in_the_way(&holders.holder[i],
				      !plan->bind || plan->force))
			continue;
		worst = &holders.holder[i];
		n++;
	}
	if (worst)
		return gv_pt_held(worst, n - 1 + holders.more, err);
	for (i = 0; i < holders.count; i++)
		gv_pt_go_on(plan, &holders.holder[i]);
	return 0;
}

/*
 * The first look was at all functions, and the change of one may take long.
 * Its processes are not looked for again: those that only come and go, such as
 * udev's, would end a bind that half is done.
 */
int gv_pt_still_unused(const struct gv_pt_func *func, struct gv_err *err)
{
	static struct gv_pt_list one;
	unsigned int i;

	one.count = 1;
	one.func[0] = *func;
	gv_pt_holders(&one, &holders);
	for (i = holders.count; i-- > 0;) {
		if (gv_pt_in_the_way(&holders.holder[i], true))
			return gv_pt_held(&holders.holder[i], 0, err);
	}
	return 0;
}

static void gv_pt_name_one(const char *address, char *buf, size_t size)
{
	const struct gv_pt_holder *holder;
	char text[192];
	unsigned int i;

	buf[0] = 0;
	for (i = 0; i < holders.count; i++) {
		holder = &holders.holder[i];
		if (holder->pid && !strcmp(holder->address, address))
			snprintf(buf, size, "%s",
				 gv_pt_hold_text(holder, text));
	}
}

void gv_pt_who(const char *address, char *buf, size_t size)
{
	struct gv_pt_list list = { .count = 1 };

	buf[0] = 0;
	if (gv_pt_read(address, &list.func[0]))
		return;
	gv_pt_holders(&list, &holders);
	gv_pt_name_one(address, buf, size);
}

void gv_pt_still(const char *address, char *buf, size_t size)
{
	gv_pt_holders_still(&seen, &holders);
	gv_pt_name_one(address, buf, size);
}
