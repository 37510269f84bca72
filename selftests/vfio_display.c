// SPDX-License-Identifier: GPL-2.0
/*
 * timeout: 120
 * config: VFIO_MDEV
 *
 * The picture as a VMM gets it: which plane is told of, and that the display
 * region has the bytes of the picture, from its start.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host.h"
#include "ktap.h"
#include "vfio.h"

#define ID "0a16a000-0000-4000-8000-000000000001"
#define FB (10 * GV_MIB)
#define BAR0 (8 * GV_MIB)

#define XRGB8888 0x34325258	/* "XR24" */
#define RGB565 0x36314752	/* "RG16" */
#define PRIMARY 1
#define CURSOR 2

#define PROBE VFIO_GFX_PLANE_TYPE_PROBE
#define DMABUF VFIO_GFX_PLANE_TYPE_DMABUF
#define REGION VFIO_GFX_PLANE_TYPE_REGION

static struct gv_vfio vgpu;

static int query(struct vfio_device_gfx_plane_info *plane, uint32_t flags,
		 uint32_t type)
{
	memset(plane, 0x5a, sizeof(*plane));
	plane->argsz = sizeof(*plane);
	plane->flags = flags;
	plane->drm_plane_type = type;
	return gv_dev_ioctl(&vgpu, VFIO_DEVICE_QUERY_GFX_PLANE, plane);
}

static bool blank(void)
{
	struct vfio_device_gfx_plane_info plane;

	return !query(&plane, REGION, PRIMARY) && !plane.width &&
	       !plane.height && !plane.size && !plane.drm_format &&
	       !plane.drm_format_mod && plane.region_index >= GV_DISPLAY &&
	       plane.region_index < GV_NR_REGIONS;
}

/* Region of a picture that is as it should be, or 0. */
static uint32_t shown(uint32_t format, uint32_t width, uint32_t height,
		      uint32_t stride)
{
	struct vfio_device_gfx_plane_info plane;

	if (!query(&plane, REGION, PRIMARY) && plane.drm_format == format &&
	    plane.width == width && plane.height == height &&
	    plane.stride == stride && plane.size == stride * height &&
	    !plane.drm_format_mod && !plane.x_pos && !plane.y_pos &&
	    plane.region_index >= GV_DISPLAY &&
	    plane.region_index < GV_NR_REGIONS)
		return plane.region_index;
	gv_ktap_note("%ux%u stride %u size %u format 0x%x region %u",
		     plane.width, plane.height, plane.stride, plane.size,
		     plane.drm_format, plane.region_index);
	return 0;
}

static void check_kinds(void)
{
	struct vfio_device_gfx_plane_info plane;

	gv_ktap_check(!query(&plane, PROBE | REGION, PRIMARY) &&
		      query(&plane, PROBE | DMABUF, PRIMARY) == -EINVAL,
		      "a probe tells that planes are regions");
	gv_ktap_check(query(&plane, DMABUF, PRIMARY) == -EINVAL &&
		      query(&plane, PROBE, PRIMARY) == -EINVAL &&
		      query(&plane, 0, PRIMARY) == -EINVAL &&
		      query(&plane, REGION | DMABUF, PRIMARY) == -EINVAL &&
		      query(&plane, REGION | 8, PRIMARY) == -EINVAL,
		      "any other kind is EINVAL");
	gv_ktap_check(blank(), "before a mode is set the screen is blank");
	gv_mode(&vgpu, 1024, 768, 32);
	gv_ktap_check(!query(&plane, REGION, CURSOR) && !plane.width &&
		      !plane.size && !plane.drm_format &&
		      plane.drm_plane_type == CURSOR,
		      "there is no cursor plane");
	gv_ktap_check(!query(&plane, REGION, 0) && plane.width == 1024 &&
		      plane.drm_format == XRGB8888,
		      "who does not name the plane, as QEMU, gets the picture");
}

static void check_modes(void)
{
	uint32_t plain, wide, narrow;

	gv_mode(&vgpu, 1024, 768, 32);
	plain = shown(XRGB8888, 1024, 768, 4096);
	gv_put(&vgpu, GV_BAR_MMIO, GV_DISPI(GV_DISPI_VIRT_WIDTH), 2, 1280);
	wide = shown(XRGB8888, 1024, 768, 5120);
	gv_mode(&vgpu, 800, 600, 16);
	narrow = shown(RGB565, 800, 600, 1600);
	gv_ktap_check(plain && wide && narrow,
		      "a mode has its size, format and stride");

	gv_mode(&vgpu, 1024, 768, 32);
	gv_put(&vgpu, GV_BAR_MMIO, GV_DISPI(GV_DISPI_ENABLE), 2, 0);
	gv_ktap_check(blank() && gv_num("vgpu", ID, "mode-xres") == 0,
		      "switched off, it is blank");
	gv_mode(&vgpu, 1024, 768, 32);
	gv_ktap_check(gv_num("vgpu", ID, "mode-xres") == 1024 &&
		      gv_num("vgpu", ID, "mode-yres") == 768,
		      "`vgpu show` tells the mode");
}

static void check_bad_modes(void)
{
	static const uint16_t bpps[] = { 0, 1, 4, 8, 15, 24, 33, 0x7fff, 0xffff };
	bool good = true;
	unsigned int i;

	for (i = 0; i < sizeof(bpps) / sizeof(bpps[0]); i++) {
		gv_mode(&vgpu, 640, 480, 32);
		gv_put(&vgpu, GV_BAR_MMIO, GV_DISPI(GV_DISPI_BPP), 2, bpps[i]);
		good &= blank();
	}
	gv_ktap_check(good, "a depth other than 16 and 32 is blank");

	/* 8 MiB are 2048 lines of 4096 bytes. */
	gv_mode(&vgpu, 1024, 2048, 32);
	good = shown(XRGB8888, 1024, 2048, 4096);
	gv_mode(&vgpu, 1024, 2049, 32);
	good &= blank();
	gv_mode(&vgpu, 1024, 2048, 32);
	gv_put(&vgpu, GV_BAR_MMIO, GV_DISPI(GV_DISPI_Y_OFFSET), 2, 1);
	good &= blank();
	gv_mode(&vgpu, 1024, 2048, 32);
	gv_put(&vgpu, GV_BAR_MMIO, GV_DISPI(GV_DISPI_X_OFFSET), 2, 1);
	good &= blank();
	gv_mode(&vgpu, 0xffff, 0xffff, 32);
	gv_put(&vgpu, GV_BAR_MMIO, GV_DISPI(GV_DISPI_X_OFFSET), 2, 0xffff);
	gv_put(&vgpu, GV_BAR_MMIO, GV_DISPI(GV_DISPI_Y_OFFSET), 2, 0xffff);
	good &= blank();
	gv_ktap_check(good, "a mode that reaches beyond BAR0 is blank");

	gv_mode(&vgpu, 63, 480, 32);
	good = blank();
	gv_mode(&vgpu, 640, 0, 32);
	gv_ktap_check(good && blank(), "so is one that is too small");
}

/* The region has the bytes of VRAM from @start on, read and mapped. */
static bool region_is(uint32_t region, uint64_t start)
{
	size_t len = 768 * 4096;
	uint8_t *vram, *read, *map;
	bool good;

	vram = malloc(len);
	read = malloc(len);
	map = gv_map(&vgpu, region, 0, len, PROT_READ);
	if (!vram || !read || !map)
		gv_ktap_bail("the picture can't be mapped: %m");
	good = gv_read(&vgpu, GV_BAR_VRAM, start, vram, len) == (ssize_t)len &&
	       gv_read(&vgpu, region, 0, read, len) == (ssize_t)len &&
	       !memcmp(vram, read, len) && !memcmp(vram, map, len);
	munmap(map, len);
	free(vram);
	free(read);
	return good;
}

static void fill(void)
{
	uint32_t *vram = gv_map(&vgpu, GV_BAR_VRAM, 0, FB,
				PROT_READ | PROT_WRITE);
	size_t i;

	if (!vram)
		gv_ktap_bail("VRAM can't be mapped: %m");
	for (i = 0; i < FB / 4; i++)
		vram[i] = i * 2654435761U;
	munmap(vram, FB);
}

static void check_flip(void)
{
	uint32_t first, again, second, third;

	fill();
	gv_mode(&vgpu, 1024, 768, 32);
	first = shown(XRGB8888, 1024, 768, 4096);
	again = shown(XRGB8888, 1024, 768, 4096);
	gv_ktap_check(first && first == again && region_is(first, 0),
		      "the region has the bytes of the picture");

	gv_put(&vgpu, GV_BAR_MMIO, GV_DISPI(GV_DISPI_Y_OFFSET), 2, 768);
	second = shown(XRGB8888, 1024, 768, 4096);
	gv_ktap_check(second && second != first &&
		      region_is(second, 768 * 4096),
		      "when the picture moves the other region has it");
	gv_put(&vgpu, GV_BAR_MMIO, GV_DISPI(GV_DISPI_Y_OFFSET), 2, 0);
	third = shown(XRGB8888, 1024, 768, 4096);
	gv_ktap_check(third == first && region_is(third, 0) &&
		      region_is(second, 768 * 4096),
		      "when it moves back the first has it; both stay good");
	gv_put(&vgpu, GV_BAR_MMIO, GV_DISPI(GV_DISPI_Y_OFFSET), 2, 100);
	third = shown(XRGB8888, 1024, 768, 4096);
	gv_ktap_check(third == second && region_is(third, 100 * 4096),
		      "a third place takes turns");
}

static void check_rights(void)
{
	uint32_t data = 0, region;
	void *map;

	gv_mode(&vgpu, 1024, 768, 32);
	region = shown(XRGB8888, 1024, 768, 4096);
	map = gv_map(&vgpu, region, 0, GV_PAGE, PROT_READ | PROT_WRITE);
	gv_ktap_check(!map && errno == EACCES,
		      "the picture can't be mapped to be written");
	map = gv_map(&vgpu, region, 0, GV_PAGE, PROT_READ);
	gv_ktap_check(map && mprotect(map, GV_PAGE, PROT_READ | PROT_WRITE) &&
		      errno == EACCES, "nor made so later");
	munmap(map, GV_PAGE);
	gv_ktap_check(gv_write(&vgpu, region, 0, &data, 4) == -EACCES &&
		      gv_write(&vgpu, region, 0, NULL, 4) == -EACCES,
		      "nor written through the file");
	gv_ktap_check(gv_read(&vgpu, region, BAR0, &data, 4) == -EINVAL &&
		      !gv_map(&vgpu, region, BAR0, GV_PAGE, PROT_READ) &&
		      !gv_map(&vgpu, region, 0, BAR0 + GV_PAGE, PROT_READ),
		      "past its end there is nothing");
}

/* The signal that ends who reads a byte of a mapping; 0 if none does. */
static int signal_at(const volatile uint8_t *p)
{
	pid_t pid = fork();
	int status;

	if (pid < 0)
		gv_ktap_bail("fork: %m");
	if (!pid) {
		(void)*p;
		_exit(0);
	}
	if (waitpid(pid, &status, 0) != pid)
		gv_ktap_bail("waitpid: %m");
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

/* A region that starts late in the slice must not reach its neighbour. */
static void check_end(void)
{
	static uint8_t buf[BAR0];
	uint32_t region;
	uint8_t *map;
	bool good;

	gv_mode(&vgpu, 1024, 768, 32);
	gv_put(&vgpu, GV_BAR_MMIO, GV_DISPI(GV_DISPI_Y_OFFSET), 2, 1280);
	region = shown(XRGB8888, 1024, 768, 4096);
	good = region && gv_read(&vgpu, region, 0, buf, BAR0) == (ssize_t)BAR0;
	/* 5 MiB in: 5 MiB of the slice follow, then nobody answers. */
	gv_ktap_check(good && gv_all(buf + 5 * GV_MIB, 3 * GV_MIB, 0xff) &&
		      !gv_all(buf + 4 * GV_MIB, GV_MIB, 0xff),
		      "beyond the slice the region reads as ones");
	map = gv_map(&vgpu, region, 0, BAR0, PROT_READ);
	gv_ktap_check(map && !signal_at(map + 5 * GV_MIB - 1) &&
		      signal_at(map + 5 * GV_MIB) == SIGBUS &&
		      signal_at(map + BAR0 - 1) == SIGBUS,
		      "and mapped, it ends there");
	munmap(map, BAR0);
}

static void check_reset(void)
{
	gv_mode(&vgpu, 1024, 768, 32);
	if (gv_dev_ioctl(&vgpu, VFIO_DEVICE_RESET, NULL))
		gv_ktap_bail("VFIO_DEVICE_RESET failed");
	gv_ktap_check(blank() && gv_num("vgpu", ID, "mode-xres") == 0,
		      "after a reset it is blank");
	gv_mode(&vgpu, 1024, 768, 32);
	gv_vfio_close(&vgpu);
	gv_vfio_must_open(&vgpu, ID);
	gv_ktap_check(blank(), "so it is when it is opened again");
}

int main(void)
{
	char gpu[GV_GPU_MAX];

	gv_host_begin();
	gv_ktap_plan(23);
	gv_host_sim_add(gpu, "vram 64MiB");
	gv_host_type_new(gpu, "t", "framebuffer 10MiB");
	gv_host_vgpu_new(gpu, "t", ID);
	gv_vfio_must_open(&vgpu, ID);

	check_kinds();
	check_modes();
	check_bad_modes();
	check_flip();
	check_rights();
	check_end();
	check_reset();
	gv_vfio_close(&vgpu);
	return gv_ktap_end();
}
