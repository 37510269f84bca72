/* SPDX-License-Identifier: GPL-2.0 */
/* What all models share: numbers by chance, and a count of what is wrong. */
#ifndef GV_MODEL_H
#define GV_MODEL_H

#include <stdbool.h>
#include <stdint.h>

/* The same numbers in each run with the same seed. */
uint64_t gv_random(void);

static inline uint64_t gv_below(uint64_t n)
{
	return gv_random() % n;
}

/* Small, large, odd and at the edge of something, more often than by chance. */
uint64_t gv_awkward(void);

void gv_case(void);
__attribute__((format(printf, 1, 2)))
void gv_violation(const char *fmt, ...);

#define gv_expect(c, fmt, ...)						\
	do {								\
		if (!(c))						\
			gv_violation("%s:%d: %s: " fmt, __FILE__,	\
				     __LINE__, #c, ##__VA_ARGS__);	\
	} while (0)

/* Each tries so many cases, or rounds of some. */
void gv_model_accel(uint64_t n);
void gv_model_birth(uint64_t n);
void gv_model_vram(uint64_t n);
void gv_model_type(uint64_t n);
void gv_model_config(uint64_t n);
void gv_model_display(uint64_t n);
void gv_model_region(uint64_t n);
void gv_model_irq(uint64_t n);
void gv_model_sim(uint64_t n);
void gv_model_group(uint64_t n);
void gv_model_value(uint64_t n);
void gv_model_netlink(uint64_t n);
void gv_model_pf_lock(uint64_t n);

#endif
