/* SPDX-License-Identifier: GPL-2.0 */
/* Simulated GPUs, types and vGPUs for tests to work on. */
#ifndef GV_NL_GPU_H
#define GV_NL_GPU_H

#include "nl.h"

#define GV_MIB (1ULL << 20)
#define GV_GIB (1ULL << 30)

/* What a simulated GPU is to be; what is 0 is left to the kernel. */
struct gv_sim {
	const char *model;
	uint64_t vram;
	uint64_t limit;
	uint32_t max_vgpus;
	uint32_t total_vfs;
};

struct gv_gpu {
	char address[GPUVIRT_ADDRESS_MAX + 1];
};

/* Ends the test if it fails. The GPU is removed when the test ends. */
void gv_gpu_new(struct gv_nl *nl, const struct gv_sim *sim, struct gv_gpu *gpu);
/* 0 or a positive errno; waits for the operation. */
int gv_gpu_del(struct gv_nl *nl, const char *address);
/* All of gpu-get; ends the test if the GPU is unknown. */
void gv_gpu_get(struct gv_nl *nl, const char *address, struct gv_msg *msg);
int gv_gpu_set(struct gv_nl *nl, const char *address, int drain);

/* 0 or a positive errno; waits until it has ended. */
int gv_operation_wait(struct gv_nl *nl, uint64_t id, struct gv_msg *msg);

/* 0 or a positive errno. @max is 0 for as many as fit. */
int gv_type_new(struct gv_nl *nl, const char *address, const char *name,
		uint64_t framebuffer, uint32_t max);
int gv_type_del(struct gv_nl *nl, const char *address, const char *name);
int gv_type_get(struct gv_nl *nl, const char *address, const char *name,
		struct gv_msg *msg);
/* available_instances in sysfs, or -1. */
int gv_type_available(const char *address, const char *name);

/* A UUID made of a number, for tests to tell their vGPUs apart. */
#define GV_UUID_LEN 36
void gv_uuid(char *uuid, unsigned int n);
/* 0 or a positive errno, by way of sysfs. */
int gv_vgpu_new(const char *address, const char *type, const char *uuid);
int gv_vgpu_remove(const char *uuid);
int gv_vgpu_get(struct gv_nl *nl, const char *uuid, struct gv_msg *msg);
bool gv_vgpu_exists(const char *uuid);

/* 0 or a positive errno. */
int gv_file_write(const char *path, const char *text);
bool gv_file_read(const char *path, char *text, size_t size);
void gv_msleep(unsigned int ms);
uint64_t gv_now_ms(void);

/* Wait until no operation is running, and nothing changes by itself any more. */
void gv_settle(struct gv_nl *nl);

#endif
