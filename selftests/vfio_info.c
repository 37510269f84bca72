// SPDX-License-Identifier: GPL-2.0
/*
 * timeout: 120
 * config: VFIO_MDEV
 *
 * What the vGPU says it is, and what it answers to questions asked badly.
 */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "host.h"
#include "ktap.h"
#include "vfio.h"

#define ID "0a16a000-0000-4000-8000-000000000001"

/* Not a power of two, so BAR0 is smaller than it and BAR4 larger. */
#define FRAMEBUFFER (5 * GV_MIB)

#define R VFIO_REGION_INFO_FLAG_READ
#define W VFIO_REGION_INFO_FLAG_WRITE
#define M VFIO_REGION_INFO_FLAG_MMAP
#define C VFIO_REGION_INFO_FLAG_CAPS

static const struct {
	uint64_t size;
	uint32_t flags;
} regions[GV_NR_REGIONS] = {
	[GV_BAR_SCANOUT] = { 4 * GV_MIB, R | W | M },
	[GV_BAR_ENGINE] = { 4096, R | W },
	[GV_BAR_MMIO] = { 4096, R | W },
	[GV_BAR_VRAM] = { 8 * GV_MIB, R | W | M | C },
	[GV_CONFIG] = { 256, R | W },
	[GV_DISPLAY] = { 4 * GV_MIB, R | M },
	[GV_DISPLAY + 1] = { 4 * GV_MIB, R | M },
};

static const uint32_t irq_flags[VFIO_PCI_NUM_IRQS] = {
	[GV_IRQ_INTX] = VFIO_IRQ_INFO_EVENTFD | VFIO_IRQ_INFO_MASKABLE |
			VFIO_IRQ_INFO_AUTOMASKED,
	[GV_IRQ_MSI] = VFIO_IRQ_INFO_EVENTFD | VFIO_IRQ_INFO_NORESIZE,
	[GV_IRQ_MSIX] = VFIO_IRQ_INFO_EVENTFD | VFIO_IRQ_INFO_NORESIZE,
	[GV_IRQ_ERR] = VFIO_IRQ_INFO_EVENTFD | VFIO_IRQ_INFO_NORESIZE,
	[GV_IRQ_REQ] = VFIO_IRQ_INFO_EVENTFD | VFIO_IRQ_INFO_NORESIZE,
};

static struct gv_vfio vgpu;

static void check_device(void)
{
	struct vfio_device_info info = { .argsz = sizeof(info) };
	int ret = gv_dev_ioctl(&vgpu, VFIO_DEVICE_GET_INFO, &info);

	gv_ktap_check(!ret && info.flags == (VFIO_DEVICE_FLAGS_PCI |
					     VFIO_DEVICE_FLAGS_RESET) &&
		      info.num_regions == GV_NR_REGIONS &&
		      info.num_irqs == VFIO_PCI_NUM_IRQS,
		      "it is a PCI device that can be reset");
}

static bool region_good(unsigned int index)
{
	struct vfio_region_info info = { .argsz = sizeof(info),
					 .index = index };
	int ret = gv_dev_ioctl(&vgpu, VFIO_DEVICE_GET_REGION_INFO, &info);

	if (!ret && info.size == regions[index].size &&
	    info.flags == regions[index].flags &&
	    info.offset == gv_at(index, 0) && !info.cap_offset)
		return true;
	gv_ktap_note("region %u: ret %d size 0x%llx flags 0x%x", index, ret,
		     (unsigned long long)info.size, info.flags);
	return false;
}

static void check_regions(void)
{
	bool good = true;
	unsigned int i;

	for (i = 0; i < GV_NR_REGIONS; i++)
		good &= region_good(i);
	gv_ktap_check(good, "each region has its size, offset and flags");
}

/* One area: the slice, at the start of the BAR. */
static bool sparse_good(const struct vfio_region_info *info, size_t room)
{
	const struct vfio_region_info_cap_sparse_mmap *sparse;

	if (!(info->flags & C) || info->cap_offset < sizeof(*info) ||
	    info->cap_offset + sizeof(*sparse) + sizeof(sparse->areas[0]) > room)
		return false;
	sparse = (const void *)((const char *)info + info->cap_offset);
	return sparse->header.id == VFIO_REGION_INFO_CAP_SPARSE_MMAP &&
	       sparse->header.version == 1 && !sparse->header.next &&
	       sparse->nr_areas == 1 && !sparse->areas[0].offset &&
	       sparse->areas[0].size == FRAMEBUFFER;
}

static void check_sparse(void)
{
	union {
		struct vfio_region_info info;
		uint8_t room[256];
	} arg = { .info = { .argsz = sizeof(struct vfio_region_info),
			    .index = GV_BAR_VRAM } };
	uint32_t need;
	int ret;

	ret = gv_dev_ioctl(&vgpu, VFIO_DEVICE_GET_REGION_INFO, &arg);
	need = arg.info.argsz;
	gv_ktap_check(!ret && need > sizeof(arg.info) && need <= sizeof(arg) &&
		      !arg.info.cap_offset && gv_all(&arg.info + 1,
			sizeof(arg) - sizeof(arg.info), 0),
		      "without room for capabilities the size needed is told");

	arg.info.argsz = need - 1;
	ret = gv_dev_ioctl(&vgpu, VFIO_DEVICE_GET_REGION_INFO, &arg);
	gv_ktap_check(!ret && arg.info.argsz == need && !arg.info.cap_offset,
		      "nor are they cut when one byte lacks");

	memset(arg.room, 0x5a, sizeof(arg));
	arg.info.argsz = need;
	arg.info.index = GV_BAR_VRAM;
	ret = gv_dev_ioctl(&vgpu, VFIO_DEVICE_GET_REGION_INFO, &arg);
	gv_ktap_check(!ret && arg.info.argsz == need &&
		      sparse_good(&arg.info, need) &&
		      gv_all(arg.room + need, sizeof(arg) - need, 0x5a),
		      "with room they say that the slice can be mapped, no more");
}

static void check_irqs(void)
{
	struct vfio_irq_info info;
	bool good = true;
	unsigned int i;
	int ret;

	for (i = 0; i < VFIO_PCI_NUM_IRQS; i++) {
		info = (struct vfio_irq_info){ .argsz = sizeof(info),
					       .index = i };
		ret = gv_dev_ioctl(&vgpu, VFIO_DEVICE_GET_IRQ_INFO, &info);
		if (ret || info.flags != irq_flags[i] ||
		    info.count != (i != GV_IRQ_MSIX)) {
			gv_ktap_note("irq %u: ret %d flags 0x%x count %u", i,
				     ret, info.flags, info.count);
			good = false;
		}
	}
	gv_ktap_check(good, "each interrupt index has its count and flags");
}

static const struct {
	const char *name;
	unsigned long cmd;
	uint32_t min;
} calls[] = {
	{ "GET_INFO", VFIO_DEVICE_GET_INFO, 16 },
	{ "GET_REGION_INFO", VFIO_DEVICE_GET_REGION_INFO, 32 },
	{ "GET_IRQ_INFO", VFIO_DEVICE_GET_IRQ_INFO, 16 },
	{ "SET_IRQS", VFIO_DEVICE_SET_IRQS, 20 },
	{ "QUERY_GFX_PLANE", VFIO_DEVICE_QUERY_GFX_PLANE, 60 },
};

#define NR_CALLS (sizeof(calls) / sizeof(calls[0]))

static int call(unsigned int n, uint32_t argsz, uint32_t rest)
{
	uint32_t arg[32] = { argsz, rest, rest, rest, rest };

	return gv_dev_ioctl(&vgpu, calls[n].cmd, arg);
}

static void check_argsz(void)
{
	uint32_t argsz;
	unsigned int i;
	bool good;
	int ret;

	for (i = 0; i < NR_CALLS; i++) {
		good = true;
		for (argsz = 0; argsz < calls[i].min; argsz++) {
			ret = call(i, argsz, 0);
			if (ret == -EINVAL)
				continue;
			gv_ktap_note("argsz %u: %d", argsz, ret);
			good = false;
		}
		gv_ktap_check(good, "%s: each argsz below %u is EINVAL",
			      calls[i].name, calls[i].min);
	}
}

static void check_indexes(void)
{
	static const uint32_t bad[] = { GV_NR_REGIONS, 64, 0x7fffffff, ~0U };
	struct vfio_region_info region;
	struct vfio_irq_info irq;
	bool good = true;
	unsigned int i;

	for (i = 0; i < 4; i++) {
		region = (struct vfio_region_info){ .argsz = sizeof(region),
						    .index = bad[i] };
		irq = (struct vfio_irq_info){ .argsz = sizeof(irq),
					      .index = bad[i] };
		good &= gv_dev_ioctl(&vgpu, VFIO_DEVICE_GET_REGION_INFO,
				     &region) == -EINVAL;
		good &= gv_dev_ioctl(&vgpu, VFIO_DEVICE_GET_IRQ_INFO,
				     &irq) == -EINVAL;
	}
	irq = (struct vfio_irq_info){ .argsz = sizeof(irq),
				      .index = VFIO_PCI_NUM_IRQS };
	good &= gv_dev_ioctl(&vgpu, VFIO_DEVICE_GET_IRQ_INFO, &irq) == -EINVAL;
	gv_ktap_check(good, "an index that there is not is EINVAL");
}

static void check_pointers(void)
{
	void *page = mmap(NULL, 2 * GV_PAGE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	bool good = true;
	unsigned int i;

	munmap((char *)page + GV_PAGE, GV_PAGE);
	for (i = 0; i < NR_CALLS; i++) {
		good &= gv_dev_ioctl(&vgpu, calls[i].cmd, NULL) == -EFAULT;
		good &= gv_dev_ioctl(&vgpu, calls[i].cmd,
				     (char *)page + GV_PAGE - 8) == -EFAULT;
		good &= gv_dev_ioctl(&vgpu, calls[i].cmd,
				     (void *)0xffff888000000000UL) == -EFAULT;
	}
	gv_ktap_check(good, "a pointer to nowhere is EFAULT");

	/* What can be read but not written: the answer has no place. */
	mprotect(page, GV_PAGE, PROT_READ | PROT_WRITE);
	((uint32_t *)page)[0] = 64;
	mprotect(page, GV_PAGE, PROT_READ);
	good = true;
	for (i = 0; i < 3; i++)
		good &= gv_dev_ioctl(&vgpu, calls[i].cmd, page) == -EFAULT;
	gv_ktap_check(good, "a pointer to read-only memory is EFAULT");
	munmap(page, GV_PAGE);
}

static void check_unknown(void)
{
	static const unsigned long cmds[] = {
		VFIO_DEVICE_IOEVENTFD, VFIO_DEVICE_GET_PCI_HOT_RESET_INFO,
		VFIO_DEVICE_PCI_HOT_RESET, VFIO_DEVICE_GET_GFX_DMABUF,
		_IO(VFIO_TYPE, VFIO_BASE + 99), _IO('x', 1), 0, ~0U,
	};
	uint32_t arg[32] = { sizeof(arg) };
	bool good = true;
	unsigned int i;
	int ret;

	for (i = 0; i < sizeof(cmds) / sizeof(cmds[0]); i++) {
		ret = gv_dev_ioctl(&vgpu, cmds[i], arg);
		if (ret == -ENOTTY)
			continue;
		gv_ktap_note("ioctl 0x%lx: %d", cmds[i], ret);
		good = false;
	}
	gv_ktap_check(good, "an ioctl that it does not know is ENOTTY");
}

int main(void)
{
	char gpu[GV_GPU_MAX];

	gv_host_begin();
	gv_ktap_plan(12 + NR_CALLS);
	gv_host_sim_add(gpu, "vram 64MiB");
	gv_host_type_new(gpu, "5m", "framebuffer 5MiB");
	gv_host_vgpu_new(gpu, "5m", ID);
	gv_vfio_must_open(&vgpu, ID);

	check_device();
	check_regions();
	check_sparse();
	check_irqs();
	check_argsz();
	check_indexes();
	check_pointers();
	check_unknown();

	gv_vfio_close(&vgpu);
	gv_ktap_check(gv_num("vgpu", ID, "open") == 0 ||
		      gv_num("vgpu", ID, "open") == ~0ULL,
		      "once closed it is told to be so");
	gv_ktap_check(!gv_run("gpuvirt vgpu del %s", ID), "and can be deleted");
	return gv_ktap_end();
}
