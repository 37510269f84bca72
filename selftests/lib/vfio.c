// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "ktap.h"
#include "vfio.h"

static int gv_vfio_number(const char *id)
{
	char path[80], target[256], *slash;
	ssize_t len;

	/* A PCI address, or a UUID. */
	snprintf(path, sizeof(path), "/sys/bus/%s/devices/%s/iommu_group",
		 strchr(id, ':') ? "pci" : "mdev", id);
	len = readlink(path, target, sizeof(target) - 1);
	if (len < 0)
		return -errno;
	target[len] = '\0';
	slash = strrchr(target, '/');
	return slash ? atoi(slash + 1) : -EINVAL;
}

static int gv_vfio_set_up(struct gv_vfio *v)
{
	char node[32];

	v->container = open("/dev/vfio/vfio", O_RDWR | O_CLOEXEC);
	if (v->container < 0)
		return -errno;
	snprintf(node, sizeof(node), "/dev/vfio/%u", v->number);
	v->group = open(node, O_RDWR | O_CLOEXEC);
	if (v->group < 0)
		return -errno;
	if (ioctl(v->group, VFIO_GROUP_SET_CONTAINER, &v->container) ||
	    ioctl(v->container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU))
		return -errno;
	v->device = ioctl(v->group, VFIO_GROUP_GET_DEVICE_FD, v->id);
	return v->device < 0 ? -errno : 0;
}

int gv_vfio_open(struct gv_vfio *v, const char *id)
{
	int ret;

	*v = (struct gv_vfio){ -1, -1, -1, 0, "" };
	snprintf(v->id, sizeof(v->id), "%s", id);
	ret = gv_vfio_number(id);
	if (ret < 0)
		return ret;
	v->number = ret;
	ret = gv_vfio_set_up(v);
	if (ret)
		gv_vfio_close(v);
	return ret;
}

void gv_vfio_must_open(struct gv_vfio *v, const char *id)
{
	int ret = gv_vfio_open(v, id);

	if (ret)
		gv_ktap_bail("vGPU %s can't be opened: %s", id, strerror(-ret));
}

void gv_vfio_close(struct gv_vfio *v)
{
	if (v->device >= 0)
		close(v->device);
	if (v->group >= 0)
		close(v->group);
	if (v->container >= 0)
		close(v->container);
	v->device = -1;
	v->group = -1;
	v->container = -1;
}

int gv_dev_ioctl(const struct gv_vfio *v, unsigned long cmd, void *arg)
{
	int ret = ioctl(v->device, cmd, arg);

	return ret < 0 ? -errno : ret;
}

ssize_t gv_read(const struct gv_vfio *v, unsigned int region, uint64_t pos,
		void *buf, size_t len)
{
	ssize_t ret = pread(v->device, buf, len, gv_at(region, pos));

	return ret < 0 ? -errno : ret;
}

ssize_t gv_write(const struct gv_vfio *v, unsigned int region, uint64_t pos,
		 const void *buf, size_t len)
{
	ssize_t ret = pwrite(v->device, buf, len, gv_at(region, pos));

	return ret < 0 ? -errno : ret;
}

uint32_t gv_get(const struct gv_vfio *v, unsigned int region, uint64_t pos,
		size_t len)
{
	uint32_t val = 0;

	if (gv_read(v, region, pos, &val, len) != (ssize_t)len)
		gv_ktap_bail("region %u can't be read at 0x%llx", region,
			     (unsigned long long)pos);
	return val;
}

void gv_put(const struct gv_vfio *v, unsigned int region, uint64_t pos,
	    size_t len, uint32_t val)
{
	if (gv_write(v, region, pos, &val, len) != (ssize_t)len)
		gv_ktap_bail("region %u can't be written at 0x%llx", region,
			     (unsigned long long)pos);
}

void *gv_map(const struct gv_vfio *v, unsigned int region, uint64_t pos,
	     size_t len, int prot)
{
	void *map = mmap(NULL, len, prot, MAP_SHARED, v->device,
			 gv_at(region, pos));

	return map == MAP_FAILED ? NULL : map;
}

static void gv_dispi(const struct gv_vfio *v, unsigned int reg, uint16_t val)
{
	gv_put(v, GV_BAR_MMIO, GV_DISPI(reg), 2, val);
}

void gv_mode(const struct gv_vfio *v, unsigned int xres, unsigned int yres,
	     unsigned int bpp)
{
	gv_dispi(v, GV_DISPI_ENABLE, 0);
	gv_dispi(v, GV_DISPI_XRES, xres);
	gv_dispi(v, GV_DISPI_YRES, yres);
	gv_dispi(v, GV_DISPI_BPP, bpp ? bpp : 32);
	gv_dispi(v, GV_DISPI_VIRT_WIDTH, xres);
	gv_dispi(v, GV_DISPI_X_OFFSET, 0);
	gv_dispi(v, GV_DISPI_Y_OFFSET, 0);
	gv_dispi(v, GV_DISPI_ENABLE, 1);
}

int gv_irq(const struct gv_vfio *v, uint32_t index, uint32_t flags,
	   uint32_t start, uint32_t count, const void *data, size_t size)
{
	union {
		struct vfio_irq_set set;
		uint8_t room[sizeof(struct vfio_irq_set) + 64];
	} arg = { .set = {
		.argsz = sizeof(arg.set) + size,
		.flags = flags,
		.index = index,
		.start = start,
		.count = count,
	} };

	if (size > 64)
		gv_ktap_bail("too much data for SET_IRQS");
	if (size)
		memcpy(arg.set.data, data, size);
	return gv_dev_ioctl(v, VFIO_DEVICE_SET_IRQS, &arg);
}

int gv_irq_fd(const struct gv_vfio *v, uint32_t index, uint32_t action, int fd)
{
	int32_t data = fd;

	return gv_irq(v, index, action | VFIO_IRQ_SET_DATA_EVENTFD, 0, 1, &data,
		      sizeof(data));
}

int gv_irq_none(const struct gv_vfio *v, uint32_t index, uint32_t action,
		uint32_t count)
{
	return gv_irq(v, index, action | VFIO_IRQ_SET_DATA_NONE, 0, count, NULL,
		      0);
}

int gv_irq_bool(const struct gv_vfio *v, uint32_t index, uint32_t action,
		uint8_t val)
{
	return gv_irq(v, index, action | VFIO_IRQ_SET_DATA_BOOL, 0, 1, &val, 1);
}

int gv_eventfd(void)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	if (fd < 0)
		gv_ktap_bail("eventfd: %m");
	return fd;
}

uint64_t gv_fired(int fd, int ms)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	uint64_t count = 0;

	if (poll(&poll_fd, 1, ms) <= 0)
		return 0;
	return read(fd, &count, sizeof(count)) == sizeof(count) ? count : 0;
}

int gv_dma_map(const struct gv_vfio *v, uint64_t iova, void *memory,
	       size_t size, uint32_t flags)
{
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map),
		.flags = flags,
		.vaddr = (uintptr_t)memory,
		.iova = iova,
		.size = size,
	};

	return ioctl(v->container, VFIO_IOMMU_MAP_DMA, &map) ? -errno : 0;
}

int gv_dma_unmap(const struct gv_vfio *v, uint64_t iova, size_t size)
{
	struct vfio_iommu_type1_dma_unmap unmap = {
		.argsz = sizeof(unmap),
		.iova = iova,
		.size = size,
	};

	return ioctl(v->container, VFIO_IOMMU_UNMAP_DMA, &unmap) ? -errno : 0;
}

bool gv_all(const void *buf, size_t len, uint8_t val)
{
	const uint8_t *byte = buf;

	if (!len)
		return true;
	return byte[0] == val && !memcmp(byte, byte + 1, len - 1);
}
