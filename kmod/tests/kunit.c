// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit suites of what is pure logic: sources of gpuvirt.ko, compiled a second
 * time into a module of tests. selftests/model compares the same sources with
 * models in user space, with many more cases; this is to see them right as the
 * kernel's compiler and headers have made them. Built where the kernel has KUnit
 * and GV_KUNIT=y is given, see Kbuild.
 */
#include <kunit/test.h>
#include <linux/module.h>
#include <linux/random.h>

/* Two modules must not export the same. */
#undef EXPORT_SYMBOL_GPL
#define EXPORT_SYMBOL_GPL(name)

#include "../why.c"
#include "../state.c"
#include "../vram.c"
#include "../edid.c"
#include "../vgpu_irq.c"
#include "../vgpu_config.c"
#include "../vgpu_mmio.c"

#define GV_TEST_MIB 128
#define GV_TEST_SLICES 32
#define GV_TEST_STEPS 2000

struct gv_vram_model {
	struct gv_vram vram;
	struct gv_slice slices[GV_TEST_SLICES];
	u8 owner[GV_TEST_MIB];
};

static u32 gv_test_below(u32 n)
{
	return get_random_u32() % n;
}

/* The first place where so many MiB are free, or -1. */
static int gv_model_place(const struct gv_vram_model *m, u32 mib)
{
	u32 at, n;

	for (at = 0; at + mib <= GV_TEST_MIB; at++) {
		for (n = 0; n < mib && !m->owner[at + n]; n++)
			;
		if (n == mib)
			return at;
	}
	return -1;
}

static void gv_vram_step(struct kunit *test, struct gv_vram_model *m)
{
	u32 i = gv_test_below(GV_TEST_SLICES), mib = 1 + gv_test_below(24), at;
	struct gv_slice *slice = &m->slices[i];
	u64 free = 0;
	int place;

	if (slice->size) {
		memset(m->owner + (slice->offset >> 20), 0, slice->size >> 20);
		gv_vram_give(&m->vram, slice);
		slice->size = 0;
	} else {
		place = gv_model_place(m, mib);
		KUNIT_EXPECT_EQ(test, gv_vram_take(&m->vram, slice,
						   (u64)mib << 20),
				place < 0 ? -ENOSPC : 0);
		if (place < 0)
			return;
		KUNIT_EXPECT_EQ(test, slice->offset, (u64)place << 20);
		memset(m->owner + place, i + 1, mib);
	}
	for (at = 0; at < GV_TEST_MIB; at++)
		free += !m->owner[at];
	KUNIT_EXPECT_EQ(test, m->vram.free, free << 20);
	KUNIT_EXPECT_EQ(test, gv_vram_largest(&m->vram) >= (u64)mib << 20,
			gv_model_place(m, mib) >= 0);
	KUNIT_EXPECT_EQ(test, gv_vram_fit(&m->vram, 1 << 20), (u32)free);
}

static void gv_test_vram(struct kunit *test)
{
	struct gv_vram_model *m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, m);
	gv_vram_init(&m->vram, (u64)GV_TEST_MIB << 20);
	for (i = 0; i < GV_TEST_STEPS; i++)
		gv_vram_step(test, m);
}

static void gv_test_edid(struct kunit *test)
{
	u8 edid[GV_EDID_SIZE], sum;
	u32 xres, yres;
	int i, k;

	for (i = 0; i < GV_TEST_STEPS; i++) {
		xres = 64 + 8 * gv_test_below(300);
		yres = 64 + gv_test_below(1600);
		gv_edid_fill(edid, xres, yres, i);
		for (sum = 0, k = 0; k < GV_EDID_SIZE; k++)
			sum += edid[k];
		KUNIT_EXPECT_EQ(test, sum, 0);
		KUNIT_EXPECT_EQ(test, edid[56] | (edid[58] & 0xf0) << 4, xres);
		KUNIT_EXPECT_EQ(test, edid[59] | (edid[61] & 0xf0) << 4, yres);
	}
}

static struct gv_vgpu *gv_test_vgpu(struct kunit *test, u64 framebuffer)
{
	struct gv_vgpu *vgpu = kunit_kzalloc(test, sizeof(*vgpu), GFP_KERNEL);
	struct gv_type *type = kunit_kzalloc(test, sizeof(*type), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, vgpu);
	KUNIT_ASSERT_NOT_NULL(test, type);
	type->params.xres = 1024;
	type->params.yres = 768;
	vgpu->type = type;
	vgpu->slice.size = framebuffer;
	mutex_init(&vgpu->lock);
	gv_irq_init(vgpu);
	gv_config_init(vgpu);
	gv_mmio_init(vgpu);
	return vgpu;
}

/* All ones are written, and what comes back tells the size. */
static void gv_test_bars(struct kunit *test)
{
	struct gv_vgpu *vgpu;
	u64 framebuffer, back, size;
	int i, k;

	for (i = 0; i < 64; i++) {
		framebuffer = (4ULL + gv_test_below(4096)) << 20;
		vgpu = gv_test_vgpu(test, framebuffer);
		mutex_lock(&vgpu->lock);
		for (k = 0; k < 24; k++)
			gv_config_write(vgpu, PCI_BASE_ADDRESS_0 + k, 0xff);
		back = get_unaligned_le32(vgpu->config + PCI_BASE_ADDRESS_0);
		for (size = 1; size * 2 <= framebuffer && size < 256 << 20;)
			size *= 2;
		KUNIT_EXPECT_EQ(test, -(u32)(back & ~15U), (u32)size);
		back = get_unaligned_le64(vgpu->config + PCI_BASE_ADDRESS_4);
		for (size = 1; size < framebuffer;)
			size *= 2;
		KUNIT_EXPECT_EQ(test, -(back & ~15ULL), size);
		mutex_unlock(&vgpu->lock);
	}
}

/* A picture is one if its last byte is in BAR0. */
static void gv_test_dispi(struct kunit *test)
{
	static const u16 values[] = { 0, 63, 64, 640, 1024, 4096, 65535 };
	struct gv_vgpu *vgpu = gv_test_vgpu(test, 16 << 20);
	u64 width, last;
	u16 reg[GV_NR_DISPI];
	struct gv_mode mode;
	int i, k;

	mutex_lock(&vgpu->lock);
	for (i = 0; i < GV_TEST_STEPS; i++) {
		for (k = 0; k < GV_NR_DISPI; k++)
			reg[k] = values[gv_test_below(ARRAY_SIZE(values))];
		reg[GV_DISPI_BPP] = 32;
		reg[GV_DISPI_ENABLE] = 1;
		for (k = 0; k < 2 * GV_NR_DISPI; k++)
			gv_mmio_write(vgpu, GV_MMIO_DISPI + k,
				      reg[k / 2] >> (k & 1 ? 8 : 0));
		width = max(reg[GV_DISPI_XRES], reg[GV_DISPI_VIRT_WIDTH]);
		last = (width * (reg[GV_DISPI_Y_OFFSET] + reg[GV_DISPI_YRES]) +
			reg[GV_DISPI_X_OFFSET]) * 4;
		KUNIT_EXPECT_EQ(test, gv_mmio_mode(vgpu, &mode),
				reg[GV_DISPI_XRES] >= 64 &&
				reg[GV_DISPI_YRES] >= 64 && last <= 16 << 20);
	}
	mutex_unlock(&vgpu->lock);
}

/* A refusal has its sentence, cut off where there is no room. */
static void gv_test_why(struct kunit *test)
{
	struct gv_why why = { .missing = true };

	KUNIT_EXPECT_EQ(test, gv_fail(&why, -EBUSY, GPUVIRT_REASON_TYPE_FULL,
				      3, "%0200d", 1), -EBUSY);
	KUNIT_EXPECT_EQ(test, strlen(why.text), (size_t)GPUVIRT_TEXT_MAX);
	KUNIT_EXPECT_EQ(test, why.attr, 3);
	KUNIT_EXPECT_FALSE(test, why.missing);
	KUNIT_EXPECT_EQ(test, gv_fail_nomem(NULL), -ENOMEM);
}

static struct kunit_case gv_cases[] = {
	KUNIT_CASE(gv_test_vram),
	KUNIT_CASE(gv_test_edid),
	KUNIT_CASE(gv_test_bars),
	KUNIT_CASE(gv_test_dispi),
	KUNIT_CASE(gv_test_why),
	{}
};

static struct kunit_suite gv_suite = {
	.name = "gpuvirt",
	.test_cases = gv_cases,
};

kunit_test_suite(gv_suite);

MODULE_DESCRIPTION("Tests of gpuvirt's logic");
MODULE_LICENSE("GPL");
