/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Requests that must be refused, as rows of tables, and all that a refusal has
 * to say.
 */
#ifndef GV_NL_TRY_H
#define GV_NL_TRY_H

#include "ktap.h"
#include "nl.h"

enum gv_try_kind {
	GV_TRY_NONE,
	GV_TRY_STR,
	GV_TRY_U32,
	GV_TRY_U64,
	GV_TRY_RAW,
};

struct gv_try_attr {
	uint16_t attr;
	enum gv_try_kind kind;
	uint64_t num;
	const char *str;
};

/* In tables; where a text is GV_GPU, the GPU under test is meant. */
#define GV_GPU "@"
#define S(a, text) { a, GV_TRY_STR, 0, text }
#define U(a, val) { a, GV_TRY_U32, val, NULL }
#define L(a, val) { a, GV_TRY_U64, val, NULL }
#define RAW(a, bytes) { a, GV_TRY_RAW, sizeof(bytes) - 1, bytes }

/*
 * Refused by netlink itself, by the policy: it has its own words, and no reason
 * code.
 */
#define GV_NO_REASON (-1)

/* The attribute to blame is absent. */
#define GV_MISSING(attr) ((attr) | 1U << 16)

struct gv_try {
	const char *what;
	uint8_t cmd;
	struct gv_try_attr attrs[8];
	int err;
	int reason;
	const char *words;	/* that the sentence must have, or NULL */
	uint32_t blame;		/* attribute, GV_MISSING(attribute) or 0 */
};

#define GV_TRIES(tries) ((unsigned int)(sizeof(tries) / sizeof((tries)[0])))

/* The request of a row, not sent. */
void gv_try_request(struct gv_nl *nl, const struct gv_try *try,
		    const char *gpu, uint16_t flags, struct gv_req *req);
/* Does the end say what the row says? Differences are told in notes. */
bool gv_try_compare(const struct gv_try *try, const struct gv_req *req,
		    const struct gv_end *end);
/* Send it, and see that it is refused as it must and that nothing changes. */
bool gv_try(struct gv_nl *nl, const struct gv_try *try, const char *gpu);

/* One result for each row; inline, as each test counts its own results. */
static inline void gv_try_all(struct gv_nl *nl, const struct gv_try *tries,
			      unsigned int n, const char *gpu)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		gv_ktap_check(gv_try(nl, &tries[i], gpu), "%s", tries[i].what);
}

#endif
