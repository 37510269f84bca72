// SPDX-License-Identifier: GPL-2.0
/* What drills share: size, seed, time, counts. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "drill.h"
#include "host.h"
#include "nl_gpu.h"

/* Failures that are told; more say nothing new. */
#define GV_DRILL_TOLD 20

static const char *const gv_drill_sizes[] = { "short", "long", "soak" };
/* Milliseconds that a drill of each size may take. */
static const uint64_t gv_drill_budgets[] = { 7000, 90000, 900000 };

static const char *gv_drill_arg(int argc, char **argv, int nr, const char *env)
{
	const char *text = getenv(env);

	if (argc > nr)
		text = argv[nr];
	return text && *text ? text : NULL;
}

static void gv_drill_size(struct gv_drill *drill, const char *name)
{
	unsigned int i;

	if (!name)
		return;
	for (i = 0; i < 3; i++) {
		if (!strcmp(name, gv_drill_sizes[i])) {
			drill->size = i;
			return;
		}
	}
	gv_ktap_bail("a drill is short, long or soak, not %s", name);
}

/* Who asks for a number gets it, however long it takes. */
static void gv_drill_tries(struct gv_drill *drill, const char *text)
{
	if (!text || !*text)
		return;
	drill->goal = strtoull(text, NULL, 10);
	drill->counts = true;
	if (!drill->goal)
		gv_ktap_bail("GV_TRIES is %s, which is no number", text);
}

uint64_t gv_drill_slow(void)
{
	const char *text = getenv("GV_SLOW");
	uint64_t slow = text ? strtoull(text, NULL, 10) : 1;

	return slow ? slow : 1;
}

/* A slow kernel gets more time, but not so much more that it costs hours. */
static uint64_t gv_drill_budget(const struct gv_drill *drill)
{
	uint64_t slow = gv_drill_slow();

	return gv_drill_budgets[drill->size] * (slow < 4 ? slow : 4);
}

void gv_drill_restart(struct gv_drill *drill)
{
	drill->begun = gv_now_ms();
	drill->until = drill->begun + gv_drill_budget(drill);
}

void gv_drill_begin(struct gv_drill *drill, int argc, char **argv,
		    const char *id, const char *what, struct gv_goals goals)
{
	const char *seed;

	memset(drill, 0, sizeof(*drill));
	drill->id = id;
	drill->what = what;
	gv_drill_size(drill, gv_drill_arg(argc, argv, 1, "GV_DRILL"));
	seed = gv_drill_arg(argc, argv, 2, "GV_SEED");
	drill->seed = seed ? strtoull(seed, NULL, 0) : 0x5eed;
	if (!drill->seed)
		drill->seed = 0x5eed;
	/* Drills of one seed need not do alike. */
	drill->state = drill->seed * 0x9e3779b97f4a7c15ULL ^
		       (uint64_t)id[1] << 40 ^ (uint64_t)id[2] << 48;
	if (!drill->state)
		drill->state = 1;
	drill->goal = goals.tries[drill->size];
	gv_drill_tries(drill, getenv("GV_TRIES"));
	gv_must("modprobe -a vfio_iommu_type1 gpuvirt");
	gv_drill_restart(drill);
	gv_ktap_note("%s seed 0x%llx size %s", id,
		     (unsigned long long)drill->seed,
		     gv_drill_sizes[drill->size]);
}

uint64_t gv_drill_left(const struct gv_drill *drill)
{
	uint64_t now = gv_now_ms();

	return now < drill->until ? drill->until - now : 0;
}

bool gv_drill_goes_on(const struct gv_drill *drill)
{
	return drill->tried < drill->goal &&
	       (drill->counts || drill->tried < drill->ways ||
		gv_drill_left(drill)) &&
	       drill->failed < GV_DRILL_TOLD;
}

unsigned int gv_drill_way(struct gv_drill *drill, unsigned int ways)
{
	drill->ways = ways;
	return drill->tried < ways ? drill->tried : gv_drill_below(drill, ways);
}

void gv_drill_failed(struct gv_drill *drill, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	drill->failed++;
	if (drill->failed > GV_DRILL_TOLD)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	gv_ktap_note("try %llu: %s", (unsigned long long)drill->tried, text);
}

void gv_drill_tell(const struct gv_drill *drill)
{
	gv_ktap_note("%s tried %llu failed %llu seed 0x%llx took %llu s: %s",
		     drill->id, (unsigned long long)drill->tried,
		     (unsigned long long)drill->failed,
		     (unsigned long long)drill->seed,
		     (unsigned long long)(gv_now_ms() - drill->begun + 999) /
		     1000, drill->what);
}

uint64_t gv_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}
