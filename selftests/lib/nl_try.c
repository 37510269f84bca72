// SPDX-License-Identifier: GPL-2.0
/* Requests that must be refused, and all that a refusal has to say. */
#include <string.h>

#include "ktap.h"
#include "nl_books.h"
#include "nl_try.h"

static void gv_try_attr(struct gv_req *req, const struct gv_try_attr *attr,
			const char *gpu)
{
	switch (attr->kind) {
	case GV_TRY_STR:
		gv_req_str(req, attr->attr,
			   strcmp(attr->str, GV_GPU) ? attr->str : gpu);
		break;
	case GV_TRY_U32:
		gv_req_u32(req, attr->attr, attr->num);
		break;
	case GV_TRY_U64:
		gv_req_u64(req, attr->attr, attr->num);
		break;
	case GV_TRY_RAW:
		gv_req_raw(req, attr->attr, attr->str, attr->num);
		break;
	case GV_TRY_NONE:
		break;
	}
}

void gv_try_request(struct gv_nl *nl, const struct gv_try *try,
		    const char *gpu, uint16_t flags, struct gv_req *req)
{
	unsigned int i;

	gv_req_init(req, nl, try->cmd, flags);
	for (i = 0; i < sizeof(try->attrs) / sizeof(try->attrs[0]); i++)
		gv_try_attr(req, &try->attrs[i], gpu);
}

static bool gv_try_text(const char *text, const char *words)
{
	size_t len = strlen(text);
	size_t i;

	/* Netlink's own refusals need not have a text. */
	if (!words)
		return true;
	if (!len || len > GPUVIRT_TEXT_MAX)
		return false;
	for (i = 0; i < len; i++)
		if (text[i] < ' ' || text[i] > '~')
			return false;
	return strstr(text, words);
}

static bool gv_try_number(const char *what, int64_t want, int64_t got)
{
	if (want != got)
		gv_ktap_note("%s is %lld, not %lld", what, (long long)got,
			     (long long)want);
	return want == got;
}

bool gv_try_compare(const struct gv_try *try, const struct gv_req *req,
		    const struct gv_end *end)
{
	uint16_t attr = try->blame;
	bool missing = attr != try->blame;
	bool good;

	good = gv_try_number("errno", try->err, end->err);
	good &= gv_try_number("reason", try->reason, end->reason);
	good &= gv_try_number("offset of the attribute", attr && !missing ?
			      gv_req_offset(req, attr) : -1, end->offs);
	good &= gv_try_number("missing attribute", missing ? attr : -1,
			      end->miss);
	if (!gv_try_text(end->text, try->words)) {
		gv_ktap_note("the sentence should have \"%s\"", try->words);
		good = false;
	}
	if (!good)
		gv_ktap_note("it says: \"%s\" (%zu bytes)", end->text,
			     strlen(end->text));
	return good;
}

bool gv_try(struct gv_nl *nl, const struct gv_try *try, const char *gpu)
{
	static struct gv_req req;
	struct gv_books books;
	struct gv_end end;
	bool good;

	gv_books_take(nl, &books);
	gv_try_request(nl, try, gpu, 0, &req);
	gv_nl_do(nl, &req, NULL, &end);
	good = gv_try_compare(try, &req, &end);
	good &= gv_books_same(nl, &books);
	gv_books_free(&books);
	return good;
}
