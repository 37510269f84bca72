// SPDX-License-Identifier: GPL-2.0
/*
 * Interrupts of a vGPU: INTx (level, masked when it is sent, as VFIO has it) or
 * one MSI message, and the two indexes by which VFIO talks to the VMM itself:
 * errors, which we have none of, and the request to let go.
 */
#include <linux/delay.h>
#include <linux/eventfd.h>
#include <linux/pci.h>

#include "vgpu.h"

/* Unmasked INTx that is still pending: so often at once, then with a pause. */
#define GV_IRQ_RESEND_INTERVAL (HZ / 10)
#define GV_IRQ_RESEND_BURST 1000
#define GV_IRQ_RESEND_PAUSE_MS 10

/**
 * gv_irq_count() - number of interrupts behind a VFIO interrupt index
 * @index: index, below VFIO_PCI_NUM_IRQS
 *
 * Return: 0 or 1.
 */
unsigned int gv_irq_count(unsigned int index)
{
	return index == VFIO_PCI_MSIX_IRQ_INDEX ? 0 : 1;
}

/**
 * gv_irq_flags() - what can be done with a VFIO interrupt index
 * @index: index, below VFIO_PCI_NUM_IRQS
 *
 * Return: VFIO_IRQ_INFO_ flags.
 */
u32 gv_irq_flags(unsigned int index)
{
	if (index == VFIO_PCI_INTX_IRQ_INDEX)
		return VFIO_IRQ_INFO_EVENTFD | VFIO_IRQ_INFO_MASKABLE |
		       VFIO_IRQ_INFO_AUTOMASKED;
	return VFIO_IRQ_INFO_EVENTFD | VFIO_IRQ_INFO_NORESIZE;
}

void gv_irq_init(struct gv_vgpu *vgpu)
{
	spin_lock_init(&vgpu->irq.lock);
	ratelimit_state_init(&vgpu->irq.resend, GV_IRQ_RESEND_INTERVAL,
			     GV_IRQ_RESEND_BURST);
	/* It is not a message that is held back: log nothing of it. */
	ratelimit_set_flags(&vgpu->irq.resend, RATELIMIT_MSG_ON_RELEASE);
}

/*
 * Send what is pending, if anything is and nothing keeps it back. INTx is sent
 * once until it is unmasked, a message each time.
 */
static void gv_irq_send(struct gv_vgpu_irq *irq)
{
	struct eventfd_ctx *ctx, *intx;
	unsigned long flags;

	rcu_read_lock();
	/* Inside: what is noted as sent goes to the eventfd that is there. */
	spin_lock_irqsave(&irq->lock, flags);
	ctx = rcu_dereference(irq->trigger[VFIO_PCI_MSI_IRQ_INDEX]);
	intx = rcu_dereference(irq->trigger[VFIO_PCI_INTX_IRQ_INDEX]);
	if (!irq->status) {
		ctx = NULL;
	} else if (!ctx && intx && !irq->masked && !irq->disabled) {
		irq->masked = true;
		ctx = intx;
	}
	spin_unlock_irqrestore(&irq->lock, flags);

	if (ctx)
		eventfd_signal(ctx);
	rcu_read_unlock();
}

/* Send INTx if it is pending and was kept back; messages are never kept back. */
static void gv_irq_resend_intx(struct gv_vgpu_irq *irq)
{
	if (!rcu_access_pointer(irq->trigger[VFIO_PCI_MSI_IRQ_INDEX]))
		gv_irq_send(irq);
}

static bool gv_irq_signal(struct gv_vgpu_irq *irq, unsigned int index)
{
	struct eventfd_ctx *ctx;

	rcu_read_lock();
	ctx = rcu_dereference(irq->trigger[index]);
	if (ctx)
		eventfd_signal(ctx);
	rcu_read_unlock();

	return ctx;
}

/**
 * gv_irq_raise() - the device has causes for an interrupt
 * @vgpu: the vGPU
 * @causes: bits to set in the status register
 */
void gv_irq_raise(struct gv_vgpu *vgpu, u32 causes)
{
	struct gv_vgpu_irq *irq = &vgpu->irq;
	unsigned long flags;
	u32 old;

	spin_lock_irqsave(&irq->lock, flags);
	old = irq->status;
	irq->status |= causes;
	spin_unlock_irqrestore(&irq->lock, flags);

	/* A message is sent for each new cause, a level is there already. */
	if ((old | causes) != old)
		gv_irq_send(irq);
}

/**
 * gv_irq_ack() - the guest has dealt with causes
 * @vgpu: the vGPU
 * @causes: bits to clear in the status register
 */
void gv_irq_ack(struct gv_vgpu *vgpu, u32 causes)
{
	unsigned long flags;

	spin_lock_irqsave(&vgpu->irq.lock, flags);
	vgpu->irq.status &= ~causes;
	spin_unlock_irqrestore(&vgpu->irq.lock, flags);
}

/**
 * gv_irq_status() - causes that the guest has not dealt with
 * @vgpu: the vGPU
 *
 * Return: the status register.
 */
u32 gv_irq_status(struct gv_vgpu *vgpu)
{
	return READ_ONCE(vgpu->irq.status);
}

/**
 * gv_irq_disable_intx() - the guest has written INTx Disable
 * @vgpu: the vGPU
 * @disabled: the bit
 */
void gv_irq_disable_intx(struct gv_vgpu *vgpu, bool disabled)
{
	struct gv_vgpu_irq *irq = &vgpu->irq;
	unsigned long flags;

	spin_lock_irqsave(&irq->lock, flags);
	irq->disabled = disabled;
	spin_unlock_irqrestore(&irq->lock, flags);

	if (!disabled)
		gv_irq_resend_intx(irq);
}

/**
 * gv_irq_reset() - no cause is pending
 * @vgpu: the vGPU
 */
void gv_irq_reset(struct gv_vgpu *vgpu)
{
	gv_irq_ack(vgpu, ~0U);
}

/**
 * gv_irq_request() - ask the VMM to let go of the vGPU
 * @vgpu: the vGPU
 */
void gv_irq_request(struct gv_vgpu *vgpu)
{
	gv_irq_signal(&vgpu->irq, VFIO_PCI_REQ_IRQ_INDEX);
}

static void gv_irq_set_trigger(struct gv_vgpu *vgpu, unsigned int index,
			       struct eventfd_ctx *ctx)
{
	struct gv_vgpu_irq *irq = &vgpu->irq;
	struct eventfd_ctx *old;
	unsigned long flags;

	spin_lock_irqsave(&irq->lock, flags);
	old = rcu_replace_pointer(irq->trigger[index], ctx,
				  lockdep_is_held(&vgpu->lock));
	if (index == VFIO_PCI_INTX_IRQ_INDEX)
		irq->masked = false;
	spin_unlock_irqrestore(&irq->lock, flags);
	/* A level is there again, if it is, when nothing stands before it. */
	if (index == VFIO_PCI_INTX_IRQ_INDEX || index == VFIO_PCI_MSI_IRQ_INDEX)
		gv_irq_resend_intx(irq);

	if (old) {
		synchronize_rcu();
		eventfd_ctx_put(old);
	}
}

static void gv_irq_mask(struct gv_vgpu *vgpu, bool masked)
{
	struct gv_vgpu_irq *irq = &vgpu->irq;
	unsigned long flags;

	spin_lock_irqsave(&irq->lock, flags);
	irq->masked = masked;
	spin_unlock_irqrestore(&irq->lock, flags);

	if (!masked)
		gv_irq_resend_intx(irq);
}

#if IS_ENABLED(CONFIG_VFIO_VIRQFD)
/* Runs in the wake-up of the user's eventfd, with its lock held. */
static int gv_irq_unmask_wake(void *opaque, void *unused)
{
	struct gv_vgpu *vgpu = opaque;
	unsigned long flags;
	bool pending;

	spin_lock_irqsave(&vgpu->irq.lock, flags);
	vgpu->irq.masked = false;
	pending = vgpu->irq.status;
	spin_unlock_irqrestore(&vgpu->irq.lock, flags);

	return pending;
}

/*
 * Runs in a work item when INTx was unmasked and still pending. By now it may have been
 * sent, or masked again, which stays so. A user whose eventfds lead from one to the
 * other, over two vGPUs for instance, would keep it running for ever: pace it.
 */
static void gv_irq_unmask_thread(void *opaque, void *unused)
{
	struct gv_vgpu *vgpu = opaque;

	if (!__ratelimit(&vgpu->irq.resend))
		msleep(GV_IRQ_RESEND_PAUSE_MS);
	gv_irq_resend_intx(&vgpu->irq);
}

static int gv_irq_watch_unmask(struct gv_vgpu *vgpu, int fd)
{
	struct gv_vgpu_irq *irq = &vgpu->irq;
	struct eventfd_ctx *ctx;
	int err;

	lockdep_assert_held(&vgpu->lock);

	if (fd < 0)
		vfio_virqfd_disable(&irq->unmask);
	else if (READ_ONCE(irq->unmask))
		return -EBUSY;
	/* The watch ends by itself when its user closes the eventfd. */
	if (irq->unmask_ctx)
		eventfd_ctx_put(irq->unmask_ctx);
	irq->unmask_ctx = NULL;
	if (fd < 0)
		return 0;

	ctx = eventfd_ctx_fdget(fd);
	if (IS_ERR(ctx))
		return PTR_ERR(ctx);
	if (ctx == rcu_access_pointer(irq->trigger[VFIO_PCI_INTX_IRQ_INDEX]))
		err = -EINVAL;
	else
		err = vfio_virqfd_enable(vgpu, gv_irq_unmask_wake,
					 gv_irq_unmask_thread, NULL,
					 &irq->unmask, fd);
	if (err) {
		eventfd_ctx_put(ctx);
		return err;
	}
	irq->unmask_ctx = ctx;

	return 0;
}
#else
static int gv_irq_watch_unmask(struct gv_vgpu *vgpu, int fd)
{
	return fd < 0 ? 0 : -ENOTTY;
}
#endif

static int gv_irq_set_mask(struct gv_vgpu *vgpu,
			   const struct vfio_irq_set *hdr, const void *data,
			   bool mask)
{
	if (hdr->index != VFIO_PCI_INTX_IRQ_INDEX)
		return -ENOTTY;
	if (!hdr->count)
		return -EINVAL;

	switch (hdr->flags & VFIO_IRQ_SET_DATA_TYPE_MASK) {
	case VFIO_IRQ_SET_DATA_NONE:
		gv_irq_mask(vgpu, mask);
		return 0;
	case VFIO_IRQ_SET_DATA_BOOL:
		if (*(const u8 *)data)
			gv_irq_mask(vgpu, mask);
		return 0;
	default:
		if (mask)
			return -ENOTTY;
		return gv_irq_watch_unmask(vgpu, *(const s32 *)data);
	}
}

/* Let the user try its own eventfd. */
static int gv_irq_loopback(struct gv_vgpu *vgpu, unsigned int index)
{
	return gv_irq_signal(&vgpu->irq, index) ? 0 : -EINVAL;
}

static int gv_irq_set_eventfd(struct gv_vgpu *vgpu, unsigned int index, s32 fd)
{
	struct eventfd_ctx *ctx = NULL;

	if (fd >= 0) {
		ctx = eventfd_ctx_fdget(fd);
		if (IS_ERR(ctx))
			return PTR_ERR(ctx);
		/*
		 * If one eventfd were to both send and unmask INTx, an interrupt
		 * that nobody acknowledges would keep a kernel thread busy.
		 */
		if (index == VFIO_PCI_INTX_IRQ_INDEX &&
		    ctx == vgpu->irq.unmask_ctx) {
			eventfd_ctx_put(ctx);
			return -EINVAL;
		}
	}
	gv_irq_set_trigger(vgpu, index, ctx);

	return 0;
}

static int gv_irq_trigger(struct gv_vgpu *vgpu, const struct vfio_irq_set *hdr,
			  const void *data)
{
	switch (hdr->flags & VFIO_IRQ_SET_DATA_TYPE_MASK) {
	case VFIO_IRQ_SET_DATA_NONE:
		if (hdr->count)
			return gv_irq_loopback(vgpu, hdr->index);
		/* A count of 0 takes the whole index down. */
		if (hdr->index == VFIO_PCI_INTX_IRQ_INDEX)
			gv_irq_watch_unmask(vgpu, -1);
		gv_irq_set_trigger(vgpu, hdr->index, NULL);
		return 0;
	case VFIO_IRQ_SET_DATA_BOOL:
		if (!hdr->count)
			return -EINVAL;
		return *(const u8 *)data ? gv_irq_loopback(vgpu, hdr->index) : 0;
	default:
		if (!hdr->count)
			return -EINVAL;
		return gv_irq_set_eventfd(vgpu, hdr->index, *(const s32 *)data);
	}
}

/**
 * gv_irq_set() - what VFIO_DEVICE_SET_IRQS asks for
 * @vgpu: the vGPU
 * @hdr: request, of which index, start and count are checked
 * @data: what follows it, NULL if nothing does
 *
 * Context: under the vGPU's lock.
 * Return: 0 or a negative errno.
 */
int gv_irq_set(struct gv_vgpu *vgpu, const struct vfio_irq_set *hdr,
	       const void *data)
{
	lockdep_assert_held(&vgpu->lock);

	switch (hdr->flags & VFIO_IRQ_SET_ACTION_TYPE_MASK) {
	case VFIO_IRQ_SET_ACTION_MASK:
		return gv_irq_set_mask(vgpu, hdr, data, true);
	case VFIO_IRQ_SET_ACTION_UNMASK:
		return gv_irq_set_mask(vgpu, hdr, data, false);
	case VFIO_IRQ_SET_ACTION_TRIGGER:
		return gv_irq_trigger(vgpu, hdr, data);
	default:
		return -EINVAL;
	}
}

/**
 * gv_irq_release() - forget all that the user has set up
 * @vgpu: a vGPU that is being closed
 */
void gv_irq_release(struct gv_vgpu *vgpu)
{
	unsigned int index;

	mutex_lock(&vgpu->lock);
	gv_irq_watch_unmask(vgpu, -1);
	gv_irq_reset(vgpu);
	for (index = 0; index < VFIO_PCI_NUM_IRQS; index++)
		gv_irq_set_trigger(vgpu, index, NULL);
	mutex_unlock(&vgpu->lock);
}
