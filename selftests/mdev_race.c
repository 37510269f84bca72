// SPDX-License-Identifier: GPL-2.0
/*
 * libs: libmnl
 * config: VFIO_MDEV DYNAMIC_FTRACE_WITH_REGS
 * timeout: 120
 *
 * What happens to types and vGPUs in moments that are short: calls in the kernel
 * are held there. Each has a mdev_storm.c or the like that needs luck to meet it.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "hold.h"
#include "host.h"
#include "ktap.h"
#include "nl_gpu.h"
#include "vfio.h"

#define UUID "7e57ab1e-0000-4000-8000-000000000001"
#define OTHER_UUID "7e57ab1e-0000-4000-8000-000000000002"
#define MDEV "/sys/bus/mdev/devices/" UUID
/* A function of QEMU's machine, that is a GPU if it is said to be one. */
#define PLAIN_ADDRESS "0000:00:00.0"
#define PLAIN "/sys/bus/pci/devices/" PLAIN_ADDRESS
#define PLAIN_ID "8086:29c0"
/* The type that there is while the module is being loaded. */
#define LEARN "/sys/devices/gpuvirt/mdev_supported_types"
#define MS 30000
#define SAID "/tmp/mdev-race"
/* What was promised: the file is back in seconds, not when the module goes. */
#define HEALED_MS 2000

static char gpu[GV_GPU_MAX];
static struct gv_nl nl;

/*
 * The mdev core has made the device, with its files, and does not say yet that it
 * can be removed: it refuses to, and has deleted the file that asks for it.
 */
static bool lose_file(void)
{
	bool good;
	pid_t pid;

	gv_hold_call("mdev_create_sysfs_files", 1, "mdev_device_create");
	pid = fork();
	if (!pid)
		_exit(gv_vgpu_new(gpu, "type", UUID));
	good = gv_hold_reached() && gv_vgpu_remove(UUID) == EAGAIN;
	if (!good)
		gv_ktap_note("the removal did not meet the creation");
	good &= access(MDEV, F_OK) == 0 && access(MDEV "/remove", F_OK) != 0;
	gv_hold_go();
	return good & !gv_child_status(pid, MS);
}

static bool healed(void)
{
	return lose_file() && gv_until(HEALED_MS, !gv_vgpu_remove(UUID)) &&
		!gv_vgpu_exists(UUID) && gv_type_available(gpu, "type") == 8;
}

static int new_type(uint64_t generation)
{
	struct gv_end end;
	struct gv_req req;
	struct gv_nl own;

	gv_nl_open(&own);
	gv_req_init(&req, &own, GPUVIRT_CMD_TYPE_NEW, 0);
	gv_req_str(&req, GPUVIRT_A_TYPE_GPU, gpu);
	gv_req_str(&req, GPUVIRT_A_TYPE_NAME, "late");
	gv_req_u64(&req, GPUVIRT_A_TYPE_FRAMEBUFFER, 8 * GV_MIB);
	gv_req_u64(&req, GPUVIRT_A_TYPE_GENERATION, generation);
	gv_nl_do(&own, &req, NULL, &end);
	return end.reason == GPUVIRT_REASON_STALE_GENERATION ? end.err : 0;
}

/* The type is in sysfs already when something else changes. */
static bool outdated(void)
{
	static struct gv_msg msg;
	uint64_t generation = gv_info(&nl, GPUVIRT_A_INFO_GENERATION);
	char path[128];
	bool good;
	pid_t pid;

	gv_hold_call("gv_mdev_type_add", 1, "gv_type_new");
	pid = fork();
	if (!pid)
		_exit(new_type(generation));
	good = gv_hold_reached() && !gv_gpu_set(&nl, gpu, 1) &&
		!gv_gpu_set(&nl, gpu, 0);
	gv_hold_go();
	snprintf(path, sizeof(path),
		 "/sys/bus/pci/devices/%s/mdev_supported_types/gpuvirt-sim-late",
		 gpu);
	good &= gv_child_status(pid, MS) == ESTALE && access(path, F_OK) != 0 &&
		gv_type_get(&nl, gpu, "late", &msg) == ENOENT;
	/* Its name is free. */
	return good && !gv_type_new(&nl, gpu, "late", 8 * GV_MIB, 0) &&
		!access(path, F_OK) && !gv_type_del(&nl, gpu, "late");
}

/* A vGPU is on the list while its VRAM is given up, and nobody may use it. */
static bool reset(void)
{
	bool good;
	pid_t pid;

	gv_host_vgpu_new(gpu, "type", UUID);
	gv_hold_call("gv_sim_vram_free", 1, "gv_vgpu_remove");
	pid = gv_file_write_child(MDEV "/remove", "1");
	good = gv_hold_reached() && gv_run("gpuvirt vgpu reset " UUID) == 1 &&
		gv_said_all("the vGPU is being removed", "vgpu-unknown", NULL);
	if (!good)
		gv_ktap_note("%s", gv_said);
	gv_hold_go();
	return good && !gv_child_status(pid, MS) && !gv_vgpu_exists(UUID);
}

static uint64_t start_reset(void)
{
	static struct gv_msg msg;
	struct gv_req req;

	gv_req_init(&req, &nl, GPUVIRT_CMD_VGPU_RESET, 0);
	gv_req_str(&req, GPUVIRT_A_VGPU_ID, UUID);
	if (gv_nl_do(&nl, &req, &msg, NULL))
		gv_ktap_bail("no reset is started");
	return gv_u64(&msg, GPUVIRT_A_VGPU_OPERATION);
}

/* The vGPU goes while its reset is queued: the operation says what happened. */
static bool reset_gone(void)
{
	static struct gv_msg msg;
	uint64_t id;
	bool good;

	gv_host_vgpu_new(gpu, "type", UUID);
	gv_hold_call("gv_operation_vgpu_reset", 1, "gv_operation_work");
	id = start_reset();
	good = gv_hold_reached() && !gv_vgpu_remove(UUID) &&
		!gv_vgpu_exists(UUID);
	gv_hold_go();
	return good && gv_operation_wait(&nl, id, &msg) == ENOENT &&
		gv_u32(&msg, GPUVIRT_A_OPERATION_REASON) ==
		GPUVIRT_REASON_VGPU_UNKNOWN;
}

static void find_kept(const struct gv_msg *msg, void *found)
{
	if (!strcmp(gv_str(msg, GPUVIRT_A_TYPE_NAME), "kept"))
		*(bool *)found = true;
}

/*
 * One dump, whether it says that it was interrupted or not. Of one GPU only, so that
 * nothing was told before: else there would be another part, that begins behind it.
 */
static int dump_types(const char *address)
{
	bool found = false;
	struct gv_req req;
	struct gv_nl own;

	gv_nl_open(&own);
	gv_req_init(&req, &own, GPUVIRT_CMD_TYPE_GET, NLM_F_DUMP);
	gv_req_str(&req, GPUVIRT_A_TYPE_GPU, address);
	gv_nl_dump(&own, &req, find_kept, &found);
	return !found;
}

/* The dump of types is at a GPU that goes: those of the next are told all the same. */
static bool gpu_gone(void)
{
	char first[GV_GPU_MAX], second[GV_GPU_MAX], path[80];
	bool good;
	pid_t pid;

	gv_host_sim_add(first, "vram 64MiB");
	gv_host_sim_add(second, "vram 64MiB");
	gv_host_type_new(second, "kept", "framebuffer 8MiB");
	gv_hold_call("gv_backend_get", 2, "gpuvirt_nl_type_get_dumpit");
	pid = fork();
	if (!pid)
		_exit(dump_types(second));
	/* Its memory stays for as long as it is held. */
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/remove", first);
	good = gv_hold_reached() && !gv_host_write(path, "1");
	gv_hold_go();
	good &= !gv_child_status(pid, MS);
	/* It is in no list any more, but a rescan would bring it back. */
	gv_must("gpuvirt sim del %s", first);
	return good;
}

/* A GPU by its id alone is one no more when its driver's offer has been made. */
static bool forgotten(void)
{
	bool good;
	pid_t pid;

	gv_must("modprobe gpuvirt-plain && gpuvirt id add " PLAIN_ID);
	gv_must("echo gpuvirt-plain >" PLAIN "/driver_override");
	gv_hold_call("gv_mdev_register", 1, "gv_backend_register");
	pid = gv_file_write_child("/sys/bus/pci/drivers_probe", PLAIN_ADDRESS);
	good = gv_hold_reached() && !gv_run("gpuvirt id del " PLAIN_ID);
	gv_hold_go();
	/* That no driver has bound is no error of who asks for a probe. */
	gv_child_status(pid, MS);
	good &= access(PLAIN "/driver", F_OK) != 0 &&
		access(PLAIN "/mdev_supported_types", F_OK) != 0;
	gv_must("echo >" PLAIN "/driver_override && rmmod gpuvirt_plain");
	return good;
}

/* Of two that are made at once the later one is complete first. */
static bool at_once(void)
{
	bool good;
	pid_t pid;

	gv_hold_call("vfio_assign_device_set", 1, "gv_vgpu_probe");
	pid = gv_hold_start(SAID, "gpuvirt vgpu new %s type uuid " UUID, gpu);
	good = gv_hold_reached();
	gv_host_vgpu_new(gpu, "type", OTHER_UUID);
	gv_hold_go();
	good &= !gv_child_status(pid, MS) && !gv_run("gpuvirt vgpu show") &&
		gv_said_all(UUID, OTHER_UUID, NULL);
	if (!good)
		gv_ktap_note("%s", gv_said);
	gv_host_vgpu_del(UUID);
	gv_host_vgpu_del(OTHER_UUID);
	return good;
}

/* VFIO offers a vGPU before its creation was told: who opens it then waits. */
static bool told_first(void)
{
	pid_t maker, user;
	bool good;

	gv_hold_call("gv_event_vgpu", 1, "gv_vgpu_probe");
	maker = fork();
	if (!maker)
		_exit(gv_vgpu_new(gpu, "type", UUID));
	good = gv_hold_reached();
	user = fork();
	if (!user) {
		struct gv_vfio v;

		_exit(gv_vfio_open(&v, UUID) != 0);
	}
	good &= gv_until(MS, gv_hold_waits(user, "gv_vgpu_open"));
	gv_hold_go();
	return good & !gv_child_status(maker, MS) & !gv_child_status(user, MS);
}

/* And who is told of its end finds room for another. */
static bool told_last(void)
{
	bool good;
	pid_t pid;

	gv_hold_call("gv_event_vgpu", 1, "gv_vgpu_remove");
	pid = gv_file_write_child(MDEV "/remove", "1");
	good = gv_hold_reached() && gv_type_available(gpu, "type") == 8;
	gv_hold_go();
	return good && !gv_child_status(pid, MS);
}

/* Between the consent to suspend and the end of all that runs. */
static bool suspending(void)
{
	struct gv_vfio v;
	bool good;
	pid_t pid;

	gv_host_vgpu_new(gpu, "type", UUID);
	gv_must("echo 1 >/sys/module/suspend/parameters/pm_test_delay");
	gv_must("echo freezer >/sys/power/pm_test");
	gv_hold_call("freeze_processes", 1, "");
	pid = gv_file_write_child("/sys/power/state", "freeze");
	good = gv_hold_reached() && gv_vfio_open(&v, UUID) == -EBUSY;
	gv_hold_go();
	good &= !gv_child_status(pid, MS) && !gv_vfio_open(&v, UUID);
	gv_vfio_close(&v);
	gv_must("echo none >/sys/power/pm_test");
	gv_host_vgpu_del(UUID);
	return good;
}

/* By what name the kernel makes pages for the simulated GPU. */
static const char *page_maker(void)
{
	static const char * const names[] = {
		"alloc_pages_noprof", "alloc_pages", "__alloc_pages_noprof",
	};
	unsigned int i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!gv_run("grep -qw %s /proc/kallsyms", names[i]))
			return names[i];
	return "__alloc_pages";
}

/*
 * Two touch VRAM when there is one page left: the first has its page, but has not put
 * it in its place. If it is the same place, both get what the second has put there.
 */
static bool last_page(uint64_t place, ssize_t first)
{
	struct gv_vfio v;
	uint8_t byte = 1;
	bool good;
	pid_t pid;

	gv_must("gpuvirt gpu set %s backing-limit 4KiB", gpu);
	gv_host_vgpu_new(gpu, "type", UUID);
	gv_vfio_must_open(&v, UUID);
	gv_hold_call(page_maker(), 1, "gv_sim_vram_");
	pid = fork();
	if (!pid)
		_exit(gv_write(&v, GV_BAR_VRAM, 0, &byte, 1) != first);
	good = gv_hold_reached() &&
		gv_write(&v, GV_BAR_VRAM, place, &byte, 1) == 1;
	gv_hold_go();
	good &= !gv_child_status(pid, MS) &&
		gv_num("gpu", gpu, "backing-used") == GV_PAGE;
	gv_vfio_close(&v);
	gv_host_vgpu_del(UUID);
	gv_must("gpuvirt gpu set %s backing-limit 64MiB", gpu);
	return good;
}

/* The type by which we learn how the core shows one can be read meanwhile. */
static bool learnt(void)
{
	bool good;
	pid_t pid;

	gv_hold_call("mdev_unregister_parent", 1, "gv_mdev_");
	pid = gv_hold_start(SAID, "modprobe gpuvirt");
	good = gv_hold_reached() &&
		!gv_run("cd " LEARN "/* && cat device_api available_instances description") &&
		!strcmp(gv_said, "vfio-pci\n0\nframebuffer=0M, max_resolution=0x0, num_heads=0, max_instance=0\n");
	if (!good)
		gv_ktap_note("%s", gv_said);
	gv_hold_go();
	return good & !gv_child_status(pid, MS);
}

int main(void)
{
	gv_host_begin();
	gv_hold_init();
	gv_ktap_plan(14);
	gv_must("modprobe vfio_iommu_type1");
	gv_nl_open(&nl);
	gv_host_sim_add(gpu, "vram 64MiB");
	gv_host_type_new(gpu, "type", "framebuffer 8MiB");

	gv_ktap_check(healed(),
		      "a vGPU whose removal met its creation can be removed soon");
	gv_ktap_check(at_once(), "a dump has all vGPUs that were made at once");
	gv_ktap_check(told_first(),
		      "a vGPU is opened when its creation was told, not before");
	gv_ktap_check(told_last(),
		      "its capacity is back when its end is told");
	gv_ktap_check(suspending(),
		      "none is opened once the host may suspend");
	gv_ktap_check(outdated(),
		      "a type is taken back if the configuration changes meanwhile");
	gv_ktap_check(reset(), "a vGPU that is being removed is not reset");
	gv_ktap_check(reset_gone(), "a vGPU can go while its reset is queued");
	gv_ktap_check(gpu_gone(), "a dump goes on behind a GPU that has gone");
	gv_ktap_check(forgotten(),
		      "vGPUs are not offered on a GPU that is forgotten meanwhile");
	gv_ktap_check(last_page(1, 1),
		      "two who touch the last page at once both get it");
	gv_ktap_check(last_page(GV_PAGE, -ENOSPC),
		      "of two who want the last page for themselves one gets it");
	gv_ktap_check(gv_type_available(gpu, "type") == 8,
		      "the capacity is whole");

	gv_must("gpuvirt sim del all && rmmod gpuvirt_sim");
	gv_must("rmmod gpuvirt");
	gv_ktap_check(learnt(),
		      "the type that is there while it is loaded can be read");
	gv_must("rmmod gpuvirt_hold");
	return gv_ktap_end();
}
