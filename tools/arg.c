// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "arg.h"
#include "value.h"

static const char *const switch_words[] = { "off", "on", NULL };
static const char *const series_words[] = { "A", "B", "C", "Q", NULL };
static const char *const group_words[] = { "config", "runtime", NULL };
static const char *const port_words[] = { "none", "acs", "acs-off", "no-acs",
					  NULL };
/* The first is no bit. */
static const char *const fault_words[] = { "none", "few-vfs", "vf-enable",
					   "vf-probe", "flr-stuck",
					   "vf-disable", "no-vfs", "sriov-off",
					   "vf-buses", "vf-bars", NULL };
static const char *const persist_words[] = { "yes", "show", "no", NULL };

static const struct {
	const char *name;
	const char *expect;
	const char *const *words;
} kinds[] = {
	[GV_KIND_FLAG]	     = { "", "", NULL },
	[GV_KIND_NAME]	     = { "NAME", "a name", NULL },
	[GV_KIND_GPU]	     = { "ADDRESS",
				 "a PCI address such as 0000:65:00.0", NULL },
	[GV_KIND_VF]	     = { "VF",
				 "a PCI address such as 0000:65:00.1", NULL },
	[GV_KIND_DRIVER]     = { "DRIVER",
				 "the name of a driver, none or host", NULL },
	[GV_KIND_ID]	     = { "VENDOR:DEVICE",
				 "two hexadecimal numbers such as 1b36:0010",
				 NULL },
	[GV_KIND_SIM]	     = { "ADDRESS|all",
				 "a PCI address such as 1000:00:00.0, or all",
				 NULL },
	[GV_KIND_TYPE]	     = { "TYPE", "a name", NULL },
	[GV_KIND_UUID]	     = { "UUID", "a UUID", NULL },
	[GV_KIND_SIZE]	     = { "SIZE",
				 "bytes, or a number with K, M, G or T "
				 "(KiB, MiB, GiB, TiB)", NULL },
	[GV_KIND_NUMBER]     = { "N", "a number from 0 to 4294967295", NULL },
	[GV_KIND_COUNTER]    = { "N",
				 "a number from 0 to 18446744073709551615",
				 NULL },
	[GV_KIND_GENERATION] = { "N", "a generation, which is a number from 1",
				 NULL },
	[GV_KIND_SECONDS]    = { "SECONDS",
				 "a number of seconds from 0 to 86400", NULL },
	[GV_KIND_DOMAIN]     = { "HEX",
				 "a hexadecimal number such as 1000", NULL },
	[GV_KIND_RESOLUTION] = { "WxH", "a resolution such as 1920x1080",
				 NULL },
	[GV_KIND_SWITCH]     = { "on|off", "on or off", switch_words },
	[GV_KIND_SERIES]     = { "A|B|C|Q", "A, B, C or Q", series_words },
	[GV_KIND_GROUP]	     = { "config|runtime", "config or runtime",
				 group_words },
	[GV_KIND_PERSIST]    = { "yes|show|no", "yes, show or no",
				 persist_words },
	[GV_KIND_DIR]	     = { "DIR", "a directory", NULL },
	[GV_KIND_PORT]	     = { "none|acs|acs-off|no-acs",
				 "none, acs, acs-off or no-acs", port_words },
	[GV_KIND_FAULTS]     = { "none|few-vfs|vf-enable|vf-probe|flr-stuck|vf-disable|no-vfs|sriov-off|vf-buses|vf-bars",
				 "none, or few-vfs, vf-enable, vf-probe, "
				 "flr-stuck, vf-disable, no-vfs, sriov-off, "
				 "vf-buses and vf-bars with commas between",
				 fault_words },
};

const char *gv_kind_name(enum gv_kind kind)
{
	return kinds[kind].name;
}

const char *const *gv_kind_words(enum gv_kind kind)
{
	return kinds[kind].words;
}

static bool gv_parse_word(const char *const *words, const char *word,
			  uint64_t *index)
{
	uint64_t i;

	for (i = 0; words[i]; i++) {
		if (!strcmp(words[i], word)) {
			*index = i;
			return true;
		}
	}
	return false;
}

static bool gv_parse_faults(const char *word, uint64_t *bits)
{
	char one[16];
	uint64_t bit;
	size_t len;

	*bits = 0;
	if (!strcmp(word, fault_words[0]))
		return true;
	for (;; word += len + 1) {
		len = strcspn(word, ",");
		if (len >= sizeof(one))
			return false;
		memcpy(one, word, len);
		one[len] = '\0';
		if (!gv_parse_word(fault_words + 1, one, &bit))
			return false;
		*bits |= 1ULL << bit;
		if (!word[len])
			return true;
	}
}

/* v->str stays the word where its normal form is the word itself. */
static bool gv_parse_kind(enum gv_kind kind, const char *word,
			  struct gv_value *v)
{
	switch (kind) {
	case GV_KIND_FLAG:
		return true;
	case GV_KIND_NAME:
	case GV_KIND_TYPE:
	case GV_KIND_DRIVER:
	case GV_KIND_DIR:
		return *word;
	case GV_KIND_SIM:
		if (!strcmp(word, "all"))
			return true;
		v->str = v->buf;
		return gv_parse_address(word, v->buf);
	case GV_KIND_ID:
		return gv_parse_id(word, &v->num, &v->num2);
	case GV_KIND_GPU:
	case GV_KIND_VF:
		v->str = v->buf;
		return gv_parse_address(word, v->buf);
	case GV_KIND_UUID:
		v->str = v->buf;
		return gv_parse_uuid(word, v->buf);
	case GV_KIND_SIZE:
		return gv_parse_size(word, &v->num);
	case GV_KIND_NUMBER:
		return gv_parse_number(word, UINT32_MAX, &v->num);
	case GV_KIND_COUNTER:
		return gv_parse_number(word, UINT64_MAX, &v->num);
	case GV_KIND_GENERATION:
		/* 0 would be no condition to the kernel */
		return gv_parse_number(word, UINT64_MAX, &v->num) && v->num;
	case GV_KIND_SECONDS:
		return gv_parse_number(word, GV_TIMEOUT_MAX, &v->num);
	case GV_KIND_DOMAIN:
		return gv_parse_hex(word, UINT32_MAX, &v->num);
	case GV_KIND_RESOLUTION:
		return gv_parse_resolution(word, &v->num, &v->num2);
	case GV_KIND_SWITCH:
	case GV_KIND_SERIES:
	case GV_KIND_GROUP:
	case GV_KIND_PORT:
	case GV_KIND_PERSIST:
		return gv_parse_word(kinds[kind].words, word, &v->num);
	case GV_KIND_FAULTS:
		return gv_parse_faults(word, &v->num);
	}
	return false;
}

static int gv_arg_value(const struct gv_param *param, const char *word,
			struct gv_value *v, struct gv_err *err)
{
	v->set = true;
	v->str = word;
	if (gv_parse_kind(param->kind, word, v))
		return 0;
	return gv_err_usage(err, "%s: expected %s, got \"%s\"", param->name,
			    kinds[param->kind].expect, word);
}

static bool gv_arg_dashes(const char *word)
{
	return !strncmp(word, "--", 2);
}

/* --no-wait is no-wait: people know the first from other tools. */
static int gv_arg_find(const struct gv_param *params, const char *word)
{
	int i;

	for (i = 0; params && params[i].name; i++) {
		if (params[i].flags & GV_POS)
			continue;
		if (!strcmp(params[i].name, word))
			return i;
		if (gv_arg_dashes(word) && !strcmp(params[i].name, word + 2))
			return i;
	}
	return -1;
}

/* The next parameter that is known by its place, or -1. */
static int gv_arg_place(const struct gv_param *params,
			const struct gv_args *args)
{
	int i;

	for (i = 0; params && params[i].name; i++) {
		if (!(params[i].flags & GV_POS))
			continue;
		if (!args->v[i].set || params[i].flags & GV_MANY)
			return i;
	}
	return -1;
}

/* A word of the parameter that takes many; a word twice is one. */
static int gv_arg_more(const struct gv_param *param, const char *word,
		       struct gv_args *args, struct gv_value *v,
		       struct gv_err *err)
{
	unsigned int i;
	int ret;

	ret = gv_arg_value(param, word, v, err);
	if (ret)
		return ret;
	for (i = 0; i < args->many_count; i++) {
		if (!strcmp(args->many[i], v->str))
			return 0;
	}
	if (args->many_count == GV_MANY_MAX)
		return gv_err_usage(err, "%s: more than %d", param->name,
				    GV_MANY_MAX);
	snprintf(args->many[args->many_count++], sizeof(args->many[0]), "%s",
		 v->str);
	return 0;
}

static int gv_arg_unknown(const struct gv_param *params, const char *word,
			  struct gv_err *err)
{
	char list[160] = "";
	size_t len = 0;
	int i;

	if (word[0] == '-' && word[1])
		return gv_err_usage(err,
				    "\"%s\" is not an argument of this command; options go before the object",
				    word);
	for (i = 0; params && params[i].name; i++) {
		if (params[i].flags & GV_POS || len >= sizeof(list))
			continue;
		len += snprintf(list + len, sizeof(list) - len, "%s%s",
				len ? ", " : "", params[i].name);
	}
	if (!len)
		return gv_err_usage(err, "\"%s\" is one argument too many",
				    word);
	return gv_err_usage(err,
			    "\"%s\" is not an argument of this command; it knows %s",
			    word, list);
}

/* --persist has no value in other tools: that is yes. */
static bool gv_arg_bare(const struct gv_param *param, const char *word,
			const char *next)
{
	uint64_t index;

	return param->kind == GV_KIND_PERSIST && gv_arg_dashes(word) &&
		!(next && gv_parse_word(persist_words, next, &index));
}

static int gv_arg_keyword(const struct gv_param *param, int argc,
			  char *const argv[], int *i, struct gv_value *v,
			  struct gv_err *err)
{
	if (v->set)
		return gv_err_usage(err, "%s is given twice", param->name);
	if (param->kind == GV_KIND_FLAG)
		return gv_arg_value(param, argv[*i], v, err);
	if (gv_arg_bare(param, argv[*i],
			*i + 1 < argc ? argv[*i + 1] : NULL))
		return gv_arg_value(param, persist_words[0], v, err);
	if (*i + 1 == argc)
		return gv_err_usage(err, "%s needs a value: %s", param->name,
				    kinds[param->kind].expect);
	return gv_arg_value(param, argv[++*i], v, err);
}

/* All that is missing is told at once. */
static int gv_args_missing(const struct gv_param *params,
			   const struct gv_args *args, struct gv_err *err)
{
	char list[160] = "";
	size_t len = 0;
	int i;

	for (i = 0; params && params[i].name; i++) {
		if (!(params[i].flags & GV_MUST) || args->v[i].set ||
		    len >= sizeof(list))
			continue;
		len += snprintf(list + len, sizeof(list) - len, "%s%s",
				len ? ", " : "", params[i].name);
	}
	if (!len)
		return 0;
	return gv_err_usage(err, "missing: %s", list);
}

int gv_args_parse(const struct gv_param *params, int argc,
		  char *const argv[], struct gv_args *args,
		  struct gv_err *err)
{
	int i, key, place, ret;

	memset(args, 0, sizeof(*args));
	for (i = 0; i < argc; i++) {
		key = gv_arg_find(params, argv[i]);
		place = gv_arg_place(params, args);
		/* a name may be spelled like a keyword if its place is due */
		if (place >= 0 &&
		    (key < 0 || (!gv_arg_dashes(argv[i]) &&
				 params[place].flags & GV_MUST &&
				 !args->v[place].set))) {
			if (argv[i][0] == '-')
				return gv_arg_unknown(params, argv[i], err);
			ret = params[place].flags & GV_MANY ?
				gv_arg_more(&params[place], argv[i], args,
					    &args->v[place], err) :
				gv_arg_value(&params[place], argv[i],
					     &args->v[place], err);
		} else if (key >= 0) {
			ret = gv_arg_keyword(&params[key], argc, argv, &i,
					     &args->v[key], err);
		} else {
			ret = gv_arg_unknown(params, argv[i], err);
		}
		if (ret)
			return ret;
	}
	return gv_args_missing(params, args, err);
}
