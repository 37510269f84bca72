// SPDX-License-Identifier: GPL-2.0
/*
 * Interrupts: the model is a wire. INTx is sent when the wire goes from "may not
 * be seen" to "is seen"; a message for each new cause.
 */
#include "fixture.h"

#define INTX VFIO_PCI_INTX_IRQ_INDEX
#define MSI VFIO_PCI_MSI_IRQ_INDEX

struct wire {
	u32 causes;
	bool disabled;
	bool masked;
	int intx;
	int msi;
	int unmask;
	unsigned int sent[GV_EVENTFDS];
};

/* A level that nothing stands before is sent, and masked by that. */
static void level(struct wire *w)
{
	if (w->causes && w->msi < 0 && w->intx >= 0 && !w->masked &&
	    !w->disabled) {
		w->sent[w->intx]++;
		w->masked = true;
	}
}

static int set(struct gv_vgpu *vgpu, unsigned int index, u32 flags, int count,
	       s32 fd)
{
	struct vfio_irq_set hdr = {
		.argsz = sizeof(hdr),
		.index = index,
		.flags = flags,
		.count = count,
	};
	int err;

	mutex_lock(&vgpu->lock);
	err = gv_irq_set(vgpu, &hdr, &fd);
	mutex_unlock(&vgpu->lock);
	return err;
}

static void trigger(struct gv_vgpu *vgpu, struct wire *w, unsigned int index)
{
	s32 fd = gv_below(4) ? (s32)gv_below(GV_EVENTFDS) :
		 (s32)gv_below(4) - 1;
	bool loop = index == INTX && fd >= 0 && fd == w->unmask;
	int err = set(vgpu, index, VFIO_IRQ_SET_ACTION_TRIGGER |
		      VFIO_IRQ_SET_DATA_EVENTFD, 1, fd);

	gv_expect(err == (loop ? -EINVAL : 0), "%d", err);
	if (err)
		return;
	if (index == INTX) {
		w->intx = fd;
		w->masked = false;
	} else if (index == MSI) {
		w->msi = fd;
	} else {
		return;
	}
	level(w);
}

static void take_down(struct gv_vgpu *vgpu, struct wire *w, unsigned int index)
{
	int err = set(vgpu, index, VFIO_IRQ_SET_ACTION_TRIGGER |
		      VFIO_IRQ_SET_DATA_NONE, 0, 0);

	gv_expect(!err, "%d", err);
	if (index == INTX) {
		w->intx = -1;
		w->unmask = -1;
		w->masked = false;
	} else if (index == MSI) {
		w->msi = -1;
	}
	level(w);
}

static void watch(struct gv_vgpu *vgpu, struct wire *w)
{
	s32 fd = (s32)gv_below(GV_EVENTFDS + 1) - 1;
	int err = set(vgpu, INTX, VFIO_IRQ_SET_ACTION_UNMASK |
		      VFIO_IRQ_SET_DATA_EVENTFD, 1, fd), want = 0;

	if (fd >= 0 && w->unmask >= 0)
		want = -EBUSY;
	else if (fd >= 0 && fd == w->intx)
		want = -EINVAL;
	gv_expect(err == want, "%d, not %d", err, want);
	if (!err)
		w->unmask = fd;
}

static void mask(struct gv_vgpu *vgpu, struct wire *w, bool masked)
{
	u32 action = masked ? VFIO_IRQ_SET_ACTION_MASK :
		     VFIO_IRQ_SET_ACTION_UNMASK;
	unsigned int index = gv_below(8) ? INTX : MSI;
	int err = set(vgpu, index, action | VFIO_IRQ_SET_DATA_NONE, 1, 0);

	gv_expect(err == (index == INTX ? 0 : -ENOTTY), "%d", err);
	if (err)
		return;
	w->masked = masked;
	level(w);
}

static void raise(struct gv_vgpu *vgpu, struct wire *w)
{
	u32 causes = gv_awkward(), new = causes & ~w->causes;

	gv_irq_raise(vgpu, causes);
	w->causes |= causes;
	if (!new)
		return;
	if (w->msi >= 0)
		w->sent[w->msi]++;
	else
		level(w);
}

static void step(struct gv_vgpu *vgpu, struct wire *w)
{
	u32 causes;

	switch (gv_below(10)) {
	case 0:
		trigger(vgpu, w, gv_below(2) ? INTX : MSI);
		break;
	case 1:
		if (!gv_below(4))
			take_down(vgpu, w, gv_below(2) ? INTX : MSI);
		break;
	case 2:
		watch(vgpu, w);
		break;
	case 3:
		mask(vgpu, w, gv_below(2));
		break;
	case 4:
		w->disabled = gv_below(2);
		gv_irq_disable_intx(vgpu, w->disabled);
		level(w);
		break;
	case 5:
		if (gv_fire_unmask()) {
			w->masked = false;
			level(w);
		}
		break;
	case 6:
	case 7:
		causes = gv_below(2) ? ~0U : gv_awkward();
		gv_irq_ack(vgpu, causes);
		w->causes &= ~causes;
		break;
	default:
		raise(vgpu, w);
	}
}

static void round_of(unsigned int steps)
{
	struct gv_vgpu *vgpu = gv_make_vgpu(4 << 20, 1024, 768);
	struct wire w = { .intx = -1, .msi = -1, .unmask = -1 };
	unsigned int i;

	memset(gv_eventfds, 0, sizeof(gv_eventfds));
	while (steps--) {
		gv_case();
		step(vgpu, &w);
		gv_expect(gv_irq_status(vgpu) == w.causes, "%x", w.causes);
		for (i = 0; i < GV_EVENTFDS; i++)
			gv_expect(gv_eventfds[i].signalled == w.sent[i],
				  "eventfd %u: %u, not %u", i,
				  gv_eventfds[i].signalled, w.sent[i]);
	}
	gv_drop_vgpu(vgpu);
	for (i = 0; i < GV_EVENTFDS; i++)
		gv_expect(!gv_eventfds[i].refs, "eventfd %u is held", i);
}

void gv_model_irq(uint64_t n)
{
	for (; n >= 200; n -= 200)
		round_of(200);
}
