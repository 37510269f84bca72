// SPDX-License-Identifier: GPL-2.0
/*
 * timeout: 300
 * config: VFIO_MDEV
 *
 * Nobody sees another's data: vGPUs do not share a byte, and VRAM reads as
 * zeros at first and after whatever ends its use.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host.h"
#include "ktap.h"
#include "vfio.h"

#define FB (5 * GV_MIB)
#define RW (PROT_READ | PROT_WRITE)
#define NR 3

static const char *const ids[NR] = {
	"0a16a000-0000-4000-8000-000000000001",
	"0a16a000-0000-4000-8000-000000000002",
	"0a16a000-0000-4000-8000-000000000003",
};

static char gpu[GV_GPU_MAX];

static uint8_t *map_vram(const struct gv_vfio *v)
{
	void *map = gv_map(v, GV_BAR_VRAM, 0, FB, RW);

	if (!map)
		gv_ktap_bail("VRAM can't be mapped: %m");
	return map;
}

/* Every 8 bytes tell who wrote them and where. */
static void fill(uint8_t *vram, unsigned int who)
{
	uint64_t *word = (uint64_t *)vram;
	size_t i;

	for (i = 0; i < FB / 8; i++)
		word[i] = 0xc0ffee0000000000ULL | (uint64_t)who << 32 | i;
}

static bool filled(const uint8_t *vram, unsigned int who)
{
	const uint64_t *word = (const uint64_t *)vram;
	size_t i;

	for (i = 0; i < FB / 8; i++) {
		if (word[i] == (0xc0ffee0000000000ULL |
				(uint64_t)who << 32 | i))
			continue;
		gv_ktap_note("vGPU %u at 0x%zx: 0x%llx", who, 8 * i,
			     (unsigned long long)word[i]);
		return false;
	}
	return true;
}

static bool all_zero(const struct gv_vfio *v)
{
	uint8_t *vram = map_vram(v);
	bool zero = gv_all(vram, FB, 0);

	munmap(vram, FB);
	return zero;
}

static void check_apart(void)
{
	struct gv_vfio v[NR];
	uint8_t *vram[NR];
	bool good = true, zero = true;
	unsigned int i;

	for (i = 0; i < NR; i++) {
		gv_vfio_must_open(&v[i], ids[i]);
		vram[i] = map_vram(&v[i]);
	}
	for (i = 0; i < NR; i++)
		zero &= gv_all(vram[i], FB, 0);
	gv_ktap_check(zero, "VRAM reads as zeros at first");

	for (i = 0; i < NR; i++)
		fill(vram[i], i);
	for (i = 0; i < NR; i++)
		good &= filled(vram[i], i);
	gv_ktap_check(good, "neighbours' slices do not share a byte");

	if (gv_dev_ioctl(&v[1], VFIO_DEVICE_RESET, NULL))
		gv_ktap_bail("VFIO_DEVICE_RESET failed");
	gv_ktap_check(gv_all(vram[1], FB, 0) && filled(vram[0], 0) &&
		      filled(vram[2], 2),
		      "VFIO_DEVICE_RESET zeroes a slice, not its neighbours'");

	fill(vram[1], 1);
	gv_must("gpuvirt vgpu reset %s", ids[0]);
	gv_ktap_check(gv_all(vram[0], FB, 0) && filled(vram[1], 1) &&
		      filled(vram[2], 2),
		      "so does a reset by the administrator");

	munmap(vram[1], FB);
	gv_vfio_close(&v[1]);
	gv_vfio_must_open(&v[1], ids[1]);
	gv_ktap_check(all_zero(&v[1]) && filled(vram[2], 2),
		      "it reads as zeros when it is opened again");
	for (i = 0; i < NR; i++) {
		if (i != 1)
			munmap(vram[i], FB);
		gv_vfio_close(&v[i]);
	}
}

static void check_recreate(void)
{
	struct gv_vfio v;
	uint8_t *vram;
	uint64_t offset;

	gv_vfio_must_open(&v, ids[0]);
	vram = map_vram(&v);
	fill(vram, 7);
	munmap(vram, FB);
	gv_vfio_close(&v);
	offset = gv_num("vgpu", ids[0], "vram-offset");
	gv_host_vgpu_del(ids[0]);
	gv_host_vgpu_new(gpu, "t", ids[0]);
	if (gv_num("vgpu", ids[0], "vram-offset") != offset)
		gv_ktap_bail("the new vGPU is elsewhere: nothing is tested");
	gv_vfio_must_open(&v, ids[0]);
	gv_ktap_check(all_zero(&v),
		      "a new vGPU in a deleted one's place has zeros");
	gv_vfio_close(&v);
}

static void client(int ready)
{
	struct gv_vfio v;
	uint8_t *vram;

	gv_vfio_must_open(&v, ids[0]);
	vram = map_vram(&v);
	fill(vram, 9);
	if (write(ready, "x", 1) != 1)
		_exit(1);
	for (;;)
		fill(vram, 9);
}

static void check_kill(void)
{
	struct gv_vfio v;
	int ready[2], err;
	char byte;
	pid_t pid;

	if (pipe2(ready, O_CLOEXEC))
		gv_ktap_bail("pipe: %m");
	pid = fork();
	if (!pid)
		client(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		gv_ktap_bail("the client did not start");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(ready[0]);
	close(ready[1]);

	err = 0;
	gv_until(2000, !(err = gv_vfio_open(&v, ids[0])));
	gv_ktap_check(!err && all_zero(&v),
		      "it has zeros after its user was killed");
	if (!err)
		gv_vfio_close(&v);
}

/*
 * A page can outlive its vGPU in a pipe: vmsplice takes a reference. Nobody
 * may find data in it, nor may the next user of the slice write into it.
 */
static void check_pinned(void)
{
	struct iovec iov = { .iov_len = GV_PAGE };
	uint8_t seen[GV_PAGE], *vram;
	struct gv_vfio v;
	ssize_t ret;
	int pipes[2];

	if (pipe2(pipes, O_CLOEXEC | O_NONBLOCK))
		gv_ktap_bail("pipe: %m");
	gv_vfio_must_open(&v, ids[0]);
	vram = map_vram(&v);
	fill(vram, 5);
	iov.iov_base = vram + GV_MIB;
	ret = vmsplice(pipes[1], &iov, 1, SPLICE_F_GIFT);
	gv_ktap_note("vmsplice: %zd", ret);
	munmap(vram, FB);
	gv_vfio_close(&v);
	if (ret < 0) {
		gv_ktap_check(errno == EFAULT || errno == EINVAL,
			      "a page of VRAM can't be put into a pipe");
		gv_ktap_skip("it is another page", "it can't be pinned");
		goto out;
	}

	gv_vfio_must_open(&v, ids[0]);
	vram = map_vram(&v);
	fill(vram, 6);
	memset(seen, 0x77, sizeof(seen));
	ret = read(pipes[0], seen, sizeof(seen));
	gv_ktap_check(ret == (ssize_t)GV_PAGE && gv_all(seen, GV_PAGE, 0),
		      "a page kept in a pipe has zeros once the vGPU is closed");
	gv_ktap_check(filled(vram, 6), "and the next user has another page");
	munmap(vram, FB);
	gv_vfio_close(&v);
out:
	close(pipes[0]);
	close(pipes[1]);
}

/* The whole VRAM of the GPU in turns: what one type had, another has next. */
static void check_other_type(void)
{
	struct gv_vfio v;
	uint8_t *vram;
	bool zero = true;
	unsigned int i;

	for (i = 0; i < NR; i++) {
		gv_vfio_must_open(&v, ids[i]);
		vram = map_vram(&v);
		fill(vram, i);
		munmap(vram, FB);
		gv_vfio_close(&v);
		gv_host_vgpu_del(ids[i]);
	}
	gv_host_type_new(gpu, "whole", "framebuffer 16MiB");
	gv_host_vgpu_new(gpu, "whole", ids[0]);
	gv_vfio_must_open(&v, ids[0]);
	vram = gv_map(&v, GV_BAR_VRAM, 0, 16 * GV_MIB, RW);
	zero = vram && gv_all(vram, 16 * GV_MIB, 0);
	gv_ktap_check(zero, "a vGPU of another type sees none of it either");
	munmap(vram, 16 * GV_MIB);
	gv_vfio_close(&v);
	gv_ktap_check(gv_num("gpu", gpu, "backing-used") == 0,
		      "all memory is given back");
}

int main(void)
{
	unsigned int i;

	gv_host_begin();
	gv_ktap_plan(11);
	gv_host_sim_add(gpu, "vram 16MiB");
	gv_host_type_new(gpu, "t", "framebuffer 5MiB");
	for (i = 0; i < NR; i++)
		gv_host_vgpu_new(gpu, "t", ids[i]);
	check_apart();
	check_recreate();
	check_kill();
	check_pinned();
	check_other_type();
	return gv_ktap_end();
}
