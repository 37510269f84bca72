// SPDX-License-Identifier: GPL-2.0
/*
 * timeout: 120
 * config: VFIO_MDEV
 *
 * One VRAM behind several doors: BAR0 and BAR4, mapped or read through the
 * file, up to the end of the slice and not a byte further.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host.h"
#include "ktap.h"
#include "vfio.h"

#define ID "0a16a000-0000-4000-8000-000000000001"

/* BAR0 has 8 MiB of it, BAR4 has 16. */
#define FB (10 * GV_MIB)
#define BAR0 (8 * GV_MIB)
#define BAR4 (16 * GV_MIB)
#define RW (PROT_READ | PROT_WRITE)

static struct gv_vfio vgpu;
static uint8_t *bar0, *bar4;

static sigjmp_buf fault_jump;

static void fault(int sig)
{
	siglongjmp(fault_jump, sig);
}

/* The signal that reading, or writing, at @p gives; 0 if none does. */
static int fault_of(volatile uint8_t *p, bool write)
{
	int sig = sigsetjmp(fault_jump, 1);

	if (sig)
		return sig;
	if (write)
		*p = 1;
	else
		(void)*p;
	return 0;
}

static void check_doors(void)
{
	uint8_t buf[300];
	uint64_t pos;
	bool good = true;

	for (pos = 0; pos < BAR0; pos += 65537) {
		bar0[pos] = pos / 3;
		good &= bar4[pos] == (uint8_t)(pos / 3);
		bar4[pos] = pos / 5;
		good &= bar0[pos] == (uint8_t)(pos / 5);
	}
	gv_ktap_check(good, "BAR0 and BAR4 are mappings of the same bytes");

	for (pos = 1; pos < FB - 300; pos += 786433) {
		memset(bar4 + pos, pos / 7, 300);
		good &= gv_read(&vgpu, GV_BAR_VRAM, pos, buf, 300) == 300 &&
			gv_all(buf, 300, pos / 7);
		memset(buf, pos / 11, 300);
		good &= gv_write(&vgpu, GV_BAR_VRAM, pos, buf, 300) == 300 &&
			gv_all(bar4 + pos, 300, pos / 11);
		if (pos + 300 > BAR0)
			continue;
		memset(buf, pos / 13, 300);
		good &= gv_write(&vgpu, GV_BAR_SCANOUT, pos, buf, 300) == 300 &&
			gv_all(bar4 + pos, 300, pos / 13);
	}
	gv_ktap_check(good, "what is written by one way is read by the other");
}

static void check_end(void)
{
	static const uint64_t ends[] = { FB, FB + 1, FB + 4097, BAR4 - 4 };
	uint8_t buf[64], data[64];
	bool good = true, across;
	unsigned int i;

	memset(data, 0x3c, sizeof(data));
	for (i = 0; i < 4; i++) {
		memset(buf, 0, sizeof(buf));
		good &= gv_read(&vgpu, GV_BAR_VRAM, ends[i], buf, 4) == 4 &&
			gv_all(buf, 4, 0xff);
		good &= gv_write(&vgpu, GV_BAR_VRAM, ends[i], data, 4) == 4;
		good &= gv_read(&vgpu, GV_BAR_VRAM, ends[i], buf, 4) == 4 &&
			gv_all(buf, 4, 0xff);
	}
	gv_ktap_check(good, "beyond the slice ones are read, writes are dropped");

	across = gv_write(&vgpu, GV_BAR_VRAM, FB - 32, data, 64) == 64 &&
		 gv_all(bar4 + FB - 32, 32, 0x3c) &&
		 gv_read(&vgpu, GV_BAR_VRAM, FB - 32, buf, 64) == 64 &&
		 gv_all(buf, 32, 0x3c) && gv_all(buf + 32, 32, 0xff);
	gv_ktap_check(across, "an access across the end is both");

	gv_ktap_check(gv_read(&vgpu, GV_BAR_VRAM, BAR4 - 16, buf, 64) == 16 &&
		      gv_write(&vgpu, GV_BAR_VRAM, BAR4 - 16, data, 64) == 16 &&
		      gv_read(&vgpu, GV_BAR_SCANOUT, BAR0 - 8, buf, 64) == 8,
		      "at the end of the BAR it is cut");
	gv_ktap_check(gv_read(&vgpu, GV_BAR_VRAM, BAR4, buf, 4) == -EINVAL &&
		      gv_write(&vgpu, GV_BAR_VRAM, BAR4, data, 4) == -EINVAL &&
		      gv_read(&vgpu, GV_BAR_SCANOUT, BAR0, buf, 4) == -EINVAL &&
		      gv_read(&vgpu, GV_BAR_VRAM, (1ULL << 40) - 4, buf, 4) ==
			-EINVAL,
		      "past the end of the BAR it is EINVAL");
}

/* What mmap() of such a piece says: 0 or a negative errno. */
static int map_err(unsigned int region, uint64_t pos, size_t len, int prot,
		   int flags)
{
	void *map = mmap(NULL, len, prot, flags, vgpu.device,
			 gv_at(region, pos));

	if (map == MAP_FAILED)
		return -errno;
	munmap(map, len);
	return 0;
}

static void check_map_bounds(void)
{
	const int sh = MAP_SHARED;

	gv_ktap_check(!map_err(4, FB - GV_PAGE, GV_PAGE, RW, sh) &&
		      !map_err(4, 0, FB, RW, sh) && !map_err(0, 0, BAR0, RW, sh) &&
		      !map_err(0, BAR0 - GV_PAGE, GV_PAGE, RW, sh),
		      "up to its end the slice can be mapped");
	gv_ktap_check(map_err(4, FB, GV_PAGE, RW, sh) == -EINVAL &&
		      map_err(4, FB - GV_PAGE, 2 * GV_PAGE, RW, sh) == -EINVAL &&
		      map_err(4, 0, FB + GV_PAGE, RW, sh) == -EINVAL &&
		      map_err(4, 0, BAR4, RW, sh) == -EINVAL &&
		      map_err(4, BAR4 - GV_PAGE, GV_PAGE, RW, sh) == -EINVAL &&
		      map_err(4, BAR4, GV_PAGE, RW, sh) == -EINVAL &&
		      map_err(0, BAR0, GV_PAGE, RW, sh) == -EINVAL &&
		      map_err(0, BAR0 - GV_PAGE, 2 * GV_PAGE, RW, sh) == -EINVAL,
		      "beyond it, even by a page, mapping is EINVAL");
	gv_ktap_check(map_err(4, (1ULL << 40) - GV_PAGE, GV_PAGE, RW, sh) ==
			-EINVAL &&
		      map_err(4, (1ULL << 40) - GV_PAGE, 2 * GV_PAGE, RW, sh) ==
			-EINVAL &&
		      map_err(4, 1ULL << 39, 1ULL << 40, RW, sh) == -EINVAL &&
		      map_err(0x7fffff, 0, GV_PAGE, RW, sh) < 0 &&
		      map_err(0, 0, 1ULL << 41, RW, sh) == -EINVAL,
		      "huge offsets and lengths do not wrap round");
	gv_ktap_check(map_err(1, 0, GV_PAGE, RW, sh) == -EINVAL &&
		      map_err(2, 0, GV_PAGE, RW, sh) == -EINVAL &&
		      map_err(3, 0, GV_PAGE, RW, sh) == -EINVAL &&
		      map_err(5, 0, GV_PAGE, RW, sh) == -EINVAL &&
		      map_err(6, 0, GV_PAGE, RW, sh) == -EINVAL &&
		      map_err(7, 0, GV_PAGE, PROT_READ, sh) == -EINVAL &&
		      map_err(8, 0, GV_PAGE, RW, sh) == -EINVAL &&
		      map_err(GV_NR_REGIONS, 0, GV_PAGE, RW, sh) == -EINVAL,
		      "registers and regions that there are not can't be mapped");
}

static void check_map_kinds(void)
{
	void *map;

	gv_ktap_check(map_err(4, 0, GV_PAGE, RW, MAP_PRIVATE) == -EINVAL &&
		      map_err(0, 0, GV_PAGE, PROT_READ, MAP_PRIVATE) == -EINVAL,
		      "a private mapping is EINVAL");

	map = gv_map(&vgpu, GV_BAR_VRAM, 0, GV_PAGE, PROT_READ);
	gv_ktap_check(map && mprotect(map, GV_PAGE, PROT_READ | PROT_EXEC) &&
		      errno == EACCES, "a mapping can't be made executable");
	gv_ktap_check(map && fault_of(map, true) == SIGSEGV &&
		      !mprotect(map, GV_PAGE, RW) && !fault_of(map, true) &&
		      !mprotect(map, GV_PAGE, PROT_NONE) &&
		      fault_of(map, false) == SIGSEGV,
		      "its protection can be changed, and holds");
	munmap(map, GV_PAGE);

	map = gv_map(&vgpu, GV_BAR_VRAM, FB - GV_PAGE, GV_PAGE, RW);
	gv_ktap_check(mremap(map, GV_PAGE, 2 * GV_PAGE, MREMAP_MAYMOVE) ==
			MAP_FAILED, "a mapping can't grow");
	munmap(map, GV_PAGE);
}

/* A mapping keeps its bytes when moved, cut, or walked out of. */
static void check_map_moves(void)
{
	uint8_t *map = gv_map(&vgpu, GV_BAR_VRAM, 3 * GV_MIB, 4 * GV_PAGE, RW);
	uint8_t *moved;

	bar4[3 * GV_MIB + 2 * GV_PAGE] = 0xc7;
	munmap(map, 2 * GV_PAGE);
	moved = mremap(map + 2 * GV_PAGE, GV_PAGE, GV_PAGE,
		       MREMAP_MAYMOVE | MREMAP_FIXED, map);
	gv_ktap_check(moved == map && *moved == 0xc7,
		      "a mapping that is cut and moved shows the same bytes");
	munmap(map, 4 * GV_PAGE);
}

static void check_fork(void)
{
	int status = -1;
	pid_t pid;

	bar4[123] = 1;
	pid = fork();
	if (!pid) {
		bool good = bar4[123] == 1;

		bar4[123] = 2;
		bar0[5 * GV_MIB] = 3;
		_exit(!good);
	}
	waitpid(pid, &status, 0);
	gv_ktap_check(!status && bar4[123] == 2 && bar4[5 * GV_MIB] == 3,
		      "a child has the same mapping, not a copy");
}

static void check_files(void)
{
	struct iovec iov[2] = { { bar4 + 64, 32 }, { bar4 + 4096, 32 } };
	off_t pos = gv_at(GV_BAR_VRAM, 4 * GV_MIB);
	uint8_t page[GV_PAGE];
	ssize_t ret;

	/* A buffer that is itself VRAM of this vGPU. */
	memset(bar4 + 64, 0x99, 32);
	memset(bar4 + 4096, 0x98, 32);
	ret = gv_write(&vgpu, GV_BAR_VRAM, 5 * GV_MIB, bar4 + 64, 32);
	gv_ktap_check(ret == 32 && gv_all(bar4 + 5 * GV_MIB, 32, 0x99),
		      "VRAM can be copied to VRAM through the file");
	ret = pwritev(vgpu.device, iov, 2, pos);
	gv_ktap_check(ret == 64 && gv_all(bar4 + 4 * GV_MIB, 32, 0x99) &&
		      gv_all(bar4 + 4 * GV_MIB + 32, 32, 0x98),
		      "a vectored write writes in order");

	ret = gv_write(&vgpu, GV_BAR_VRAM, 0, NULL, 64);
	gv_ktap_check(ret == -EFAULT &&
		      gv_read(&vgpu, GV_BAR_VRAM, FB + 8, NULL, 64) == -EFAULT,
		      "a buffer that is nowhere is EFAULT");
	gv_ktap_check(gv_read(&vgpu, GV_BAR_VRAM, 0, page, 0) == 0 &&
		      gv_write(&vgpu, GV_BAR_VRAM, 0, page, 0) == 0,
		      "nothing can be read and written");
}

int main(void)
{
	char gpu[GV_GPU_MAX];

	gv_host_begin();
	gv_ktap_plan(22);
	gv_host_sim_add(gpu, "vram 64MiB");
	gv_host_type_new(gpu, "t", "framebuffer 10MiB");
	gv_host_vgpu_new(gpu, "t", ID);
	gv_vfio_must_open(&vgpu, ID);
	bar0 = gv_map(&vgpu, GV_BAR_SCANOUT, 0, BAR0, RW);
	bar4 = gv_map(&vgpu, GV_BAR_VRAM, 0, FB, RW);
	if (!bar0 || !bar4)
		gv_ktap_bail("VRAM can't be mapped: %m");
	signal(SIGSEGV, fault);
	signal(SIGBUS, fault);

	check_doors();
	check_end();
	check_map_bounds();
	check_map_kinds();
	check_map_moves();
	check_fork();
	check_files();

	/* The mappings hold the device open when its file is closed. */
	gv_vfio_close(&vgpu);
	gv_ktap_check(bar4[5 * GV_MIB] == 0x99 &&
		      gv_num("vgpu", ID, "open") == 1,
		      "mappings stay good when the files are closed");
	munmap(bar0, BAR0);
	munmap(bar4, FB);
	gv_ktap_check(gv_until(2000, gv_num("vgpu", ID, "open") != 1) &&
		      gv_num("vgpu", ID, "backing-used") == 0,
		      "when the last is gone the vGPU is closed and its VRAM free");
	return gv_ktap_end();
}
