// SPDX-License-Identifier: GPL-2.0
/*
 * libs: libmnl
 * timeout: 120
 * config: VFIO_MDEV
 *
 * vGPU types that can't be: every rule of type-new, type-get and type-del, with
 * errno, reason, sentence and the attribute to blame.
 */
#include <errno.h>
#include <string.h>

#include "ktap.h"
#include "nl_books.h"
#include "nl_gpu.h"
#include "nl_try.h"

#define VRAM (64 * GV_MIB)

#define NEW GPUVIRT_CMD_TYPE_NEW
#define GPU GPUVIRT_A_TYPE_GPU
#define NAME GPUVIRT_A_TYPE_NAME
#define FB GPUVIRT_A_TYPE_FRAMEBUFFER
#define SERIES GPUVIRT_A_TYPE_SERIES
#define MAX GPUVIRT_A_TYPE_MAX_INSTANCES
#define HEADS GPUVIRT_A_TYPE_HEADS
#define XRES GPUVIRT_A_TYPE_XRES
#define YRES GPUVIRT_A_TYPE_YRES
#define WEIGHT GPUVIRT_A_TYPE_WEIGHT
#define GEN GPUVIRT_A_TYPE_GENERATION

/* What a correct request has, for rows that add one thing wrong. */
#define GOOD S(GPU, GV_GPU), S(NAME, "bad"), L(FB, 8 * GV_MIB)
#define GOOD_BUT_NAME S(GPU, GV_GPU), L(FB, 8 * GV_MIB)
#define GOOD_BUT_FB S(GPU, GV_GPU), S(NAME, "bad")

#define NAME64 "a123456789b123456789c123456789d123456789e123456789f123456789g123"

static const struct gv_try tries[] = {
	{ "no GPU", NEW, { S(NAME, "bad"), L(FB, 8 * GV_MIB) }, EINVAL,
	  GPUVIRT_REASON_MISSING_ATTRIBUTE, "PCI address", GV_MISSING(GPU) },
	{ "no name", NEW, { GOOD_BUT_NAME }, EINVAL,
	  GPUVIRT_REASON_MISSING_ATTRIBUTE, "name", GV_MISSING(NAME) },
	{ "no framebuffer", NEW, { GOOD_BUT_FB }, EINVAL,
	  GPUVIRT_REASON_MISSING_ATTRIBUTE, "framebuffer", GV_MISSING(FB) },
	{ "a GPU that is not there", NEW,
	  { S(GPU, "ffff:00:00.0"), S(NAME, "bad"), L(FB, 8 * GV_MIB) }, ENODEV,
	  GPUVIRT_REASON_GPU_UNKNOWN, "ffff:00:00.0", GPU },
	{ "an empty address", NEW,
	  { S(GPU, ""), S(NAME, "bad"), L(FB, 8 * GV_MIB) }, ENODEV,
	  GPUVIRT_REASON_GPU_UNKNOWN, "no GPU", GPU },
	{ "a long address", NEW,
	  { S(GPU, NAME64 NAME64), S(NAME, "bad"), L(FB, 8 * GV_MIB) }, ENODEV,
	  GPUVIRT_REASON_GPU_UNKNOWN, "no GPU", GPU },
	{ "an address with control characters", NEW,
	  { S(GPU, "\x1b[31m\n"), S(NAME, "bad"), L(FB, 8 * GV_MIB) }, ENODEV,
	  GPUVIRT_REASON_GPU_UNKNOWN, "no GPU", GPU },

	{ "framebuffer of 0 bytes", NEW, { GOOD_BUT_FB, L(FB, 0) }, EINVAL,
	  GPUVIRT_REASON_FRAMEBUFFER_INVALID, "least is 4194304", FB },
	{ "framebuffer of 1 byte", NEW, { GOOD_BUT_FB, L(FB, 1) }, EINVAL,
	  GPUVIRT_REASON_FRAMEBUFFER_INVALID, "framebuffer is 1 ", FB },
	{ "framebuffer of 3 MiB", NEW, { GOOD_BUT_FB, L(FB, 3 * GV_MIB) },
	  EINVAL, GPUVIRT_REASON_FRAMEBUFFER_INVALID, "least", FB },
	{ "framebuffer of 8 MiB and a byte", NEW,
	  { GOOD_BUT_FB, L(FB, 8 * GV_MIB + 1) }, EINVAL,
	  GPUVIRT_REASON_FRAMEBUFFER_INVALID, "multiple of 1 MiB", FB },
	{ "framebuffer of 2^64 - 1 bytes", NEW, { GOOD_BUT_FB, L(FB, ~0ULL) },
	  EINVAL, GPUVIRT_REASON_FRAMEBUFFER_INVALID, "multiple of 1 MiB", FB },
	{ "framebuffer of 2^64 bytes less 1 MiB", NEW,
	  { GOOD_BUT_FB, L(FB, -GV_MIB) }, ENOSPC,
	  GPUVIRT_REASON_FRAMEBUFFER_TOO_LARGE, "the GPU has 64 MiB", FB },
	{ "framebuffer larger than the GPU by 1 MiB", NEW,
	  { GOOD_BUT_FB, L(FB, VRAM + GV_MIB) }, ENOSPC,
	  GPUVIRT_REASON_FRAMEBUFFER_TOO_LARGE, "65 MiB", FB },

	{ "empty name", NEW, { GOOD_BUT_NAME, S(NAME, "") }, EINVAL,
	  GPUVIRT_REASON_NAME_INVALID, "empty", NAME },
	{ "name of 65 bytes", NEW, { GOOD_BUT_NAME, S(NAME, NAME64 "x") },
	  EINVAL, GPUVIRT_REASON_NAME_INVALID, "65 bytes", NAME },
	{ "name with a zero byte in it", NEW,
	  { GOOD_BUT_NAME, RAW(NAME, "a\0b\0") }, EINVAL,
	  GPUVIRT_REASON_BAD_VALUE, "zero byte at 1", NAME },
	{ "name with a slash", NEW, { GOOD_BUT_NAME, S(NAME, "a/b") }, EINVAL,
	  GPUVIRT_REASON_NAME_INVALID, "0x2f at 1", NAME },
	{ "name that leads out", NEW, { GOOD_BUT_NAME, S(NAME, "../../x") },
	  EINVAL, GPUVIRT_REASON_NAME_INVALID, "0x2e at 0", NAME },
	{ "name with a control character", NEW,
	  { GOOD_BUT_NAME, S(NAME, "ab\033[2J") }, EINVAL,
	  GPUVIRT_REASON_NAME_INVALID, "0x1b at 2", NAME },
	{ "name with a line break", NEW, { GOOD_BUT_NAME, S(NAME, "ab\n") },
	  EINVAL, GPUVIRT_REASON_NAME_INVALID, "0x0a at 2", NAME },
	{ "name with a space", NEW, { GOOD_BUT_NAME, S(NAME, "a b") }, EINVAL,
	  GPUVIRT_REASON_NAME_INVALID, "0x20 at 1", NAME },
	{ "name in UTF-8", NEW, { GOOD_BUT_NAME, S(NAME, "caf\xc3\xa9") },
	  EINVAL, GPUVIRT_REASON_NAME_INVALID, "0xc3 at 3", NAME },
	{ "name with a dot in front", NEW, { GOOD_BUT_NAME, S(NAME, ".a") },
	  EINVAL, GPUVIRT_REASON_NAME_INVALID, "0x2e at 0", NAME },
	{ "name with a minus in front", NEW, { GOOD_BUT_NAME, S(NAME, "-a") },
	  EINVAL, GPUVIRT_REASON_NAME_INVALID, "0x2d at 0", NAME },
	{ "name with a percent sign", NEW, { GOOD_BUT_NAME, S(NAME, "a%s%n") },
	  EINVAL, GPUVIRT_REASON_NAME_INVALID, "0x25 at 1", NAME },
	{ "name that is taken", NEW, { GOOD_BUT_NAME, S(NAME, "taken") },
	  EEXIST, GPUVIRT_REASON_TYPE_EXISTS, "of this name", NAME },

	{ "empty series", NEW, { GOOD, S(SERIES, "") }, EINVAL,
	  GPUVIRT_REASON_BAD_VALUE, "A, B, C and Q", SERIES },
	{ "series D", NEW, { GOOD, S(SERIES, "D") }, EINVAL,
	  GPUVIRT_REASON_BAD_VALUE, "A, B, C and Q", SERIES },
	{ "series of two letters", NEW, { GOOD, S(SERIES, "AB") }, EINVAL,
	  GPUVIRT_REASON_BAD_VALUE, "A, B, C and Q", SERIES },
	{ "series in lower case", NEW, { GOOD, S(SERIES, "q") }, EINVAL,
	  GPUVIRT_REASON_BAD_VALUE, "A, B, C and Q", SERIES },

	{ "0 instances at most", NEW, { GOOD, U(MAX, 0) }, EINVAL,
	  GPUVIRT_REASON_BAD_VALUE, "max-instances is 0", MAX },
	{ "one instance more than fits", NEW, { GOOD, U(MAX, 9) }, ERANGE,
	  GPUVIRT_REASON_BAD_VALUE, "hold 8", MAX },
	{ "2^32 - 1 instances at most", NEW, { GOOD, U(MAX, ~0U) }, ERANGE,
	  GPUVIRT_REASON_BAD_VALUE, "4294967295", MAX },
	{ "0 heads", NEW, { GOOD, U(HEADS, 0) }, EINVAL,
	  GPUVIRT_REASON_BAD_VALUE, "heads is 0", HEADS },
	{ "2 heads", NEW, { GOOD, U(HEADS, 2) }, ERANGE,
	  GPUVIRT_REASON_BAD_VALUE, "heads is 2", HEADS },
	{ "weight 0", NEW, { GOOD, U(WEIGHT, 0) }, EINVAL,
	  GPUVIRT_REASON_BAD_VALUE, "weight is 0", WEIGHT },
	{ "weight 1025", NEW, { GOOD, U(WEIGHT, 1025) }, ERANGE,
	  GPUVIRT_REASON_BAD_VALUE, "largest is 1024", WEIGHT },

	{ "width alone", NEW, { GOOD, U(XRES, 1024) }, EINVAL,
	  GPUVIRT_REASON_RESOLUTION_INVALID, "go together", XRES },
	{ "height alone", NEW, { GOOD, U(YRES, 768) }, EINVAL,
	  GPUVIRT_REASON_RESOLUTION_INVALID, "go together", YRES },
	{ "width 0", NEW, { GOOD, U(XRES, 0), U(YRES, 768) }, EINVAL,
	  GPUVIRT_REASON_BAD_VALUE, "xres is 0", XRES },
	{ "height 0", NEW, { GOOD, U(XRES, 1024), U(YRES, 0) }, EINVAL,
	  GPUVIRT_REASON_BAD_VALUE, "yres is 0", YRES },
	{ "an odd width", NEW, { GOOD, U(XRES, 1025), U(YRES, 768) }, EINVAL,
	  GPUVIRT_REASON_RESOLUTION_INVALID, "width 1025", XRES },
	{ "width of 2^32 - 8", NEW, { GOOD, U(XRES, -8), U(YRES, 768) },
	  EINVAL, GPUVIRT_REASON_RESOLUTION_INVALID, "width 4294967288", XRES },
	{ "height of 2^32 - 1", NEW, { GOOD, U(XRES, 1024), U(YRES, -1) },
	  EINVAL, GPUVIRT_REASON_RESOLUTION_INVALID, "height 4294967295", YRES },
	{ "a picture larger than the framebuffer", NEW,
	  { GOOD, U(XRES, 1920), U(YRES, 1200) }, EINVAL,
	  GPUVIRT_REASON_RESOLUTION_INVALID, "scan-out aperture has 8192",
	  XRES },
	{ "a picture for which no pixel clock is fast enough", NEW,
	  { GOOD_BUT_FB, L(FB, VRAM), U(XRES, 4088), U(YRES, 2560) }, EINVAL,
	  GPUVIRT_REASON_RESOLUTION_INVALID, "pixel clock above 655350 kHz",
	  YRES },

	{ "an old generation", NEW, { GOOD, L(GEN, 1) }, ESTALE,
	  GPUVIRT_REASON_STALE_GENERATION, "generation", GEN },
	{ "a generation to come", NEW, { GOOD, L(GEN, ~0ULL) }, ESTALE,
	  GPUVIRT_REASON_STALE_GENERATION, "18446744073709551615", GEN },

	{ "get: no GPU", GPUVIRT_CMD_TYPE_GET, { S(NAME, "taken") }, EINVAL,
	  GPUVIRT_REASON_MISSING_ATTRIBUTE, "PCI address", GV_MISSING(GPU) },
	{ "get: no name", GPUVIRT_CMD_TYPE_GET, { S(GPU, GV_GPU) }, EINVAL,
	  GPUVIRT_REASON_MISSING_ATTRIBUTE, "name", GV_MISSING(NAME) },
	{ "get: no such GPU", GPUVIRT_CMD_TYPE_GET,
	  { S(GPU, "0000:ff:1f.7"), S(NAME, "taken") }, ENODEV,
	  GPUVIRT_REASON_GPU_UNKNOWN, "0000:ff:1f.7", GPU },
	{ "get: no such type", GPUVIRT_CMD_TYPE_GET,
	  { S(GPU, GV_GPU), S(NAME, "none") }, ENOENT,
	  GPUVIRT_REASON_TYPE_UNKNOWN, "no such vGPU type", NAME },
	{ "get: name of 65 bytes", GPUVIRT_CMD_TYPE_GET,
	  { S(GPU, GV_GPU), S(NAME, NAME64 "x") }, EINVAL,
	  GPUVIRT_REASON_NAME_INVALID, "65 bytes", NAME },
	{ "del: no GPU", GPUVIRT_CMD_TYPE_DEL, { S(NAME, "taken") }, EINVAL,
	  GPUVIRT_REASON_MISSING_ATTRIBUTE, "PCI address", GV_MISSING(GPU) },
	{ "del: no name", GPUVIRT_CMD_TYPE_DEL, { S(GPU, GV_GPU) }, EINVAL,
	  GPUVIRT_REASON_MISSING_ATTRIBUTE, "name", GV_MISSING(NAME) },
	{ "del: no such type", GPUVIRT_CMD_TYPE_DEL,
	  { S(GPU, GV_GPU), S(NAME, "none") }, ENOENT,
	  GPUVIRT_REASON_TYPE_UNKNOWN, "no such vGPU type", NAME },
	{ "del: an old generation", GPUVIRT_CMD_TYPE_DEL,
	  { S(GPU, GV_GPU), S(NAME, "taken"), L(GEN, 1) }, ESTALE,
	  GPUVIRT_REASON_STALE_GENERATION, "generation", GEN },
	{ "del: a type that a vGPU has", GPUVIRT_CMD_TYPE_DEL,
	  { S(GPU, GV_GPU), S(NAME, "used") }, EBUSY,
	  GPUVIRT_REASON_TYPE_IN_USE, "1 vGPU of this type exists", NAME },
};

static bool longest_name(struct gv_nl *nl, const char *gpu)
{
	static struct gv_msg type;

	return !gv_type_new(nl, gpu, NAME64, 8 * GV_MIB, 0) &&
	       gv_type_available(gpu, NAME64) == 7 &&
	       !gv_type_get(nl, gpu, NAME64, &type) &&
	       !strcmp(gv_str(&type, NAME), NAME64) &&
	       !gv_type_del(nl, gpu, NAME64) &&
	       gv_type_available(gpu, NAME64) == -1;
}

/* The bounds themselves are allowed. */
static bool largest_values(struct gv_nl *nl, const char *gpu)
{
	static struct gv_msg type;
	struct gv_req req;

	gv_req_init(&req, nl, NEW, 0);
	gv_req_str(&req, GPU, gpu);
	gv_req_str(&req, NAME, "A.b_C+d-9");
	gv_req_u64(&req, FB, VRAM);
	gv_req_str(&req, SERIES, "Q");
	gv_req_u32(&req, MAX, 1);
	gv_req_u32(&req, HEADS, 1);
	gv_req_u32(&req, WEIGHT, GPUVIRT_WEIGHT_MAX);
	gv_req_u64(&req, GEN, gv_info(nl, GPUVIRT_A_INFO_GENERATION));
	return !gv_nl_do(nl, &req, NULL, NULL) &&
	       !gv_type_get(nl, gpu, "A.b_C+d-9", &type) &&
	       gv_u64(&type, FB) == VRAM &&
	       gv_u32(&type, WEIGHT) == GPUVIRT_WEIGHT_MAX &&
	       !strcmp(gv_str(&type, SERIES), "Q") &&
	       !gv_u32(&type, GPUVIRT_A_TYPE_AVAILABLE) &&
	       gv_u32(&type, GPUVIRT_A_TYPE_REASON) ==
	       GPUVIRT_REASON_VRAM_EXHAUSTED &&
	       strstr(gv_str(&type, GPUVIRT_A_TYPE_TEXT), "64 MiB") &&
	       !gv_type_del(nl, gpu, "A.b_C+d-9");
}

/* What is left out is filled in, and the default mode fits the framebuffer. */
static bool defaults(struct gv_nl *nl, const char *gpu)
{
	static struct gv_msg large, small;
	bool good;

	good = !gv_type_new(nl, gpu, "large", 16 * GV_MIB, 0) &&
	       !gv_type_new(nl, gpu, "small", 4 * GV_MIB, 0) &&
	       !gv_type_get(nl, gpu, "large", &large) &&
	       !gv_type_get(nl, gpu, "small", &small);
	gv_type_del(nl, gpu, "large");
	gv_type_del(nl, gpu, "small");
	return good && gv_u32(&large, XRES) == 1920 &&
	       gv_u32(&large, YRES) == 1080 && gv_u32(&large, HEADS) == 1 &&
	       gv_u32(&large, WEIGHT) == 64 && gv_u32(&large, MAX) == 4 &&
	       !gv_has(&large, SERIES) && gv_u32(&small, XRES) == 1024 &&
	       gv_u32(&small, YRES) == 768 && gv_u32(&small, MAX) == 16;
}

int main(void)
{
	const struct gv_sim sim = { .vram = VRAM };
	char uuid[GV_UUID_LEN + 1];
	struct gv_gpu gpu;
	struct gv_nl nl;

	gv_ktap_plan(GV_TRIES(tries) + 3);
	gv_nl_open(&nl);
	gv_gpu_new(&nl, &sim, &gpu);
	gv_uuid(uuid, 1);
	if (gv_type_new(&nl, gpu.address, "taken", 8 * GV_MIB, 0) ||
	    gv_type_new(&nl, gpu.address, "used", 8 * GV_MIB, 0) ||
	    gv_vgpu_new(gpu.address, "used", uuid))
		gv_ktap_bail("no type to work with");

	gv_try_all(&nl, tries, GV_TRIES(tries), gpu.address);
	gv_ktap_check(longest_name(&nl, gpu.address), "a name of 64 bytes is good");
	gv_ktap_check(largest_values(&nl, gpu.address), "the largest values are good");
	gv_ktap_check(defaults(&nl, gpu.address), "what is left out is filled in");
	return gv_ktap_end();
}
