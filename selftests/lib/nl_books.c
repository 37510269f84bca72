// SPDX-License-Identifier: GPL-2.0
/* All that the kernel tells about the configuration, as text. */
#include <dirent.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "ktap.h"
#include "nl_books.h"

__attribute__((format(printf, 2, 3)))
static void gv_books_add(struct gv_books *books, const char *fmt, ...)
{
	va_list ap;
	int len;

	if (books->size - books->len < 4096) {
		books->size = books->size * 2 + 8192;
		books->data = realloc(books->data, books->size);
		if (!books->data)
			gv_ktap_bail("no memory for the books");
	}
	va_start(ap, fmt);
	len = vsnprintf(books->data + books->len, 4096, fmt, ap);
	va_end(ap);
	books->len += len;
}

static bool gv_books_skips(const struct gv_books *books, uint8_t cmd,
			   unsigned int attr)
{
	if (!books->uncounted)
		return false;
	switch (cmd) {
	case GPUVIRT_CMD_GPU_GET:
		return attr == GPUVIRT_A_GPU_GENERATION;
	case GPUVIRT_CMD_TYPE_GET:
		return attr == GPUVIRT_A_TYPE_GENERATION;
	case GPUVIRT_CMD_VGPU_GET:
		return attr == GPUVIRT_A_VGPU_GENERATION;
	case GPUVIRT_CMD_VF_GET:
		return attr == GPUVIRT_A_VF_GENERATION;
	}
	return false;
}

/* Every attribute, byte by byte: also the generation. */
static void gv_books_entry(const struct gv_msg *msg, void *arg)
{
	struct gv_books *books = arg;
	const unsigned char *byte;
	unsigned int i, j;

	gv_books_add(books, "cmd %u:", msg->cmd);
	for (i = 0; i < GV_NL_ATTRS; i++) {
		if (!msg->a[i] || gv_books_skips(books, msg->cmd, i))
			continue;
		gv_books_add(books, " %u=", i);
		byte = mnl_attr_get_payload(msg->a[i]);
		for (j = 0; j < mnl_attr_get_payload_len(msg->a[i]); j++)
			gv_books_add(books, byte[j] > ' ' && byte[j] < 127 ?
				     "%c" : "\\%02x", byte[j]);
	}
	gv_books_add(books, "\n");
}

static int gv_books_order(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void gv_books_dir(struct gv_books *books, const char *path)
{
	struct dirent **names;
	int n = scandir(path, &names, NULL, gv_books_order);
	int i;

	gv_books_add(books, "%s:", path);
	for (i = 0; i < n; i++) {
		gv_books_add(books, " %s", names[i]->d_name);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	gv_books_add(books, "\n");
}

/* The directory of types of each GPU that has one. */
static void gv_books_types(const struct gv_msg *msg, void *arg)
{
	char path[128];

	if (!gv_has(msg, GPUVIRT_A_GPU_BACKEND))
		return;
	snprintf(path, sizeof(path),
		 "/sys/bus/pci/devices/%s/mdev_supported_types",
		 gv_str(msg, GPUVIRT_A_GPU_ADDRESS));
	gv_books_dir(arg, path);
}

static void gv_books_fill(struct gv_nl *nl, struct gv_books *books)
{
	static const uint8_t cmds[] = {
		GPUVIRT_CMD_GPU_GET,
		GPUVIRT_CMD_TYPE_GET,
		GPUVIRT_CMD_VGPU_GET,
		GPUVIRT_CMD_VF_GET,
		GPUVIRT_CMD_ID_GET,
	};
	unsigned int i;

	if (!books->uncounted)
		gv_books_add(books, "generation %llu, event %llu\n",
			     (unsigned long long)gv_info(nl, GPUVIRT_A_INFO_GENERATION),
			     (unsigned long long)gv_info(nl, GPUVIRT_A_INFO_CONFIG_SEQ));
	for (i = 0; i < sizeof(cmds); i++)
		if (gv_nl_dump_cmd(nl, cmds[i], gv_books_entry, books))
			gv_ktap_bail("the dump of command %u failed", cmds[i]);
	gv_nl_dump_cmd(nl, GPUVIRT_CMD_GPU_GET, gv_books_types, books);
	gv_books_dir(books, "/sys/bus/mdev/devices");
}

void gv_books_take(struct gv_nl *nl, struct gv_books *books)
{
	memset(books, 0, sizeof(*books));
	gv_books_fill(nl, books);
}

void gv_books_take_uncounted(struct gv_nl *nl, struct gv_books *books)
{
	memset(books, 0, sizeof(*books));
	books->uncounted = true;
	gv_books_fill(nl, books);
}

static void gv_books_tell(const char *was, const char *is)
{
	size_t line = 0;

	/* The first line that differs says enough. */
	while (was[line] && was[line] == is[line])
		line++;
	while (line && was[line - 1] != '\n')
		line--;
	gv_ktap_note("the books were: %.*s", (int)strcspn(was + line, "\n"),
		     was + line);
	gv_ktap_note("the books are:  %.*s", (int)strcspn(is + line, "\n"),
		     is + line);
}

bool gv_books_same(struct gv_nl *nl, const struct gv_books *before)
{
	struct gv_books now;
	bool same;

	memset(&now, 0, sizeof(now));
	now.uncounted = before->uncounted;
	gv_books_fill(nl, &now);
	same = now.len == before->len &&
	       !memcmp(now.data, before->data, now.len);
	if (!same)
		gv_books_tell(before->data, now.data);
	gv_books_free(&now);
	return same;
}

void gv_books_free(struct gv_books *books)
{
	free(books->data);
	books->data = NULL;
}
