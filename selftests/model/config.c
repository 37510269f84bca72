// SPDX-License-Identifier: GPL-2.0
/*
 * Configuration space of a vGPU: the model says of each bit by itself what a
 * guest's write makes of it.
 */
#include "fixture.h"

struct model {
	u64 framebuffer;
	u8 bytes[256];
};

static u64 bar_size(u64 framebuffer, unsigned int bar)
{
	u64 size = 1;

	switch (bar) {
	case 0:
		while (size * 2 <= framebuffer && size < 256 << 20)
			size *= 2;
		return size;
	case 1:
	case 2:
		return 4096;
	case 4:
		while (size < framebuffer)
			size *= 2;
		return size;
	default:
		return 0;
	}
}

/* Bit @n of configuration space: can a guest write it? */
static bool writable(const struct model *dev, unsigned int n)
{
	unsigned int byte = n / 8, bit;

	if (byte == 4 || byte == 5) {		/* command */
		bit = n - 4 * 8;
		return bit == 1 || bit == 2 || bit == 10;
	}
	if (byte == 0x3c)			/* interrupt line */
		return true;
	if (byte >= 0x10 && byte < 0x20) {	/* BARs 0 to 3 */
		bit = n % 32;
		return bar_size(dev->framebuffer, (byte - 0x10) / 4) &&
		       1ULL << bit >= bar_size(dev->framebuffer,
					       (byte - 0x10) / 4);
	}
	if (byte >= 0x20 && byte < 0x28) {	/* BAR 4, of 64 bits */
		bit = n - 0x20 * 8;
		return 1ULL << bit >= bar_size(dev->framebuffer, 4);
	}
	if (byte == 0x42)			/* MSI enable */
		return n % 8 == 0;
	if (byte >= 0x44 && byte < 0x4c)	/* MSI address */
		return n - 0x44 * 8 >= 2;
	return byte == 0x4c || byte == 0x4d;	/* MSI data */
}

static u8 read(struct gv_vgpu *vgpu, unsigned int pos)
{
	u8 val;

	mutex_lock(&vgpu->lock);
	val = gv_config_read(vgpu, pos);
	mutex_unlock(&vgpu->lock);
	return val;
}

static void write(struct gv_vgpu *vgpu, struct model *dev, unsigned int pos,
		  u8 val)
{
	unsigned int bit;

	mutex_lock(&vgpu->lock);
	gv_config_write(vgpu, pos, val);
	mutex_unlock(&vgpu->lock);
	for (bit = 0; bit < 8; bit++) {
		if (!writable(dev, pos * 8 + bit))
			continue;
		dev->bytes[pos] &= ~(1 << bit);
		dev->bytes[pos] |= val & 1 << bit;
	}
}

static u64 read_n(struct gv_vgpu *vgpu, unsigned int pos, unsigned int n)
{
	u64 val = 0;

	while (n--)
		val = val << 8 | read(vgpu, pos + n);
	return val;
}

/* As a guest finds out how large a BAR is. */
static void size_bar(struct gv_vgpu *vgpu, struct model *dev, unsigned int bar)
{
	unsigned int pos = 0x10 + 4 * bar, n = bar == 4 ? 8 : 4, i;
	u64 size = bar_size(dev->framebuffer, bar), flags, back;

	for (i = 0; i < n; i++)
		write(vgpu, dev, pos + i, 0xff);
	back = read_n(vgpu, pos, n);
	flags = bar == 0 ? 8 : bar == 4 ? 8 | 4 : 0;
	if (!size) {
		gv_expect(!back, "BAR%u", bar);
		return;
	}
	gv_expect((back & 15) == flags, "BAR%u: %llx", bar, back);
	back = ~(back & ~15ULL) + 1;
	if (n == 4)
		back &= 0xffffffff;
	gv_expect(back == size, "BAR%u is %llx, not %llx", bar, back, size);
	gv_expect(gv_config_bar_size(vgpu, bar) == size, "BAR%u", bar);
}

static void begin(struct gv_vgpu *vgpu, struct model *dev)
{
	unsigned int pos;

	for (pos = 0; pos < 256; pos++)
		dev->bytes[pos] = read(vgpu, pos);
	gv_expect(read_n(vgpu, 0, 4) == 0x11111234, "ids");
	gv_expect(read_n(vgpu, 8, 4) == 0x03800002, "class");
	gv_expect(read(vgpu, read(vgpu, 0x34)) == 5, "MSI is the capability");
	gv_expect(!read(vgpu, read(vgpu, 0x34) + 1), "and the last one");
}

static void round_of(unsigned int writes)
{
	struct model dev = { .framebuffer = gv_some_framebuffer() };
	struct gv_vgpu *vgpu = gv_make_vgpu(dev.framebuffer, 1024, 768);
	unsigned int pos, seen;

	begin(vgpu, &dev);
	while (writes--) {
		gv_case();
		pos = gv_below(2) ? gv_below(256) : gv_below(0x50);
		switch (gv_below(64)) {
		case 0:
			size_bar(vgpu, &dev, gv_below(5));
			break;
		case 1:
			gv_irq_raise(vgpu, gv_awkward());
			break;
		case 2:
			gv_irq_ack(vgpu, gv_awkward());
			break;
		default:
			write(vgpu, &dev, pos, gv_awkward());
		}
		seen = dev.bytes[pos];
		if (pos == 6 && gv_irq_status(vgpu))
			seen |= 8;
		gv_expect(read(vgpu, pos) == seen, "at %02x", pos);
	}
	for (pos = 0; pos < 256; pos++)
		gv_expect(vgpu->config[pos] == dev.bytes[pos], "at %02x", pos);
	gv_drop_vgpu(vgpu);
}

void gv_model_config(uint64_t n)
{
	for (; n >= 200; n -= 200)
		round_of(200);
}
