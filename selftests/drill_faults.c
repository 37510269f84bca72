// SPDX-License-Identifier: GPL-2.0
/*
 * libs: libmnl
 * timeout: 900
 *
 * R2: types, vGPUs, VFs and simulated GPUs come and go by the tool, and a vGPU is used,
 * while one in some of the allocations of the modules fails, and of the copies from and
 * to who asks. Each request ends in one of the ways it may end; a neighbour gets on; and
 * when nothing fails any more, all that was left can be removed and all capacity is
 * there. It needs a kernel that injects faults where it is told to, say 6.1-cover.
 */
#include <string.h>
#include <unistd.h>

#include "drill.h"
#include "fail.h"
#include "fault.h"
#include "host.h"
#include "neighbour.h"
#include "vfio.h"

#define PERCENT 8
/* Rounds, if some kind is not met in the time: two have met none but objects. */
#define MOST 20
#define ID "fa11d000-0000-4000-8000-00000000%04x"

static struct gv_drill drill;
static char other[GV_GPU_MAX];
static unsigned int refused, odd;
static struct gv_faults faults;

/* 0 is done and 1 is refused; anything else is a mistake. */
static int command(const char *cmd)
{
	int status = gv_run("%s", cmd);

	drill.tried++;
	refused += status == 1;
	if (status != 0 && status != 1) {
		odd++;
		gv_drill_failed(&drill, "status %d of: %s: %s", status, cmd,
				gv_said);
	}
	return status;
}

__attribute__((format(printf, 1, 2)))
static int try(const char *fmt, ...)
{
	char cmd[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(cmd, sizeof(cmd), fmt, ap);
	va_end(ap);
	return command(cmd);
}

/* What a VMM does. Of VRAM each page is a new one, which must be got. */
static void use(unsigned int n)
{
	char id[GV_UUID_LEN + 1];
	struct gv_vfio v;
	int fd;

	drill.tried++;
	snprintf(id, sizeof(id), ID, n);
	if (gv_vfio_open(&v, id)) {
		refused++;
		return;
	}
	fd = gv_eventfd();
	gv_irq_fd(&v, GV_IRQ_INTX, VFIO_IRQ_SET_ACTION_TRIGGER, fd);
	for (n = 0; n < 64; n++)
		gv_write(&v, GV_BAR_VRAM, n * GV_PAGE, "x", 1);
	gv_dev_ioctl(&v, VFIO_DEVICE_RESET, NULL);
	gv_vfio_close(&v);
	close(fd);
}

static void find_other(const struct gv_msg *msg, void *arg)
{
	if (!strcmp(gv_str(msg, GPUVIRT_A_GPU_MODEL), "T4"))
		snprintf(other, sizeof(other), "%.16s",
			 gv_str(msg, GPUVIRT_A_GPU_ADDRESS));
}

static void round_of(unsigned int n)
{
	try("gpuvirt type new %s r%u framebuffer 16MiB", gv_fail_gpu, n);
	try("gpuvirt vgpu new %s r%u uuid " ID, gv_fail_gpu, n, n);
	try("gpuvirt vgpu new %s type uuid " ID, gv_fail_gpu, n + 0x1000);
	use(n);
	try("gpuvirt vf enable %s 2 resize", gv_fail_gpu);
	try("gpuvirt vf reset %.*s1", (int)strlen(gv_fail_gpu) - 1,
	    gv_fail_gpu);
	try("gpuvirt vgpu reset " ID, n);
	try("gpuvirt sim add model T4 total-vfs 1");
	try("gpuvirt");
	try("gpuvirt vf disable %s", gv_fail_gpu);
	try("gpuvirt vgpu del " ID, n);
	try("gpuvirt vgpu del " ID, n + 0x1000);
	try("gpuvirt type del %s r%u", gv_fail_gpu, n);
	other[0] = '\0';
	gv_nl_dump_cmd(&gv_fail_nl, GPUVIRT_CMD_GPU_GET, find_other, NULL);
	if (other[0])
		try("gpuvirt sim del %s", other);
}

static bool all_met(void)
{
	return faults.slab && faults.pages && faults.copies;
}

/* Without faults nothing is in the way of taking away what is left. */
static bool clean(unsigned int n)
{
	bool good = true;

	gv_run("gpuvirt vgpu del " ID, n);
	gv_run("gpuvirt vgpu del " ID, n + 0x1000);
	gv_run("gpuvirt type del %s r%u", gv_fail_gpu, n);
	good &= !gv_run("gpuvirt vf disable %s", gv_fail_gpu);
	other[0] = '\0';
	gv_nl_dump_cmd(&gv_fail_nl, GPUVIRT_CMD_GPU_GET, find_other, NULL);
	if (other[0])
		good &= !gv_run("gpuvirt sim del %s", other);
	/* Those of lib/fail.h. */
	good &= gv_num("gpu", gv_fail_gpu, "vgpus") == 3 &&
		gv_num("gpu", gv_fail_gpu, "types") == 2 &&
		gv_num("gpu", gv_fail_gpu, "num-vfs") == 0 &&
		gv_num("gpu", gv_fail_gpu, "vram-free") == 16 * GV_GIB -
		2 * 64 * GV_MIB - GV_NEIGHBOUR_FB;
	if (!good)
		gv_ktap_note("round %u: %s", n, gv_said);
	return good;
}

int main(int argc, char **argv)
{
	const struct gv_goals goals = { { 130, 520, 20000 } };
	bool good = true, lives = true;
	unsigned int n;

	gv_host_begin();
	gv_must("modprobe vfio_pci");
	gv_fail_begin("model A16 total-vfs 2");
	if (!gv_fault_has_filter())
		gv_ktap_skip_all("this kernel injects faults anywhere or nowhere");
	gv_ktap_plan(5);
	gv_drill_begin(&drill, argc, argv, "R2",
		       "requests while allocations and copies fail by chance", goals);
	for (n = 0; (gv_drill_goes_on(&drill) || (n < MOST && !all_met())) &&
	     good && lives; n++) {
		gv_fault_random_on(PERCENT);
		round_of(n);
		lives = gv_fail_neighbour_moves();
		gv_fault_random_off(&faults);
		good = clean(n);
		lives &= gv_fail_neighbour_lives();
		if (!good || !lives)
			gv_drill_failed(&drill, "round %u left something", n);
	}
	gv_ktap_note("%lu objects, %lu pages, %lu copies were not to be had",
		     faults.slab, faults.pages, faults.copies);
	gv_ktap_check(!odd, "%llu requests, %u refused, %u ended in another way",
		      (unsigned long long)drill.tried, refused, odd);
	gv_ktap_check(refused > drill.tried / 50 && refused < drill.tried &&
		      all_met(),
		      "faults of all kinds are met, and not only they");
	gv_ktap_check(good, "after each of %u rounds all that is left can go", n);
	gv_ktap_check(lives & gv_fail_neighbour_end(),
		      "the neighbour gets on, and keeps its VRAM");
	/* One round, however slow the machine. */
	gv_drill_check(&drill, 13);
	gv_fail_end();
	return gv_ktap_end();
}
