/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GV_PICTURE_H
#define GV_PICTURE_H

#include <stdint.h>

/* Pixels of 32 bits, 0x00RRGGBB; pitch in bytes. */
struct gv_canvas {
	uint8_t *pixels;
	uint32_t pitch;
	int width;
	int height;
};

struct gv_picture {
	const char *title;
	const char *name;
	const char *shape;	/* circle, triangle, square or fill */
	uint32_t background;
};

int gv_shape_known(const char *shape);
void gv_picture_draw(const struct gv_canvas *canvas,
		     const struct gv_picture *picture);

#endif
