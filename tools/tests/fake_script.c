// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include "../attr.h"
#include "../split.h"
#include "../value.h"
#include "fake.h"

static struct fake_stanza *stanzas;

void fake_die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("fake kernel: ", stderr);
	vfprintf(stderr, fmt, ap);
	putc('\n', stderr);
	va_end(ap);
	exit(99);
}

void fake_log(const char *fmt, ...)
{
	const char *name = getenv("GV_FAKE_LOG");
	static FILE *log;
	va_list ap;

	if (!name)
		return;
	if (!log)
		log = fopen(name, "ae");
	if (!log)
		fake_die("can't open %s", name);
	va_start(ap, fmt);
	vfprintf(log, fmt, ap);
	va_end(ap);
	fflush(log);
}

int fake_number(const char *word)
{
	uint64_t value;

	if (!word || !gv_parse_number(word, INT32_MAX, &value))
		fake_die("\"%s\" is not a number", word ? word : "");
	return value;
}

static struct fake_stanza *fake_stanza(struct fake_stanza ***end,
				       const char *command)
{
	struct fake_stanza *stanza = calloc(1, sizeof(*stanza));

	stanza->command = command;
	**end = stanza;
	*end = &stanza->next;
	return stanza;
}

static void fake_read(FILE *file)
{
	struct fake_stanza **stanza_end = &stanzas, *stanza;
	struct fake_line **line_end, *line;
	const char *wrong;
	char *text = NULL;
	size_t size = 0;

	stanza = fake_stanza(&stanza_end, "");
	line_end = &stanza->lines;
	while (getline(&text, &size, file) >= 0) {
		line = calloc(1, sizeof(*line));
		line->argc = gv_split(text, line->argv, &wrong);
		if (line->argc < 0)
			fake_die("%s", wrong);
		if (!line->argc) {
			free(line);
			continue;
		}
		text = NULL;	/* the words live in it */
		if (!strcmp(line->argv[0], "on")) {
			fake_command(line->argv[1]);
			stanza = fake_stanza(&stanza_end, line->argv[1]);
			line_end = &stanza->lines;
			continue;
		}
		*line_end = line;
		line_end = &line->next;
	}
}

struct fake_stanza *fake_script(void)
{
	const char *name = getenv("GV_FAKE_SCRIPT");
	FILE *file;

	if (stanzas)
		return stanzas;
	file = fopen(name ? name : "/dev/null", "re");
	if (!file)
		fake_die("can't open %s", name);
	fake_read(file);
	fclose(file);
	return stanzas;
}

struct fake_line *fake_start(void)
{
	return fake_script()->lines;
}

struct fake_stanza *fake_find(const char *command)
{
	struct fake_stanza *stanza, *last = NULL;

	for (stanza = fake_script(); stanza; stanza = stanza->next) {
		if (strcmp(stanza->command, command))
			continue;
		last = stanza;
		if (!stanza->used)
			break;
	}
	if (last)
		last->used = true;
	return last;
}

int fake_command(const char *name)
{
	int cmd;

	for (cmd = 1; cmd <= GPUVIRT_CMD_MAX; cmd++) {
		if (name && !strcmp(gv_command(cmd)->name, name))
			return cmd;
	}
	fake_die("there is no command \"%s\"", name ? name : "");
}

int fake_attr(int cmd, const char *name)
{
	const struct gv_set *set = gv_command(cmd)->set;
	unsigned int attr;

	for (attr = 1; attr <= set->max; attr++) {
		if (gv_attr(set, attr) && !strcmp(set->attr[attr].name, name))
			return attr;
	}
	fake_die("set %s has no attribute \"%s\"", set->name, name);
}

/* name=number, or name=word for an enum or the bits of flags. */
static uint64_t fake_value(const struct gv_attr *attr, const char *word)
{
	uint64_t value;
	unsigned int i;

	if (gv_parse_number(word, UINT64_MAX, &value))
		return value;
	for (i = 0; attr->names && i < attr->names->count; i++) {
		if (!strcmp(attr->names->name[i], word))
			return attr->show == GV_SHOW_FLAGS ? 1ULL << i : i;
	}
	fake_die("%s can't be \"%s\"", attr->name, word);
}

void fake_put(struct nl_msg *msg, int cmd, int argc, char *const argv[])
{
	const struct gv_set *set = gv_command(cmd)->set;
	char name[64], *value;
	int i, attr;

	for (i = 0; i < argc; i++) {
		value = strchr(argv[i], '=');
		if (!value)
			fake_die("\"%s\" has no value", argv[i]);
		snprintf(name, sizeof(name), "%.*s", (int)(value - argv[i]),
			 argv[i]);
		value++;
		if (name[0] == '?') {
			nla_put_u32(msg, fake_number(name + 1),
				    fake_number(value));
			continue;
		}
		attr = fake_attr(cmd, name);
		if (set->attr[attr].wire == GV_WIRE_STRING)
			nla_put_string(msg, attr, value);
		else
			gv_put_num(msg, set, attr,
				   fake_value(&set->attr[attr], value));
	}
}
