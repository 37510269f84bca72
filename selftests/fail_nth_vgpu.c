// SPDX-License-Identifier: GPL-2.0
/*
 * libs: libmnl
 * timeout: 600
 *
 * What is done with a vGPU, from creation to removal, with each allocation and
 * copy in it failing in turn, see lib/fail.h. It needs a kernel that injects
 * faults, say 6.1-debug.
 */
#include <errno.h>
#include <string.h>

#include "fail.h"
#include "host.h"

static char id[GV_UUID_LEN + 1];
static struct gv_vfio dev = { -1, -1, -1, 0, "" };

/* Its own UUID each time: the kernel may not have forgotten the last one. */
static int vgpu_new(void)
{
	static unsigned int made;
	int err;

	gv_uuid(id, ++made);
	gv_fail_on();
	err = gv_vgpu_new(gv_fail_gpu, "type", id);
	gv_fail_off();
	return err;
}

static int vgpu_remove(void)
{
	int err;

	gv_fail_on();
	err = gv_vgpu_remove(id);
	gv_fail_off();
	return err;
}

static bool has_vgpu(void)
{
	return *id && gv_vgpu_exists(id);
}

static int open_vgpu(void)
{
	int err;

	gv_fail_on();
	err = -gv_vfio_open(&dev, id);
	gv_fail_off();
	return err;
}

static int close_vgpu(void)
{
	gv_fail_on();
	gv_vfio_close(&dev);
	gv_fail_off();
	dev.device = -1;
	return 0;
}

static bool is_open(void)
{
	return dev.device >= 0;
}

static int ioctl_armed(unsigned long cmd, void *arg)
{
	int err;

	gv_fail_on();
	err = -gv_dev_ioctl(&dev, cmd, arg);
	gv_fail_off();
	return err > 0 ? err : 0;
}

static int ask_device(void)
{
	struct vfio_device_info info = { .argsz = sizeof(info) };

	return ioctl_armed(VFIO_DEVICE_GET_INFO, &info);
}

static int ask_region(void)
{
	char buf[256] = "";
	struct vfio_region_info *info = (void *)buf;

	info->argsz = sizeof(buf);
	info->index = GV_BAR_VRAM;
	return ioctl_armed(VFIO_DEVICE_GET_REGION_INFO, info);
}

static int ask_irq(void)
{
	struct vfio_irq_info info = { .argsz = sizeof(info),
				      .index = GV_IRQ_MSI };

	return ioctl_armed(VFIO_DEVICE_GET_IRQ_INFO, &info);
}

static int set_fd(uint32_t index, uint32_t action, int *fd)
{
	int err;

	if (*fd < 0)
		*fd = gv_eventfd();
	gv_fail_on();
	err = -gv_irq_fd(&dev, index, action, *fd);
	gv_fail_off();
	return err > 0 ? err : 0;
}

static int set_irq(uint32_t index)
{
	static int fd = -1;

	return set_fd(index, VFIO_IRQ_SET_ACTION_TRIGGER, &fd);
}

static int set_intx(void)
{
	return set_irq(GV_IRQ_INTX);
}

/* There can be one, and not the one that is sent. */
static int set_unmask(void)
{
	static int fd = -1;

	gv_irq_fd(&dev, GV_IRQ_INTX, VFIO_IRQ_SET_ACTION_UNMASK, -1);
	return set_fd(GV_IRQ_INTX, VFIO_IRQ_SET_ACTION_UNMASK, &fd);
}

static int mask(uint32_t action)
{
	int err;

	gv_fail_on();
	err = -gv_irq_none(&dev, GV_IRQ_INTX, action, 1);
	gv_fail_off();
	return err > 0 ? err : 0;
}

static int set_masked(void)
{
	return mask(VFIO_IRQ_SET_ACTION_MASK);
}

static int set_unmasked(void)
{
	return mask(VFIO_IRQ_SET_ACTION_UNMASK);
}

static int set_msi(void)
{
	gv_irq_none(&dev, GV_IRQ_INTX, VFIO_IRQ_SET_ACTION_TRIGGER, 0);
	return set_irq(GV_IRQ_MSI);
}

static int set_req(void)
{
	return set_irq(GV_IRQ_REQ);
}

static int reset(void)
{
	return ioctl_armed(VFIO_DEVICE_RESET, NULL);
}

static int plane(void)
{
	struct vfio_device_gfx_plane_info info = {
		.argsz = sizeof(info),
		.flags = VFIO_GFX_PLANE_TYPE_REGION,
	};

	return ioctl_armed(VFIO_DEVICE_QUERY_GFX_PLANE, &info);
}

static int read_config(void)
{
	char buf[64];
	ssize_t ret;

	gv_fail_on();
	ret = gv_read(&dev, GV_CONFIG, 0, buf, sizeof(buf));
	gv_fail_off();
	return ret < 0 ? -ret : ret != sizeof(buf) ? EIO : 0;
}

/* Each time memory that nobody has used: it has to be got. */
static int write_vram(void)
{
	static uint64_t at;
	char buf[64];
	ssize_t ret;

	memset(buf, 0x5a, sizeof(buf));
	at += 64 * GV_PAGE;
	gv_fail_on();
	ret = gv_write(&dev, GV_BAR_VRAM, at % (32 * GV_MIB), buf, sizeof(buf));
	gv_fail_off();
	return ret < 0 ? -ret : ret != sizeof(buf) ? EIO : 0;
}

static int map_vram(void)
{
	void *at;

	gv_fail_on();
	at = gv_map(&dev, GV_BAR_VRAM, 0, 16 * GV_PAGE, PROT_READ | PROT_WRITE);
	gv_fail_off();
	if (!at)
		return errno;
	munmap(at, 16 * GV_PAGE);
	return 0;
}

static const struct gv_fail steps[] = {
	{ .what = "vGPU created", .act = vgpu_new,
	  .is = has_vgpu, .made = true, .undo = vgpu_remove },
	{ .what = "a vGPU for what follows", .act = vgpu_new,
	  .is = has_vgpu, .made = true, .once = true },
	{ .what = "vGPU removed", .act = vgpu_remove,
	  .is = has_vgpu, .made = false, .undo = vgpu_new },
	{ .what = "device opened", .act = open_vgpu,
	  .is = is_open, .made = true, .undo = close_vgpu },
	{ .what = "opened for what follows", .act = open_vgpu,
	  .is = is_open, .made = true, .once = true },
	{ .what = "device info", .act = ask_device },
	{ .what = "region info", .act = ask_region },
	{ .what = "irq info", .act = ask_irq },
	{ .what = "INTx to an eventfd", .act = set_intx },
	{ .what = "an eventfd that unmasks INTx", .act = set_unmask },
	{ .what = "INTx masked", .act = set_masked },
	{ .what = "INTx unmasked", .act = set_unmasked },
	{ .what = "MSI to an eventfd", .act = set_msi },
	{ .what = "request to an eventfd", .act = set_req },
	{ .what = "display plane", .act = plane },
	{ .what = "config space read", .act = read_config },
	{ .what = "VRAM written", .act = write_vram, .backs = true },
	{ .what = "VRAM mapped", .act = map_vram },
	{ .what = "reset", .act = reset, .sure = true },
	{ .what = "device closed", .act = close_vgpu,
	  .is = is_open, .made = false, .undo = open_vgpu, .sure = true },
};

int main(void)
{
	gv_host_begin();
	gv_fail_begin("model A16");
	gv_ktap_plan(GV_FAILS(steps) + 1);
	gv_fail_all(steps, GV_FAILS(steps));
	close_vgpu();
	gv_ktap_check(gv_fail_neighbour_end() && !vgpu_remove(),
		      "the neighbour lives, what was made can be removed");
	gv_fail_end();
	return gv_ktap_end();
}
