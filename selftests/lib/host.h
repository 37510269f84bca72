/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The host as an administrator sees it, by running the tool: for tests whose
 * subject is something else. What can't be set up ends the test.
 */
#ifndef GV_HOST_H
#define GV_HOST_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define GV_ID_MAX 37
#define GV_GPU_MAX 17

/**
 * gv_host_begin() - run the rest of the test in a process of its own
 *
 * When that ends, in whatever way, its mappings and files are gone, and the
 * parent removes the simulated GPUs. Call it first of all.
 */
void gv_host_begin(void);

/* What the last command said, on both of its outputs. */
extern char gv_said[];

/* Run a shell command; gives its exit status back. */
int gv_run(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* The same, and end the test if it fails. */
void gv_must(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Did the last command say this, words in this order? */
bool gv_said_all(const char *first, ...) __attribute__((sentinel));

void gv_host_sim_add(char gpu[GV_GPU_MAX], const char *args);
void gv_host_type_new(const char *gpu, const char *name, const char *args);
void gv_host_vgpu_new(const char *gpu, const char *type, const char *id);
void gv_host_vgpu_del(const char *id);

/* A number that `OBJECT show HANDLE` has, in JSON; ~0 if it has none. */
uint64_t gv_num(const char *object, const char *handle, const char *key);

/* Milliseconds since some moment. */
int64_t gv_now(void);
void gv_sleep(unsigned int ms);
/* So long on Debian's kernel; longer on one that is slower. */
int64_t gv_patience(unsigned int ms);
/* Wait until a condition holds, 10 ms between tries. */
#define gv_until(ms, cond) ({						\
	int64_t end_ = gv_now() + gv_patience(ms);			\
	bool good_;							\
	while (!(good_ = (cond)) && gv_now() < end_)			\
		gv_sleep(10);						\
	good_;								\
})

/* Write a string to a file; 0 or a negative errno. */
int gv_host_write(const char *path, const char *text);
/* The same in a child, since it may wait in the kernel. */
pid_t gv_file_write_child(const char *path, const char *text);
/* Exit status of a child, or -1 if it has not ended by then. */
int gv_child_status(pid_t pid, unsigned int ms);

#endif
