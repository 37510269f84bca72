// SPDX-License-Identifier: GPL-2.0
/*
 * usage: model [-s SEED] [CASES [MODEL...]]
 *
 * Compares what the modules and the tool reckon with simple models of it. The
 * last line is "N cases, N violations".
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "model.h"

/* @share: how many of a thousand cases are its own; slow ones have fewer. */
static const struct {
	const char *name;
	void (*run)(uint64_t n);
	unsigned int share;
} models[] = {
	{ "accel", gv_model_accel, 10 },
	{ "birth", gv_model_birth, 1 },
	{ "vram", gv_model_vram, 89 },
	{ "type", gv_model_type, 80 },
	{ "netlink", gv_model_netlink, 20 },
	{ "config", gv_model_config, 200 },
	{ "display", gv_model_display, 150 },
	{ "region", gv_model_region, 100 },
	{ "irq", gv_model_irq, 200 },
	{ "sim", gv_model_sim, 100 },
	{ "group", gv_model_group, 10 },
	{ "value", gv_model_value, 39 },
	{ "pf_lock", gv_model_pf_lock, 1 },
};

static uint64_t state;
static uint64_t cases;
static uint64_t violations;

/* splitmix64 */
uint64_t gv_random(void)
{
	uint64_t z = state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

uint64_t gv_awkward(void)
{
	uint64_t n = gv_random() >> gv_below(64);

	switch (gv_below(4)) {
	case 0:
		return n;
	case 1:
		return 1ULL << gv_below(64);
	case 2:
		return (1ULL << gv_below(64)) + gv_below(3) - 1;
	default:
		return gv_below(16);
	}
}

void gv_case(void)
{
	cases++;
}

void gv_violation(const char *fmt, ...)
{
	va_list args;

	if (violations++ >= 20)
		return;
	fputs("# ", stdout);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
}

static bool wanted(const char *name, char **names)
{
	if (!*names)
		return true;
	for (; *names; names++)
		if (!strcmp(name, *names))
			return true;
	return false;
}

int main(int argc, char **argv)
{
	uint64_t n, all = 0, seed = 1;
	unsigned int i;

	if (argc > 2 && !strcmp(argv[1], "-s")) {
		seed = strtoull(argv[2], NULL, 0);
		argv += 2;
		argc -= 2;
	}
	n = argc > 1 ? strtoull(argv[1], NULL, 0) : 1000000;
	for (i = 0; i < sizeof(models) / sizeof(models[0]); i++) {
		if (!wanted(models[i].name, argc > 2 ? argv + 2 : argv + argc))
			continue;
		state = seed;
		cases = 0;
		models[i].run(n / 1000 * models[i].share);
		printf("# %s: %llu cases\n", models[i].name,
		       (unsigned long long)cases);
		fflush(stdout);
		all += cases;
	}
	printf("%llu cases, %llu violations\n", (unsigned long long)all,
	       (unsigned long long)violations);
	return violations || !all;
}
