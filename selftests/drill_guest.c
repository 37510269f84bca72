// SPDX-License-Identifier: GPL-2.0
/*
 * libs: libmnl
 * config: VFIO_MDEV
 * timeout: 1200
 *
 * R9: a hostile guest. Every offset of config space and of each BAR, with each
 * width and each kind of value, read and written; a second thread changes the
 * mode and the interrupts meanwhile. (vfio_hostile is a guest without a plan.)
 * The kernel has nothing to say to that, and a reset makes the device usable.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drill.h"
#include "neighbour.h"
#include "nl_gpu.h"
#include "vmm.h"

#define FB (5 * GV_MIB)
#define UUID "7e57ab1e-0000-4000-8000-00000000badd"

static struct gv_drill drill;
static struct gv_nl nl;
static struct gv_gpu gpu;
static struct gv_vmm vmm;
static volatile bool stop;

/* What of each region the grid covers; VRAM where a BAR or the slice ends. */
static const struct area {
	unsigned int region;
	uint64_t first;
	unsigned int len;
} areas[] = {
	{ GV_CONFIG, 0, 4096 + 64 },
	{ GV_BAR_ENGINE, 0, 4096 + 64 },
	{ GV_BAR_MMIO, 0, 4096 + 64 },
	{ GV_BAR_SCANOUT, 4 * GV_MIB - 64, 128 },
	{ GV_BAR_VRAM, 0, 64 },
	{ GV_BAR_VRAM, FB - 64, 128 },
	{ GV_BAR_VRAM, 8 * GV_MIB - 64, 128 },
	{ 3, 0, 64 },
	{ 5, 0, 64 },
	{ VFIO_PCI_ROM_REGION_INDEX, 0, 64 },
	{ GV_DISPLAY, 0, 64 },
	{ GV_DISPLAY + 1, 0, 4096 },
	{ GV_NR_REGIONS, 0, 64 },
};

static const size_t widths[] = { 1, 2, 4, 8, 3, 16, 4096 };

static const uint64_t values[] = {
	0, ~0ULL, 1, 0x8080808080808080ULL, 0xffff, 0x00ffffff00000001ULL,
	0x0000ffff0000ffffULL, 0xb0c5b0c5b0c5b0c5ULL,
};

#define NR(array) (sizeof(array) / sizeof((array)[0]))

/* Number of points, and the point of a number: offset, width, value, way. */
static uint64_t grid_size(void)
{
	uint64_t offsets = 0;
	unsigned int i;

	for (i = 0; i < NR(areas); i++)
		offsets += areas[i].len;
	return offsets * NR(widths) * (NR(values) + 1);
}

static void grid_access(uint64_t point)
{
	unsigned int value, width, i = 0;
	uint64_t buf[512];

	value = point % (NR(values) + 1);
	point /= NR(values) + 1;
	width = point % NR(widths);
	point /= NR(widths);
	while (point >= areas[i].len)
		point -= areas[i++].len;
	point += areas[i].first;

	if (value == NR(values)) {
		gv_read(&vmm.v, areas[i].region, point, buf, widths[width]);
		return;
	}
	memset(buf, values[value], sizeof(buf));
	buf[0] = values[value];
	gv_write(&vmm.v, areas[i].region, point, buf, widths[width]);
}

static void *flip(void *arg)
{
	uint64_t state = drill.seed | 1;

	while (!stop) {
		gv_vmm_step(&vmm, &state);
		usleep(200);
	}
	return NULL;
}

/* A file in which only what the kernel logs from now on can be read. */
static int open_log(void)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0 || lseek(fd, 0, SEEK_END) < 0)
		gv_ktap_bail("the kernel log can't be read: %m");
	return fd;
}

/* Nothing, or the first line that was logged. */
static bool logged(int fd, char *line, size_t size)
{
	ssize_t len = read(fd, line, size - 1);

	if (len < 0 && errno == EAGAIN)
		return false;
	line[len > 0 ? len : 0] = '\0';
	return true;
}

/* A reset from outside the hostile process's view: it is as after power-on. */
static bool usable(void)
{
	return !gv_dev_ioctl(&vmm.v, VFIO_DEVICE_RESET, NULL) &&
	       gv_get(&vmm.v, GV_CONFIG, 0, 4) == 0x11111234 &&
	       gv_get(&vmm.v, GV_CONFIG, 4, 2) == 0 &&
	       gv_get(&vmm.v, GV_BAR_MMIO, GV_DISPI(GV_DISPI_ID), 2) == 0xb0c5 &&
	       gv_get(&vmm.v, GV_BAR_ENGINE, GV_ENGINE_SCRATCH, 4) == 0;
}

/*
 * The grid in an order that the seed decides, with a stride that has no common
 * factor with its size: a run that ends early has been everywhere all the same.
 */
static bool attack(struct gv_neighbour *neighbour)
{
	uint64_t size = grid_size(), point, stride = 1000003, i;
	int log = open_log();
	bool moves = true;
	char line[1024];

	while (size % stride == 0)
		stride += 2;
	point = gv_drill_below(&drill, size);
	while (gv_drill_goes_on(&drill) && moves) {
		for (i = 0; i < 2000; i++) {
			grid_access(point);
			point = (point + stride) % size;
		}
		drill.tried += 2000;
		/* The machine is busy: that is not the guest's doing. */
		while (logged(log, line, sizeof(line)))
			if (!strstr(line, "hrtimer: interrupt took") &&
			    !strstr(line, "clocksource: "))
				gv_drill_failed(&drill, "the kernel logged %s", line);
		moves = gv_neighbour_moves(neighbour);
	}
	close(log);
	gv_ktap_note("the grid has %llu points", (unsigned long long)size);
	return moves;
}

int main(int argc, char **argv)
{
	const struct gv_sim sim = { .vram = 16 * GV_MIB };
	struct gv_neighbour neighbour;
	pthread_t thread;
	bool moves;

	gv_ktap_plan(4);
	gv_drill_begin(&drill, argc, argv, "R9",
		       "accesses of a hostile guest",
		       (struct gv_goals){ { 100000, 1000000, 10000000 } });
	gv_nl_open(&nl);
	gv_gpu_new(&nl, &sim, &gpu);
	gv_neighbour_start(&neighbour, &nl, gpu.address, drill.seed);
	if (gv_type_new(&nl, gpu.address, "t", FB, 0) ||
	    gv_vgpu_new(gpu.address, "t", UUID))
		gv_ktap_bail("no vGPU");
	if (gv_vmm_open(&vmm, UUID, FB))
		gv_ktap_bail("the vGPU can't be opened");
	if (pthread_create(&thread, NULL, flip, NULL))
		gv_ktap_bail("no thread");
	moves = attack(&neighbour);
	stop = true;
	pthread_join(thread, NULL);
	gv_ktap_check(usable(), "a reset makes the device usable again");
	gv_vmm_close(&vmm, &drill.state);
	gv_drill_check(&drill, 2000);
	gv_ktap_check(moves & gv_neighbour_end(&neighbour),
		      "the neighbour got on, and keeps its VRAM");
	gv_ktap_check(!gv_gpu_del(&nl, gpu.address), "the GPU goes");
	return gv_ktap_end();
}
