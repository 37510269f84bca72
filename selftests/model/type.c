// SPDX-License-Identifier: GPL-2.0
/*
 * vGPU types: what may be one, by the rules as Documentation and the manual
 * tell them; how many vGPUs fit, by making them until it is refused.
 */
#include "fixture.h"
#include "state.h"
#include "type.h"

#define MIB (1ULL << 20)

/* Is it what gpuvirt-type(8) calls a name? */
static bool good_name(const char *name)
{
	static const char first[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

	if (!*name || !strchr(first, *name))
		return false;
	while (*++name)
		if (!strchr(first, *name) && !strchr("._+-", *name))
			return false;
	return true;
}

/*
 * CVT with reduced blanking, version 1: 160 pixels and at least 460 us, of a
 * frame of 16666 us. In ten thousandths of a line, which no 32 bits hold.
 */
static bool clock_fits(u32 xres, u32 yres)
{
	u64 blank = 460ULL * yres / (16666 - 460) + 1;

	if (blank < 3 + 6 + 7)
		blank = 3 + 6 + 7;
	return (xres + 160ULL) * (yres + blank) * 60 < 655351ULL * 1000;
}

static u64 aperture(u64 framebuffer)
{
	u64 size = 1;

	while (size * 2 <= framebuffer && size < 256 * MIB)
		size *= 2;
	return size;
}

static bool good_mode(u64 framebuffer, u32 xres, u32 yres)
{
	return xres >= 64 && xres <= 4088 && xres % 8 == 0 && yres >= 64 &&
	       yres <= 4095 && clock_fits(xres, yres) &&
	       4ULL * xres * yres <= aperture(framebuffer);
}

static bool good(const struct gv_backend *be, const struct gv_type_params *p)
{
	u64 most;

	if (!good_name(p->name))
		return false;
	if (p->framebuffer < 4 * MIB || p->framebuffer & (MIB - 1) ||
	    p->framebuffer > be->vram.size)
		return false;
	if (p->series && p->series != 'A' && p->series != 'B' &&
	    p->series != 'C' && p->series != 'Q')
		return false;
	for (most = 0; (most + 1) * p->framebuffer <= be->vram.size; most++)
		if (most == be->max_vgpus)
			break;
	if (p->max_instances > most || p->heads > 1 || p->weight > 1024)
		return false;
	if (!p->xres && !p->yres)
		return true;
	return p->xres && p->yres && good_mode(p->framebuffer, p->xres, p->yres);
}

static void some_name(char *name)
{
	unsigned int i, n = gv_below(8);

	for (i = 0; i < n; i++)
		name[i] = gv_below(20) ? "A1z9-_.+"[gv_below(8)] :
			  1 + gv_below(255);
	name[n] = '\0';
}

static u32 some(u32 bound)
{
	return gv_below(8) ? gv_below(bound) : gv_awkward();
}

static void check(void)
{
	struct gv_type_params p = {}, asked;
	struct gv_backend be;
	struct gv_why why = {};
	bool is_good;
	int err;

	gv_make_backend(&be, (4 + gv_below(4096)) * MIB, 1 + gv_below(64));
	some_name(p.name);
	p.framebuffer = gv_below(8) ? (2 + gv_below(64)) * MIB : gv_awkward();
	p.series = gv_below(4) ? "ABCQ"[gv_below(4)] : gv_below(128);
	p.max_instances = some(70);
	p.heads = gv_below(16) ? gv_below(2) : gv_awkward();
	p.weight = some(1100);
	if (gv_below(2)) {
		p.xres = gv_below(4) ? 8 * gv_below(520) : gv_awkward();
		p.yres = gv_below(4) ? gv_below(4200) : gv_awkward();
	}

	asked = p;
	is_good = good(&be, &asked);
	err = gv_type_check(&be, &p, &why);
	gv_expect(!err == is_good, "%d for '%s' fb %llu %ux%u: %s", err,
		  asked.name, asked.framebuffer, asked.xres, asked.yres,
		  why.text);
	if (err) {
		gv_expect(why.reason && why.text[0], "no reason");
		return;
	}
	gv_expect(good_mode(p.framebuffer, p.xres, p.yres), "%ux%u", p.xres,
		  p.yres);
	gv_expect(p.max_instances && p.heads == 1 && p.weight, "left out");
}

/* Give VRAM and a place to as many as there can be, then take them back. */
static u32 count(struct gv_type *type, struct gv_backend *be,
		 struct gv_slice *slices, u32 room)
{
	u32 n, i;

	for (n = 0; n < room; n++) {
		if (be->nr_vgpus == be->max_vgpus ||
		    type->live == type->params.max_instances ||
		    gv_vram_take(&be->vram, &slices[n],
				 type->params.framebuffer))
			break;
		be->nr_vgpus++;
		type->live++;
	}
	for (i = 0; i < n; i++)
		gv_vram_give(&be->vram, &slices[i]);
	be->nr_vgpus -= n;
	type->live -= n;
	return n;
}

static void room(void)
{
	static struct gv_slice held[32], more[256];
	struct gv_type type = {};
	enum gpuvirt_reason reason;
	struct gv_backend be;
	struct gv_why why = {};
	u32 available, n, i;

	gv_make_backend(&be, (16 + gv_below(200)) * MIB, 1 + gv_below(40));
	type.be = &be;
	type.state = gv_below(16) ? GV_TYPE_LIVE : gv_below(3);
	type.params.framebuffer = (4 + gv_below(12)) * MIB;
	type.params.max_instances = 1 + gv_below(16);
	be.drain = !gv_below(16);
	be.leaving = !gv_below(16);

	n = gv_below(32);
	for (i = 0; i < n && be.nr_vgpus < be.max_vgpus; i++) {
		bool own = gv_below(2) && type.live < type.params.max_instances;
		u64 size = own ? type.params.framebuffer :
			   (4 + gv_below(20)) * MIB;

		held[i].size = 0;
		if (gv_vram_take(&be.vram, &held[i], size))
			continue;
		be.nr_vgpus++;
		type.live += own;
	}
	/* holes */
	while (i--)
		if (held[i].size && !gv_below(3) && be.nr_vgpus > type.live) {
			gv_vram_give(&be.vram, &held[i]);
			be.nr_vgpus--;
		}

	spin_lock(&gv_state_lock);
	reason = gv_type_room(&type, &available);
	gv_expect(!gv_type_explain(&type, &why) == !reason &&
		  why.reason == reason, "%u, not %u", why.reason, reason);
	spin_unlock(&gv_state_lock);
	n = count(&type, &be, more, 256);
	if (type.state != GV_TYPE_LIVE || be.drain || be.leaving)
		n = 0;
	gv_expect(available == n && !reason == !!n, "%u, not %u: reason %u",
		  available, n, reason);
}

void gv_model_type(uint64_t n)
{
	while (n--) {
		gv_case();
		if (n % 4)
			check();
		else
			room();
	}
}
