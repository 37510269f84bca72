// SPDX-License-Identifier: GPL-2.0
/* What the shadow headers in compat-include/ need one copy of. */
#include <linux/jiffies.h>
#include <linux/netlink.h>
#include <linux/spinlock.h>

#ifdef GV_COMPAT_EXTACK_RING
#define GV_EXTACK_SLOTS 1024
#define GV_EXTACK_KEEP (2 * HZ)

struct gv_extack_slot {
	unsigned long until;
	char text[NETLINK_MAX_FMTMSG_LEN];
};

/* Guards what follows. */
static DEFINE_SPINLOCK(gv_extack_lock);
static struct gv_extack_slot gv_extack_slots[GV_EXTACK_SLOTS];
static unsigned int gv_extack_next;

/**
 * gv_extack_text() - a sentence that outlives the handler of a request
 * @fmt: the sentence
 *
 * The answer is made a moment after the handler has returned, and must find the
 * text as it was: its length is measured first. A text is therefore left alone
 * for two seconds; who asks for so many that none is free gets none.
 *
 * Return: the text.
 */
const char *gv_extack_text(const char *fmt, ...)
{
	struct gv_extack_slot *slot;
	va_list args;

	spin_lock(&gv_extack_lock);
	slot = &gv_extack_slots[gv_extack_next];
	if (slot->until && time_before(jiffies, slot->until)) {
		spin_unlock(&gv_extack_lock);
		return "refused, with too many others to say why: ask again";
	}
	gv_extack_next = (gv_extack_next + 1) % GV_EXTACK_SLOTS;
	slot->until = (jiffies + GV_EXTACK_KEEP) ?: 1;
	va_start(args, fmt);
	vscnprintf(slot->text, sizeof(slot->text), fmt, args);
	va_end(args);
	spin_unlock(&gv_extack_lock);

	return slot->text;
}
#endif
