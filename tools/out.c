// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <inttypes.h>
#include <json-c/json.h>

#include "clean.h"
#include "out.h"

#define GV_OUT_DEPTH	8

static struct {
	bool json;
	int flags;
	struct json_object *stack[GV_OUT_DEPTH];
	int depth;
} out;

void gv_out_init(bool json, bool pretty)
{
	out.json = json;
	out.flags = JSON_C_TO_STRING_NOSLASHESCAPE;
	if (pretty)
		out.flags |= JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED;
}

bool gv_out_json(void)
{
	return out.json;
}

/* A document that lacks a member without a word would be a lie. */
static struct json_object *gv_out_need(struct json_object *value)
{
	if (!value) {
		fputs("gpuvirt: this process is out of memory\n", stderr);
		exit(GV_EXIT_FAILED);
	}
	return value;
}

static void gv_out_add(const char *key, struct json_object *value)
{
	struct json_object *top = out.depth ? out.stack[out.depth - 1] : NULL;

	if (!top)
		return;
	if (json_object_is_type(top, json_type_array))
		json_object_array_add(top, value);
	else
		json_object_object_add(top, key, value);
}

static void gv_out_push(const char *key, struct json_object *value)
{
	gv_out_add(key, gv_out_need(value));
	if (out.depth == GV_OUT_DEPTH)
		abort();
	out.stack[out.depth++] = value;
}

/* The outermost one stays until gv_out_end() has printed it. */
static void gv_out_pop(void)
{
	if (out.json && out.depth > 1)
		out.depth--;
}

void gv_out_array(const char *key)
{
	if (out.json)
		gv_out_push(key, json_object_new_array());
}

void gv_out_array_end(void)
{
	gv_out_pop();
}

void gv_out_object(const char *key)
{
	if (out.json)
		gv_out_push(key, json_object_new_object());
}

void gv_out_object_end(void)
{
	gv_out_pop();
}

void gv_out_end(void)
{
	if (out.json && out.depth) {
		puts(json_object_to_json_string_ext(out.stack[0], out.flags));
		json_object_put(out.stack[0]);
		out.depth = 0;
	}
	fflush(stdout);
}

bool gv_out_failed(void)
{
	return ferror(stdout);
}

int gv_out_close(void)
{
	gv_out_end();
	if (!ferror(stdout) && !fclose(stdout))
		return GV_EXIT_OK;
	fputs("gpuvirt: can't write the output\n", stderr);
	return GV_EXIT_FAILED;
}

static struct json_object *gv_out_json_str(const char *value)
{
	struct json_object *json;
	char *clean = gv_clean_utf8(value);

	json = clean ? json_object_new_string(clean) : NULL;
	free(clean);
	return gv_out_need(json);
}

void gv_out_str(const char *key, const char *value)
{
	if (out.json && value)
		gv_out_add(key, gv_out_json_str(value));
}

void gv_out_num(const char *key, uint64_t value)
{
	if (out.json)
		gv_out_add(key, gv_out_need(json_object_new_uint64(value)));
}

void gv_out_bool(const char *key, bool value)
{
	if (out.json)
		gv_out_add(key, gv_out_need(json_object_new_boolean(value)));
}

static void gv_out_json_flags(const char *key, const struct gv_names *names,
			      uint64_t value)
{
	const char *name;
	unsigned int bit;

	gv_out_array(key);
	for (bit = 0; bit < 64; bit++) {
		if (!(value >> bit & 1))
			continue;
		name = gv_name(names, bit);
		if (name)
			gv_out_str(NULL, name);
		else
			gv_out_num(NULL, 1ULL << bit);
	}
	gv_out_array_end();
}

static void gv_out_json_attr(const struct gv_obj *obj, unsigned int type)
{
	const struct gv_attr *attr = &obj->set->attr[type];
	uint64_t value = gv_obj_num(obj, type);
	const char *name;

	if (attr->wire == GV_WIRE_STRING) {
		gv_out_str(attr->name, gv_obj_str(obj, type));
	} else if (attr->show == GV_SHOW_BOOL ||
		   attr->show == GV_SHOW_SWITCH) {
		gv_out_bool(attr->name, value);
	} else if (attr->show == GV_SHOW_FLAGS) {
		gv_out_json_flags(attr->name, attr->names, value);
	} else {
		name = attr->show == GV_SHOW_ENUM ?
			gv_name(attr->names, value) : NULL;
		if (name)
			gv_out_str(attr->name, name);
		else
			gv_out_num(attr->name, value);
	}
}

void gv_out_obj(const char *key, const struct gv_obj *obj)
{
	unsigned int type;

	if (!out.json)
		return;
	gv_out_object(key);
	for (type = 0; type <= obj->set->max; type++) {
		if (gv_obj_has(obj, type))
			gv_out_json_attr(obj, type);
	}
}

const char *gv_out_size(uint64_t bytes, char *buf)
{
	static const char *const unit[] = { "B", "KiB", "MiB", "GiB" };
	unsigned int i = 0;

	while (i < 3 && bytes && !(bytes & 1023)) {
		bytes >>= 10;
		i++;
	}
	snprintf(buf, 32, "%" PRIu64 " %s", bytes, unit[i]);
	return buf;
}

static void gv_out_text_flags(const struct gv_names *names, uint64_t value)
{
	const char *comma = "";
	unsigned int bit;

	if (!value)
		fputs("none", stdout);
	for (bit = 0; bit < 64; bit++) {
		if (!(value >> bit & 1))
			continue;
		if (gv_name(names, bit))
			printf("%s%s", comma, gv_name(names, bit));
		else
			printf("%s0x%" PRIx64, comma, (uint64_t)1 << bit);
		comma = ",";
	}
}

static void gv_out_text_attr(const struct gv_obj *obj, unsigned int type)
{
	const struct gv_attr *attr = &obj->set->attr[type];
	uint64_t value = gv_obj_num(obj, type);
	char buf[32];

	if (attr->wire == GV_WIRE_STRING) {
		gv_clean_print(stdout, gv_obj_word(obj, type));
		return;
	}
	switch (attr->show) {
	case GV_SHOW_SIZE:
		fputs(gv_out_size(value, buf), stdout);
		break;
	case GV_SHOW_HEX:
		printf("0x%04" PRIx64, value);
		break;
	case GV_SHOW_CLASS:
		printf("0x%06" PRIx64, value);
		break;
	case GV_SHOW_BOOL:
		fputs(value ? "yes" : "no", stdout);
		break;
	case GV_SHOW_SWITCH:
		fputs(value ? "on" : "off", stdout);
		break;
	case GV_SHOW_FLAGS:
		gv_out_text_flags(attr->names, value);
		break;
	case GV_SHOW_ENUM:
		if (gv_name(attr->names, value)) {
			fputs(gv_name(attr->names, value), stdout);
			break;
		}
		/* a value of a newer module */
		/* fall through */
	default:
		printf("%" PRIu64, value);
	}
}

void gv_out_titled(int indent, const char *title, const struct gv_obj *obj,
		   const unsigned int *attrs)
{
	bool first = true;

	if (out.json)
		return;
	if (title) {
		printf("%*s", indent, "");
		gv_clean_print(stdout, title);
		first = false;
	}
	for (; *attrs; attrs++) {
		if (!gv_obj_has(obj, *attrs))
			continue;
		if (first)
			printf("%*s", indent, "");
		else
			fputs("  ", stdout);
		printf("%s ", obj->set->attr[*attrs].name);
		gv_out_text_attr(obj, *attrs);
		first = false;
	}
	if (!first)
		putchar('\n');
}

void gv_out_line(int indent, const struct gv_obj *obj,
		 const unsigned int *attrs)
{
	gv_out_titled(indent, NULL, obj, attrs);
}

void gv_out_text(int indent, const char *fmt, ...)
{
	char line[1024];
	va_list ap;

	if (out.json)
		return;
	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	printf("%*s", indent, "");
	gv_clean_print(stdout, line);
	putchar('\n');
}

void gv_out_plain(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
}
