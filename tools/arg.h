/* SPDX-License-Identifier: GPL-2.0 */
/* Words of a command line, checked and turned into values by a table. */
#ifndef GV_ARG_H
#define GV_ARG_H

#include <stdbool.h>
#include <stdint.h>

#include "err.h"

enum gv_kind {
	GV_KIND_FLAG,		/* a keyword without a value */
	GV_KIND_NAME,
	GV_KIND_GPU,		/* a PCI address */
	GV_KIND_VF,		/* a PCI address */
	GV_KIND_DRIVER,
	GV_KIND_ID,		/* VENDOR:DEVICE: num and num2 */
	GV_KIND_SIM,		/* a PCI address or "all" */
	GV_KIND_TYPE,
	GV_KIND_UUID,
	GV_KIND_SIZE,
	GV_KIND_NUMBER,		/* 32 bits */
	GV_KIND_COUNTER,	/* 64 bits */
	GV_KIND_GENERATION,	/* the same without 0 */
	GV_KIND_SECONDS,
	GV_KIND_DOMAIN,		/* hexadecimal */
	GV_KIND_RESOLUTION,	/* WxH: num and num2 */
	GV_KIND_SWITCH,		/* on or off */
	GV_KIND_SERIES,
	GV_KIND_GROUP,		/* config or runtime */
	GV_KIND_PERSIST,	/* enum gv_pt_persist */
	GV_KIND_DIR,
	GV_KIND_PORT,		/* kind of root port */
	GV_KIND_FAULTS,		/* none, or words with commas: a set of bits */
};

#define GV_POS	1U	/* known by its place; its name is for people */
#define GV_MUST	2U
#define GV_MANY	4U	/* the last place: takes further words, too */

struct gv_param {
	const char *name;
	enum gv_kind kind;
	unsigned int flags;
	unsigned int attr;	/* attribute of the request; 0: none */
	unsigned int attr2;
	const char *help;
};

#define GV_PARAMS_MAX	12
#define GV_MANY_MAX	64
#define GV_TIMEOUT_MAX	86400

struct gv_value {
	bool set;
	const char *str;	/* normalised */
	uint64_t num;
	uint64_t num2;
	char buf[40];
};

/* By the parameter's place in its table. */
struct gv_args {
	struct gv_value v[GV_PARAMS_MAX];
	/* all words of the parameter that takes many; v has the last */
	char many[GV_MANY_MAX][40];
	unsigned int many_count;
};

/*
 * All words belong to params, which ends with a NULL name; params may be
 * NULL. args points into argv, which is not changed.
 */
int gv_args_parse(const struct gv_param *params, int argc,
		  char *const argv[], struct gv_args *args,
		  struct gv_err *err);

/* The words a value can be, ending with NULL; NULL if they are many. */
const char *const *gv_kind_words(enum gv_kind kind);
/* How usage writes a value: SIZE, N, WxH... */
const char *gv_kind_name(enum gv_kind kind);

#endif
