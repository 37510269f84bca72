// SPDX-License-Identifier: GPL-2.0
/*
 * timeout: 120
 * config: VFIO_MDEV
 *
 * Interrupts: INTx as a level that is masked when it is sent, MSI as messages,
 * the request to let go, and that a refused call changes nothing.
 */
#include <errno.h>
#include <linux/pci_regs.h>
#include <string.h>
#include <unistd.h>

#include "host.h"
#include "ktap.h"
#include "vfio.h"

#define ID "0a16a000-0000-4000-8000-000000000001"

#define MASK VFIO_IRQ_SET_ACTION_MASK
#define UNMASK VFIO_IRQ_SET_ACTION_UNMASK
#define TRIGGER VFIO_IRQ_SET_ACTION_TRIGGER
#define NONE VFIO_IRQ_SET_DATA_NONE
#define BOOL VFIO_IRQ_SET_DATA_BOOL
#define EVENTFD VFIO_IRQ_SET_DATA_EVENTFD

/* How long to wait for what should come, and for what should not. */
#define SOON 2000
#define NEVER 50

static struct gv_vfio vgpu;
static int intx, msi;

static void raise_irq(uint32_t causes)
{
	gv_put(&vgpu, GV_BAR_ENGINE, GV_ENGINE_RAISE, 4, causes);
}

static void ack(uint32_t causes)
{
	gv_put(&vgpu, GV_BAR_ENGINE, GV_ENGINE_ACK, 4, causes);
}

static uint32_t status(void)
{
	return gv_get(&vgpu, GV_BAR_ENGINE, GV_ENGINE_STATUS, 4);
}

/* INTx is set up, not masked, and nothing is pending. */
static void intx_ready(void)
{
	ack(~0U);
	gv_irq_none(&vgpu, GV_IRQ_MSI, TRIGGER, 0);
	if (gv_irq_fd(&vgpu, GV_IRQ_INTX, TRIGGER, intx) ||
	    gv_irq_none(&vgpu, GV_IRQ_INTX, UNMASK, 1))
		gv_ktap_bail("INTx can't be set up");
	gv_fired(intx, 0);
}

static void check_level(void)
{
	intx_ready();
	raise_irq(1);
	gv_ktap_check(gv_fired(intx, SOON) == 1 && status() == 1 &&
		      gv_get(&vgpu, GV_CONFIG, PCI_STATUS, 2) &
			PCI_STATUS_INTERRUPT,
		      "raising sends INTx, and shows in both status registers");
	raise_irq(2);
	raise_irq(4);
	gv_ktap_check(!gv_fired(intx, NEVER) && status() == 7,
		      "it was masked when sent: more causes send no more");
	gv_irq_none(&vgpu, GV_IRQ_INTX, UNMASK, 1);
	gv_ktap_check(gv_fired(intx, SOON) == 1,
		      "unmasked while a cause is left, it is sent again");
	ack(1);
	ack(6);
	gv_irq_none(&vgpu, GV_IRQ_INTX, UNMASK, 1);
	gv_ktap_check(!gv_fired(intx, NEVER) && !status() &&
		      !(gv_get(&vgpu, GV_CONFIG, PCI_STATUS, 2) &
			PCI_STATUS_INTERRUPT),
		      "unmasked when all is acknowledged, it is not");
}

static void check_mask(void)
{
	bool held, sent;

	intx_ready();
	gv_irq_none(&vgpu, GV_IRQ_INTX, MASK, 1);
	raise_irq(1);
	held = !gv_fired(intx, NEVER);
	gv_irq_none(&vgpu, GV_IRQ_INTX, UNMASK, 1);
	sent = gv_fired(intx, SOON) == 1;
	gv_ktap_check(held && sent, "masked by its user it waits");

	intx_ready();
	held = !gv_irq_bool(&vgpu, GV_IRQ_INTX, MASK, 0);
	raise_irq(1);
	sent = gv_fired(intx, SOON) == 1;
	held &= !gv_irq_bool(&vgpu, GV_IRQ_INTX, UNMASK, 0) &&
		!gv_fired(intx, NEVER);
	sent &= !gv_irq_bool(&vgpu, GV_IRQ_INTX, UNMASK, 1) &&
		gv_fired(intx, SOON) == 1;
	gv_ktap_check(held && sent, "of booleans, only true ones act");
}

static void check_disable(void)
{
	bool held, sent;

	intx_ready();
	gv_put(&vgpu, GV_CONFIG, PCI_COMMAND, 2, PCI_COMMAND_INTX_DISABLE);
	raise_irq(1);
	held = !gv_fired(intx, NEVER) &&
	       gv_get(&vgpu, GV_CONFIG, PCI_STATUS, 2) & PCI_STATUS_INTERRUPT;
	gv_put(&vgpu, GV_CONFIG, PCI_COMMAND, 2, 0);
	sent = gv_fired(intx, SOON) == 1;
	gv_ktap_check(held && sent, "INTx Disable holds it back");
}

static void check_unmask_fd(void)
{
	int unmask = gv_eventfd(), other = gv_eventfd();
	uint64_t one = 1;
	bool good;

	intx_ready();
	good = !gv_irq_fd(&vgpu, GV_IRQ_INTX, UNMASK, unmask);
	raise_irq(1);
	good &= gv_fired(intx, SOON) == 1;
	good &= write(unmask, &one, 8) == 8 && gv_fired(intx, SOON) == 1;
	ack(1);
	good &= write(unmask, &one, 8) == 8 && !gv_fired(intx, NEVER);
	raise_irq(1);
	good &= gv_fired(intx, SOON) == 1;
	ack(1);
	gv_ktap_check(good, "an eventfd of the user's unmasks it");

	gv_ktap_check(gv_irq_fd(&vgpu, GV_IRQ_INTX, UNMASK, other) == -EBUSY,
		      "a second one is EBUSY");
	gv_ktap_check(gv_irq_fd(&vgpu, GV_IRQ_INTX, TRIGGER, unmask) == -EINVAL &&
		      (gv_irq_none(&vgpu, GV_IRQ_INTX, UNMASK, 1),
		       raise_irq(1), gv_fired(intx, SOON) == 1),
		      "the one that unmasks can't be the one that is sent");
	good = !gv_irq_fd(&vgpu, GV_IRQ_INTX, UNMASK, -1) &&
	       gv_irq_fd(&vgpu, GV_IRQ_INTX, UNMASK, intx) == -EINVAL;
	gv_ktap_check(good, "nor the one that is sent the one that unmasks");

	/* Its user closes it first, and sets up another. */
	intx_ready();
	good = !gv_irq_fd(&vgpu, GV_IRQ_INTX, UNMASK, unmask);
	close(unmask);
	good &= gv_until(SOON, !gv_irq_fd(&vgpu, GV_IRQ_INTX, UNMASK, other));
	raise_irq(1);
	good &= gv_fired(intx, SOON) == 1;
	good &= write(other, &one, 8) == 8 && gv_fired(intx, SOON) == 1;
	gv_ktap_check(good, "when it is closed another can take its place");
	close(other);
	gv_irq_fd(&vgpu, GV_IRQ_INTX, UNMASK, -1);
	ack(~0U);
}

/*
 * What an unmask leaves to a worker comes late if it comes too often, and by then INTx
 * may have been masked again, or sent: both stay so.
 */
static void check_unmask_late(void)
{
	int unmask = gv_eventfd();
	uint64_t one = 1;
	bool good = true;
	unsigned int i;

	intx_ready();
	if (gv_irq_fd(&vgpu, GV_IRQ_INTX, UNMASK, unmask))
		gv_ktap_bail("no eventfd unmasks INTx");
	for (i = 0; good && i < 200; i++) {
		raise_irq(1);
		good = gv_fired(intx, SOON) == 1 &&
		       write(unmask, &one, 8) == 8 &&
		       !gv_irq_none(&vgpu, GV_IRQ_INTX, MASK, 1);
		ack(1);
		/* The worker is done, whatever it has to do. */
		usleep(i % 2 ? 0 : 2000);
		gv_fired(intx, 0);
		raise_irq(1);
		good &= !gv_fired(intx, i % 16 ? 2 : NEVER);
		ack(1);
		gv_irq_none(&vgpu, GV_IRQ_INTX, UNMASK, 1);
		gv_fired(intx, 0);
	}
	gv_ktap_check(good, "masked after that, it stays masked (%u times)", i);
	gv_irq_fd(&vgpu, GV_IRQ_INTX, UNMASK, -1);
	close(unmask);
	ack(~0U);
}

static void check_loopback(void)
{
	bool good;

	intx_ready();
	good = !gv_irq_none(&vgpu, GV_IRQ_INTX, TRIGGER, 1) &&
	       gv_fired(intx, SOON) == 1 &&
	       !gv_irq_bool(&vgpu, GV_IRQ_INTX, TRIGGER, 1) &&
	       gv_fired(intx, SOON) == 1 &&
	       !gv_irq_bool(&vgpu, GV_IRQ_INTX, TRIGGER, 0) &&
	       !gv_fired(intx, NEVER) && !status();
	gv_ktap_check(good, "its user can send it to try, without a cause");
}

static void check_msi(void)
{
	bool good;

	intx_ready();
	good = !gv_irq_none(&vgpu, GV_IRQ_INTX, TRIGGER, 0) &&
	       !gv_irq_fd(&vgpu, GV_IRQ_MSI, TRIGGER, msi);
	raise_irq(1);
	good &= gv_fired(msi, SOON) == 1 && !gv_fired(intx, 0);
	raise_irq(1);
	good &= !gv_fired(msi, NEVER);
	raise_irq(2);
	good &= gv_fired(msi, SOON) == 1 && status() == 3;
	ack(3);
	raise_irq(1);
	good &= gv_fired(msi, SOON) == 1;
	gv_ktap_check(good, "each new cause sends a message");

	/* The cause is still there: INTx tells of it. */
	good = !gv_irq_none(&vgpu, GV_IRQ_MSI, TRIGGER, 0) &&
	       !gv_irq_fd(&vgpu, GV_IRQ_INTX, TRIGGER, intx) &&
	       gv_fired(intx, SOON) == 1;
	ack(1);
	gv_irq_none(&vgpu, GV_IRQ_INTX, UNMASK, 1);
	raise_irq(1);
	good &= gv_fired(intx, SOON) == 1 && !gv_fired(msi, 0);
	gv_ktap_check(good, "from MSI to INTx, a cause that is left is not lost");

	intx_ready();
	gv_irq_fd(&vgpu, GV_IRQ_MSI, TRIGGER, msi);
	raise_irq(1);
	good = gv_fired(msi, SOON) == 1 && !gv_fired(intx, NEVER);
	gv_irq_none(&vgpu, GV_IRQ_MSI, TRIGGER, 0);
	good &= gv_fired(intx, SOON) == 1;
	gv_ktap_check(good, "nor with both set up, when MSI is taken down");
	ack(~0U);

	good = !gv_irq_fd(&vgpu, GV_IRQ_MSI, TRIGGER, msi) &&
	       !gv_irq_fd(&vgpu, GV_IRQ_MSI, TRIGGER, -1);
	raise_irq(1);
	good &= !gv_fired(msi, NEVER);
	ack(1);
	gv_ktap_check(good, "without its eventfd no message is sent");
}

static void check_others(void)
{
	int fd = gv_eventfd();
	bool good;

	good = !gv_irq_fd(&vgpu, GV_IRQ_ERR, TRIGGER, fd) &&
	       !gv_irq_none(&vgpu, GV_IRQ_ERR, TRIGGER, 1) &&
	       gv_fired(fd, SOON) == 1 &&
	       !gv_irq_fd(&vgpu, GV_IRQ_ERR, TRIGGER, -1) &&
	       gv_irq_none(&vgpu, GV_IRQ_ERR, TRIGGER, 1) == -EINVAL;
	gv_ktap_check(good, "the index for errors can be set up and tried");
	good = !gv_irq_fd(&vgpu, GV_IRQ_REQ, TRIGGER, fd) &&
	       !gv_irq_none(&vgpu, GV_IRQ_REQ, TRIGGER, 1) &&
	       gv_fired(fd, SOON) == 1 &&
	       !gv_irq_none(&vgpu, GV_IRQ_REQ, TRIGGER, 0);
	gv_ktap_check(good, "so can the one for requests");
	close(fd);
}

static const struct {
	const char *what;
	uint32_t index, flags, start, count;
	int err;
	int32_t data;
	size_t size;
} bad[] = {
	{ "index 5", 5, TRIGGER | NONE, 0, 1, -EINVAL, 0, 0 },
	{ "index ~0", ~0U, TRIGGER | NONE, 0, 1, -EINVAL, 0, 0 },
	{ "start 1", 0, TRIGGER | EVENTFD, 1, 1, -EINVAL, -1, 4 },
	{ "count 2", 1, TRIGGER | NONE, 0, 2, -EINVAL, 0, 0 },
	{ "count ~0", 0, TRIGGER | BOOL, 0, ~0U, -EINVAL, 0, 1 },
	{ "start + count wraps", 0, TRIGGER | BOOL, ~0U, 2, -EINVAL, 0, 1 },
	{ "MSI-X", GV_IRQ_MSIX, TRIGGER | EVENTFD, 0, 1, -EINVAL, -1, 4 },
	{ "MSI-X count 0", GV_IRQ_MSIX, TRIGGER | NONE, 0, 0, -EINVAL, 0, 0 },
	{ "two data types", 0, TRIGGER | NONE | BOOL, 0, 1, -EINVAL, 1, 4 },
	{ "no data type", 0, TRIGGER, 0, 1, -EINVAL, 1, 4 },
	{ "no action", 0, NONE, 0, 0, -EINVAL, 0, 0 },
	{ "no action, eventfd", 0, EVENTFD, 0, 1, -EINVAL, -1, 4 },
	{ "two actions", 0, MASK | UNMASK | NONE, 0, 0, -EINVAL, 0, 0 },
	{ "all actions", 0, MASK | UNMASK | TRIGGER | EVENTFD, 0, 1, -EINVAL,
	  -1, 4 },
	{ "unknown flag", 0, TRIGGER | NONE | 1U << 6, 0, 1, -EINVAL, 0, 0 },
	{ "unknown flag 31", 0, TRIGGER | NONE | 1U << 31, 0, 1, -EINVAL, 0, 0 },
	{ "data too short", 0, TRIGGER | EVENTFD, 0, 1, -EINVAL, -1, 3 },
	{ "no data", 0, TRIGGER | BOOL, 0, 1, -EINVAL, 0, 0 },
	{ "bool count 0", 0, TRIGGER | BOOL, 0, 0, -EINVAL, 0, 0 },
	{ "eventfd count 0", 0, TRIGGER | EVENTFD, 0, 0, -EINVAL, 0, 0 },
	{ "mask count 0", 0, MASK | NONE, 0, 0, -EINVAL, 0, 0 },
	{ "mask by eventfd", 0, MASK | EVENTFD, 0, 1, -ENOTTY, 0, 4 },
	{ "mask of MSI", 1, MASK | NONE, 0, 1, -ENOTTY, 0, 0 },
	{ "unmask of MSI", 1, UNMASK | BOOL, 0, 1, -ENOTTY, 1, 1 },
	{ "unmask of requests", 4, UNMASK | NONE, 0, 1, -ENOTTY, 0, 0 },
	{ "fd that is not open", 0, TRIGGER | EVENTFD, 0, 1, -EBADF, 9999, 4 },
	{ "fd of a file", 0, TRIGGER | EVENTFD, 0, 1, -EINVAL, 1, 4 },
	{ "unmask fd of a file", 0, UNMASK | EVENTFD, 0, 1, -EINVAL, 1, 4 },
	{ "unmask fd not open", 0, UNMASK | EVENTFD, 0, 1, -EBADF, 9999, 4 },
};

static void check_bad(void)
{
	bool good = true;
	unsigned int i;
	int ret;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		intx_ready();
		ret = gv_irq(&vgpu, bad[i].index, bad[i].flags, bad[i].start,
			     bad[i].count, &bad[i].data, bad[i].size);
		raise_irq(1);
		if (ret == bad[i].err && gv_fired(intx, SOON) == 1)
			continue;
		gv_ktap_note("%s: %d, not %d, or INTx is lost", bad[i].what,
			     ret, bad[i].err);
		good = false;
	}
	gv_ktap_check(good, "a call that is refused changes nothing");
	intx_ready();
}

static void check_reset(void)
{
	bool good;

	intx_ready();
	raise_irq(5);
	gv_fired(intx, SOON);
	if (gv_dev_ioctl(&vgpu, VFIO_DEVICE_RESET, NULL))
		gv_ktap_bail("VFIO_DEVICE_RESET failed");
	good = !status() && !gv_fired(intx, 0);
	gv_irq_none(&vgpu, GV_IRQ_INTX, UNMASK, 1);
	raise_irq(1);
	good &= gv_fired(intx, SOON) == 1;
	gv_ktap_check(good, "a reset clears causes and keeps the set-up");
	ack(1);
}

/* As fast as it goes, with nobody reading: the counter takes it all. */
static void check_storm(void)
{
	uint64_t fired;
	unsigned int i;

	intx_ready();
	gv_irq_none(&vgpu, GV_IRQ_INTX, TRIGGER, 0);
	gv_irq_fd(&vgpu, GV_IRQ_MSI, TRIGGER, msi);
	for (i = 0; i < 20000; i++) {
		raise_irq(1);
		ack(1);
	}
	fired = gv_fired(msi, SOON);
	gv_ktap_check(fired == 20000, "a storm of messages is counted, all %llu",
		      (unsigned long long)fired);
	gv_irq_none(&vgpu, GV_IRQ_MSI, TRIGGER, 0);
}

/* What the device still signals, its user has closed already. */
static void check_closed(void)
{
	int fd = gv_eventfd(), unmask = gv_eventfd();

	gv_irq_fd(&vgpu, GV_IRQ_INTX, TRIGGER, fd);
	gv_irq_fd(&vgpu, GV_IRQ_INTX, UNMASK, unmask);
	gv_irq_fd(&vgpu, GV_IRQ_REQ, TRIGGER, fd);
	close(fd);
	close(unmask);
	raise_irq(~0U);
	gv_irq_none(&vgpu, GV_IRQ_INTX, UNMASK, 1);
	gv_ktap_check(status() == ~0U, "an eventfd can be closed first");
	gv_vfio_close(&vgpu);
	gv_vfio_must_open(&vgpu, ID);
	raise_irq(1);
	gv_ktap_check(status() == 1 && !gv_fired(intx, NEVER) &&
		      gv_irq_none(&vgpu, GV_IRQ_INTX, TRIGGER, 1) == -EINVAL,
		      "opened again, nothing is pending or set up");
}

int main(void)
{
	char gpu[GV_GPU_MAX];

	gv_host_begin();
	gv_ktap_plan(25);
	intx = gv_eventfd();
	msi = gv_eventfd();
	gv_host_sim_add(gpu, "vram 64MiB");
	gv_host_type_new(gpu, "t", "framebuffer 4MiB");
	gv_host_vgpu_new(gpu, "t", ID);
	gv_vfio_must_open(&vgpu, ID);

	check_level();
	check_mask();
	check_disable();
	check_unmask_fd();
	check_unmask_late();
	check_loopback();
	check_msi();
	check_others();
	check_bad();
	check_reset();
	check_storm();
	check_closed();
	gv_vfio_close(&vgpu);
	return gv_ktap_end();
}
