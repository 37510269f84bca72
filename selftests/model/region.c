// SPDX-License-Identifier: GPL-2.0
/*
 * Reads and writes through the file: how far they get, and that no byte beyond
 * is touched.
 */
#include "fixture.h"

static u64 region_end(u64 framebuffer, unsigned int index)
{
	u64 bar0 = 1, bar4 = 1;

	while (bar0 * 2 <= framebuffer && bar0 < 256 << 20)
		bar0 *= 2;
	while (bar4 < framebuffer)
		bar4 *= 2;
	switch (index) {
	case 0:
	case 9:
	case 10:
		return bar0;
	case 1:
	case 2:
		return 4096;
	case 4:
		return bar4;
	case 7:
		return 256;
	default:
		return 0;
	}
}

static void access_one(struct gv_vgpu *vgpu, u64 framebuffer)
{
	unsigned int index = gv_below(8) ? gv_below(12) : gv_below(1 << 20);
	u64 end = region_end(framebuffer, index);
	u64 pos = gv_below(2) ? gv_awkward() : end - gv_below(8) + gv_below(8);
	size_t count = gv_below(8) ? gv_below(64) : gv_below(8192), i, want;
	bool write = gv_below(2), vram;
	loff_t at;
	ssize_t n;
	char *buf;

	pos &= VFIO_PCI_OFFSET_MASK;
	at = (u64)index << VFIO_PCI_OFFSET_SHIFT | pos;
	/* the kernel lets no negative offset through */
	if (at < 0)
		return;
	buf = malloc(count + 1);
	memset(buf, 0xa5, count + 1);
	gv_last_vram.count = 0;

	n = write ? gv_region_write(&vgpu->vdev, buf, count, &at) :
		    gv_region_read(&vgpu->vdev, buf, count, &at);
	vram = index == 0 || index == 4 || index == 9 || index == 10;
	want = pos >= end ? 0 : end - pos < count ? end - pos : count;
	if (pos >= end) {
		gv_expect(n == -EINVAL, "%zd in %u at %llx", n, index, pos);
	} else if (write && index > 8) {
		gv_expect(n == -EACCES, "%zd in %u", n, index);
	} else {
		gv_expect(n == (ssize_t)want, "%zd, not %zu, in %u", n, want,
			  index);
		gv_expect(((u64)at & VFIO_PCI_OFFSET_MASK) == pos + want,
			  "position %llx", (u64)at);
	}
	if (n >= 0 && vram && want) {
		gv_expect(gv_last_vram.count == want &&
			  gv_last_vram.write == write, "%zu", want);
		gv_expect(index > 8 || gv_last_vram.pos == pos, "%llx", pos);
	} else {
		gv_expect(!gv_last_vram.count, "VRAM from region %u", index);
	}
	if (!write && !vram)
		for (i = n > 0 ? n : 0; i <= count; i++)
			gv_expect(buf[i] == (char)0xa5, "byte %zu", i);
	free(buf);
}

static void info(struct gv_vgpu *vgpu, u64 framebuffer)
{
	struct vfio_region_info ri = { .index = gv_awkward() };
	struct vfio_info_cap caps = {};
	int err = gv_region_info(&vgpu->vdev, &ri, &caps);

	gv_expect(!err == (ri.index < GV_NR_REGIONS), "%u: %d", ri.index, err);
	if (!err)
		gv_expect(ri.size == region_end(framebuffer, ri.index) &&
			  !ri.flags == !ri.size, "%u: %llx", ri.index, ri.size);
	free(caps.buf);
}

void gv_model_region(uint64_t n)
{
	u64 framebuffer;
	struct gv_vgpu *vgpu;
	unsigned int i;

	for (; n >= 100; n -= 100) {
		framebuffer = gv_some_framebuffer();
		vgpu = gv_make_vgpu(framebuffer, 1024, 768);
		for (i = 0; i < 100; i++) {
			gv_case();
			if (i % 16)
				access_one(vgpu, framebuffer);
			else
				info(vgpu, framebuffer);
		}
		gv_drop_vgpu(vgpu);
	}
}
