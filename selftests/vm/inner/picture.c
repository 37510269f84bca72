// SPDX-License-Identifier: GPL-2.0
/*
 * A picture that tells at a glance which guest drew it, and whether it came
 * through whole: a frame at the very edge, a title, the name of the vGPU, a
 * shape, and the colour bars of a television test card with a grey ramp.
 */

#include <ctype.h>
#include <string.h>

#include "font.h"
#include "picture.h"

#define WHITE	0xffffff
#define YELLOW	0xffd54a

static void gv_put(const struct gv_canvas *c, int x, int y, uint32_t colour)
{
	if (x < 0 || y < 0 || x >= c->width || y >= c->height)
		return;
	memcpy(c->pixels + (size_t)y * c->pitch + (size_t)x * 4, &colour, 4);
}

static void gv_rect(const struct gv_canvas *c, int x, int y, int w, int h,
		    uint32_t colour)
{
	for (int i = y; i < y + h; i++)
		for (int j = x; j < x + w; j++)
			gv_put(c, j, i, colour);
}

static void gv_letter(const struct gv_canvas *c, int x, int y, int scale,
		      char letter, uint32_t colour)
{
	for (size_t i = 0; i < sizeof(gv_font) / sizeof(gv_font[0]); i++) {
		const struct gv_glyph *g = &gv_font[i];

		if (g->c != toupper((unsigned char)letter))
			continue;
		for (int row = 0; row < GV_FONT_ROWS; row++)
			for (int col = 0; col < GV_FONT_COLS; col++)
				if (g->row[row] & 0x10 >> col)
					gv_rect(c, x + col * scale,
						y + row * scale, scale, scale,
						colour);
		return;
	}
}

/* Centred, as large as max_scale and the width allow. */
static void gv_text(const struct gv_canvas *c, int y, int max_scale,
		    const char *text, uint32_t colour)
{
	int cells = strlen(text) * (GV_FONT_COLS + 1) - 1;
	int scale = c->width * 9 / 10 / (cells > 0 ? cells : 1);
	int x;

	if (scale > max_scale)
		scale = max_scale;
	if (scale < 1)
		scale = 1;
	x = (c->width - cells * scale) / 2;
	for (; *text; text++, x += (GV_FONT_COLS + 1) * scale)
		gv_letter(c, x, y, scale, *text, colour);
}

static void gv_circle(const struct gv_canvas *c, int cx, int cy, int r)
{
	for (int y = -r; y <= r; y++)
		for (int x = -r; x <= r; x++)
			if (x * x + y * y <= r * r)
				gv_put(c, cx + x, cy + y,
				       x * x + y * y <= r * r / 4 ? 0xd03030 :
								    YELLOW);
}

static void gv_triangle(const struct gv_canvas *c, int cx, int cy, int r)
{
	for (int y = 0; y <= 2 * r; y++)
		gv_rect(c, cx - y / 2, cy - r + y, y + 1, 1,
			y > r && y < 2 * r - r / 4 ? 0x30a060 : YELLOW);
}

static void gv_square(const struct gv_canvas *c, int cx, int cy, int r)
{
	gv_rect(c, cx - r, cy - r, 2 * r, 2 * r, YELLOW);
	gv_rect(c, cx - r / 2, cy - r / 2, r, r, 0x3050d0);
}

static const struct {
	const char *name;
	void (*draw)(const struct gv_canvas *c, int cx, int cy, int r);
} shapes[] = {
	{ "circle", gv_circle },
	{ "triangle", gv_triangle },
	{ "square", gv_square },
	{ "fill", NULL },
};

int gv_shape_known(const char *shape)
{
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		if (!strcmp(shape, shapes[i].name))
			return 1;
	return 0;
}

static void gv_shape(const struct gv_canvas *c, const char *shape)
{
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		if (!strcmp(shape, shapes[i].name) && shapes[i].draw)
			shapes[i].draw(c, c->width / 2, c->height * 52 / 100,
				       c->height / 6);
}

static void gv_bars(const struct gv_canvas *c, int y, int h)
{
	static const uint32_t bars[] = {
		0xffffff, 0xffff00, 0x00ffff, 0x00ff00,
		0xff00ff, 0xff0000, 0x0000ff, 0x000000,
	};
	int n = sizeof(bars) / sizeof(bars[0]);

	for (int i = 0; i < n; i++) {
		int from = c->width * i / n;
		int to = c->width * (i + 1) / n;

		gv_rect(c, from, y, to - from, h * 2 / 3, bars[i]);
	}
	for (int x = 0; x < c->width; x++)
		gv_rect(c, x, y + h * 2 / 3, 1, h - h * 2 / 3,
			0x010101u * (uint32_t)(x * 255 / c->width));
}

static void gv_frame(const struct gv_canvas *c, int w)
{
	gv_rect(c, 0, 0, c->width, w, WHITE);
	gv_rect(c, 0, c->height - w, c->width, w, WHITE);
	gv_rect(c, 0, 0, w, c->height, WHITE);
	gv_rect(c, c->width - w, 0, w, c->height, WHITE);
}

/* With the shape "fill", nothing but the background: easy to compare. */
void gv_picture_draw(const struct gv_canvas *c, const struct gv_picture *p)
{
	gv_rect(c, 0, 0, c->width, c->height, p->background);
	if (!strcmp(p->shape, "fill"))
		return;
	gv_text(c, c->height / 14, c->height / 45, p->title, WHITE);
	gv_text(c, c->height / 14 + c->height / 5, c->height / 130, p->name,
		YELLOW);
	gv_shape(c, p->shape);
	gv_bars(c, c->height * 3 / 4, c->height / 4);
	gv_frame(c, c->height / 180 + 1);
}
