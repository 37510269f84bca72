// SPDX-License-Identifier: GPL-2.0
/*
 * Runs in an inner guest: sets the preferred mode of the first display of
 * /dev/dri/card0 by KMS, draws a picture on it, says so and stays, because the
 * picture goes when the last file that shows it is closed.
 *
 * With -o it needs no display: it writes the picture to a file.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

#include "picture.h"

struct gv_screen {
	int fd;
	uint32_t connector;
	uint32_t crtc;
	drmModeModeInfo mode;
};

static void gv_die(const char *what)
{
	fprintf(stderr, "draw: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* The mode that the display itself prefers, as its EDID says. */
static const drmModeModeInfo *gv_preferred(const drmModeConnector *conn)
{
	for (int i = 0; i < conn->count_modes; i++)
		if (conn->modes[i].type & DRM_MODE_TYPE_PREFERRED)
			return &conn->modes[i];
	return &conn->modes[0];
}

static void gv_screen_open(struct gv_screen *screen, const char *path)
{
	drmModeRes *res;

	screen->fd = open(path, O_RDWR | O_CLOEXEC);
	if (screen->fd < 0)
		gv_die(path);
	res = drmModeGetResources(screen->fd);
	if (!res || !res->count_crtcs)
		gv_die("the device has no display");
	screen->crtc = res->crtcs[0];
	for (int i = 0; i < res->count_connectors; i++) {
		drmModeConnector *conn;

		conn = drmModeGetConnector(screen->fd, res->connectors[i]);
		if (conn && conn->connection == DRM_MODE_CONNECTED &&
		    conn->count_modes) {
			screen->connector = conn->connector_id;
			screen->mode = *gv_preferred(conn);
			drmModeFreeConnector(conn);
			drmModeFreeResources(res);
			return;
		}
		drmModeFreeConnector(conn);
	}
	errno = ENODEV;
	gv_die("no display is connected");
}

static uint32_t gv_screen_buffer(struct gv_screen *screen,
				 struct gv_canvas *canvas)
{
	struct drm_mode_create_dumb create = {
		.width = screen->mode.hdisplay,
		.height = screen->mode.vdisplay,
		.bpp = 32,
	};
	struct drm_mode_map_dumb map = {};
	uint32_t fb;
	void *mem;

	if (drmIoctl(screen->fd, DRM_IOCTL_MODE_CREATE_DUMB, &create))
		gv_die("no memory for the picture");
	if (drmModeAddFB(screen->fd, create.width, create.height, 24, 32,
			 create.pitch, create.handle, &fb))
		gv_die("the buffer can't be shown");
	map.handle = create.handle;
	if (drmIoctl(screen->fd, DRM_IOCTL_MODE_MAP_DUMB, &map))
		gv_die("the buffer can't be mapped");
	mem = mmap(NULL, create.size, PROT_READ | PROT_WRITE, MAP_SHARED,
		   screen->fd, map.offset);
	if (mem == MAP_FAILED)
		gv_die("mmap");
	canvas->pixels = mem;
	canvas->pitch = create.pitch;
	canvas->width = create.width;
	canvas->height = create.height;
	return fb;
}

static void gv_show(const struct gv_picture *picture, const char *path)
{
	struct gv_canvas canvas;
	struct gv_screen screen;
	uint32_t fb;

	gv_screen_open(&screen, path);
	fb = gv_screen_buffer(&screen, &canvas);
	gv_picture_draw(&canvas, picture);
	if (drmModeSetCrtc(screen.fd, screen.crtc, fb, 0, 0, &screen.connector,
			   1, &screen.mode))
		gv_die("the mode can't be set");
	printf("DRAWN %s %dx%d\n", picture->name, canvas.width, canvas.height);
	fflush(stdout);
	for (;;)
		pause();
}

static void gv_write_ppm(const struct gv_picture *picture, const char *path,
			 const char *size)
{
	struct gv_canvas canvas = {};
	FILE *file = fopen(path, "w");

	if (!file)
		gv_die(path);
	if (sscanf(size, "%dx%d", &canvas.width, &canvas.height) != 2 ||
	    canvas.width < 1 || canvas.height < 1 || canvas.width > 16384 ||
	    canvas.height > 16384) {
		errno = EINVAL;
		gv_die(size);
	}
	canvas.pitch = canvas.width * 4;
	canvas.pixels = calloc(canvas.height, canvas.pitch);
	if (!canvas.pixels)
		gv_die("no memory for the picture");
	gv_picture_draw(&canvas, picture);
	fprintf(file, "P6\n%d %d\n255\n", canvas.width, canvas.height);
	for (int i = 0; i < canvas.width * canvas.height; i++) {
		const uint8_t *p = canvas.pixels + (size_t)i * 4;

		fputc(p[2], file);
		fputc(p[1], file);
		fputc(p[0], file);
	}
	if (fclose(file))
		gv_die(path);
	free(canvas.pixels);
}

static void gv_usage(void)
{
	fputs("usage: draw [-t TITLE] [-n NAME] [-s circle|triangle|square|fill]\n"
	      "            [-b RRGGBB] [-d DEVICE | -o FILE.ppm -r WxH]\n",
	      stderr);
	exit(2);
}

int main(int argc, char **argv)
{
	struct gv_picture picture = {
		.title = "gpuvirt",
		.name = "no name",
		.shape = "circle",
		.background = 0x203050,
	};
	const char *device = "/dev/dri/card0";
	const char *size = "1024x768";
	const char *file = NULL;
	int opt;

	while ((opt = getopt(argc, argv, "t:n:s:b:d:o:r:")) != -1) {
		switch (opt) {
		case 't':
			picture.title = optarg;
			break;
		case 'n':
			picture.name = optarg;
			break;
		case 's':
			picture.shape = optarg;
			break;
		case 'b':
			picture.background = strtoul(optarg, NULL, 16) &
					     0xffffff;
			break;
		case 'd':
			device = optarg;
			break;
		case 'o':
			file = optarg;
			break;
		case 'r':
			size = optarg;
			break;
		default:
			gv_usage();
		}
	}
	if (optind != argc || !gv_shape_known(picture.shape))
		gv_usage();
	if (file)
		gv_write_ppm(&picture, file, size);
	else
		gv_show(&picture, device);
	return 0;
}
