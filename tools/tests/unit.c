// SPDX-License-Identifier: GPL-2.0
/*
 * Parsing and tables, function by function. With "table": the attributes; with
 * "modprobe NAME": loads a module, and prints what came of it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <netlink/msg.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "../arg.h"
#include "../attr.h"
#include "../clean.h"
#include "../cmd.h"
#include "../extack.h"
#include "../filter.h"
#include "../out.h"
#include "../port.h"
#include "../split.h"
#include "../value.h"

static int failed;

#define CHECK(x)							\
	do {								\
		if (!(x)) {						\
			printf("# %s:%d: %s\n", __FILE__, __LINE__, #x); \
			failed++;					\
		}							\
	} while (0)

static void test_number(void)
{
	static const char *const bad[] = {
		"", " 1", "1 ", "+1", "-1", "1x", "0x", "x1", "1.5", "1e3",
		"18446744073709551616", "0x10000000000000000", "\t1",
		"99999999999999999999",
	};
	uint64_t v = 7;
	size_t i;

	CHECK(gv_parse_number("0", UINT64_MAX, &v) && v == 0);
	CHECK(gv_parse_number("0x1F", UINT64_MAX, &v) && v == 31);
	CHECK(gv_parse_number("010", UINT64_MAX, &v) && v == 10);
	CHECK(gv_parse_number("18446744073709551615", UINT64_MAX, &v) &&
	      v == UINT64_MAX);
	CHECK(gv_parse_number("4294967295", UINT32_MAX, &v));
	CHECK(!gv_parse_number("4294967296", UINT32_MAX, &v));
	CHECK(!gv_parse_number("8", 7, &v));
	CHECK(gv_parse_number("7", 7, &v));
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK(!gv_parse_number(bad[i], UINT64_MAX, &v));
	CHECK(gv_parse_hex("1000", UINT32_MAX, &v) && v == 0x1000);
	CHECK(gv_parse_hex("0xabCD", UINT32_MAX, &v) && v == 0xabcd);
	CHECK(!gv_parse_hex("1g", UINT32_MAX, &v));
}

static void test_size(void)
{
	static const char *const bad[] = {
		"", "G", "1 G", "1X", "1GG", "1Gi", "1GB", "-1G", "1.5G",
		"16777216T", "18014398509481984K",
	};
	uint64_t v;
	size_t i;

	CHECK(gv_parse_size("4096", &v) && v == 4096);
	CHECK(gv_parse_size("4K", &v) && v == 4096);
	CHECK(gv_parse_size("4k", &v) && v == 4096);
	CHECK(gv_parse_size("4KiB", &v) && v == 4096);
	CHECK(gv_parse_size("3M", &v) && v == 3 << 20);
	CHECK(gv_parse_size("3mib", &v) && v == 3 << 20);
	CHECK(gv_parse_size("141GiB", &v) && v == 141ULL << 30);
	CHECK(gv_parse_size("16777215T", &v) && v == 16777215ULL << 40);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK(!gv_parse_size(bad[i], &v));
}

static void test_resolution(void)
{
	uint64_t x, y;

	CHECK(gv_parse_resolution("1920x1080", &x, &y) && x == 1920 &&
	      y == 1080);
	CHECK(!gv_parse_resolution("1920", &x, &y));
	CHECK(!gv_parse_resolution("1920X1080", &x, &y));
	CHECK(!gv_parse_resolution("1920x", &x, &y));
	CHECK(!gv_parse_resolution("x1080", &x, &y));
	CHECK(!gv_parse_resolution("1920x1080x2", &x, &y));
	CHECK(!gv_parse_resolution("4294967296x1", &x, &y));
}

static bool address(const char *word, const char *want)
{
	char buf[17];

	if (!gv_parse_address(word, buf))
		return !want;
	return want && !strcmp(buf, want);
}

static void test_address(void)
{
	CHECK(address("0000:65:00.0", "0000:65:00.0"));
	CHECK(address("65:00.0", "0000:65:00.0"));
	CHECK(address("0:65:0.0", "0000:65:00.0"));
	CHECK(address("AB:1F.7", "0000:ab:1f.7"));
	CHECK(address("1000:00:00.0", "1000:00:00.0"));
	CHECK(address("10000:00:00.0", "10000:00:00.0"));
	CHECK(address("", NULL));
	CHECK(address("65:00", NULL));
	CHECK(address("65:00.8", NULL));
	CHECK(address("65:20.0", NULL));
	CHECK(address("165:00.0", NULL));
	CHECK(address("0000:65:00.0 ", NULL));
	CHECK(address(" 65:00.0", NULL));
	CHECK(address("0000:65:00.0/..", NULL));
	CHECK(address("0x65:00.0", NULL));
	CHECK(address("0:0:65:00.0", NULL));
	CHECK(address(":65:00.0", NULL));
	CHECK(address("0000000000000000065:00.0", NULL));
}

static void test_uuid(void)
{
	char buf[37];

	CHECK(gv_parse_uuid("6F1C1C7E-4A55-4A57-9A0C-31C2A7A0A001", buf) &&
	      !strcmp(buf, "6f1c1c7e-4a55-4a57-9a0c-31c2a7a0a001"));
	CHECK(!gv_parse_uuid("6f1c1c7e4a554a579a0c31c2a7a0a001", buf));
	CHECK(!gv_parse_uuid("6f1c1c7e-4a55-4a57-9a0c-31c2a7a0a00", buf));
	CHECK(!gv_parse_uuid("6f1c1c7e-4a55-4a57-9a0c-31c2a7a0a0011", buf));
	CHECK(!gv_parse_uuid("../../../../../../../../../../etc/passwd", buf));
}

/* words is what the line must become, each word in < >; NULL: refused. */
static bool split(const char *line, const char *words)
{
	char buf[512], got[512] = "", *argv[GV_SPLIT_MAX + 1];
	const char *wrong = NULL;
	int argc, i;

	strcpy(buf, line);
	argc = gv_split(buf, argv, &wrong);
	if (argc < 0)
		return !words && wrong;
	for (i = 0; i < argc; i++)
		sprintf(got + strlen(got), "<%s>", argv[i]);
	return words && !argv[argc] && !strcmp(got, words);
}

static void test_split(void)
{
	char many[512] = "";
	int i;

	CHECK(split("", ""));
	CHECK(split("  # a comment\n", ""));
	CHECK(split("gpu show\n", "<gpu><show>"));
	CHECK(split("  gpu\t show  # one\r\n", "<gpu><show>"));
	CHECK(split("a 'b c' \"d e\" f\\ g", "<a><b c><d e><f g>"));
	CHECK(split("a'b'\"c\"d", "<abcd>"));
	CHECK(split("'' \"\"", "<><>"));
	CHECK(split("a#b", "<a#b>"));
	CHECK(split("\"a\\\"b\\n\" 'c\\d'", "<a\"b\\n><c\\d>"));
	CHECK(split("'open", NULL));
	CHECK(split("\"open\n", NULL));
	CHECK(split("end\\", NULL));
	for (i = 0; i < GV_SPLIT_MAX; i++)
		strcat(many, "a ");
	CHECK(strlen(many) && !split(many, NULL));
	strcat(many, "a");
	CHECK(split(many, NULL));
}

static void test_clean(void)
{
	char *text;

	text = gv_clean_utf8("a\xff\xc3\xa4\xe2\x82z\xf4\x90\x80\x80");
	CHECK(text && !strcmp(text, "a\xef\xbf\xbd\xc3\xa4\xef\xbf\xbd"
			      "\xef\xbf\xbdz\xef\xbf\xbd\xef\xbf\xbd"
			      "\xef\xbf\xbd\xef\xbf\xbd"));
	free(text);
	text = gv_clean_utf8("\xed\xa0\x80\xc0\xaf");
	CHECK(text && strlen(text) == 15);
	free(text);
}

static void test_size_text(void)
{
	char buf[32];

	CHECK(!strcmp(gv_out_size(0, buf), "0 B"));
	CHECK(!strcmp(gv_out_size(1000, buf), "1000 B"));
	CHECK(!strcmp(gv_out_size(4096, buf), "4 KiB"));
	CHECK(!strcmp(gv_out_size(2560ULL << 20, buf), "2560 MiB"));
	CHECK(!strcmp(gv_out_size(141ULL << 30, buf), "141 GiB"));
	CHECK(!strcmp(gv_out_size(2ULL << 40, buf), "2048 GiB"));
}

/* Every reason has a line on what to do next, and each its own. */
static void test_hints(void)
{
	uint32_t i, j;

	CHECK(gv_names_reason.count == GPUVIRT_REASON_SRIOV_OFF + 1);
	for (i = 1; i < gv_names_reason.count; i++) {
		CHECK(gv_hint(i) && strlen(gv_hint(i)) > 10);
		for (j = 1; gv_hint(i) && j < i; j++)
			CHECK(strcmp(gv_hint(i), gv_hint(j)));
	}
	CHECK(!gv_hint(gv_names_reason.count));
}

/* Tables must fit the parser's arrays, and places come before keywords. */
static void test_commands(void)
{
	const struct gv_object *object;
	const struct gv_param *param;
	const struct gv_verb *verb;
	bool keyword;

	for (object = gv_objects; object->name; object++) {
		CHECK(object->help && gv_object(object->name) == object);
		for (verb = object->verbs; verb->name; verb++) {
			CHECK(verb->help && verb->run && verb->params);
			CHECK(strcmp(verb->name, "help"));
			keyword = false;
			for (param = verb->params; param->name; param++) {
				CHECK(param->help);
				CHECK(!(keyword && param->flags & GV_POS));
				keyword |= !(param->flags & GV_POS);
			}
			CHECK(param - verb->params <= GV_PARAMS_MAX);
		}
	}
	for (unsigned int cmd = 1; cmd <= GPUVIRT_CMD_MAX; cmd++)
		CHECK(gv_command(cmd));
	CHECK(!gv_command(0) && !gv_command(GPUVIRT_CMD_MAX + 1));
}

/* An answer of just a number, at the very end of a page. */
static int short_answer(int num, struct gv_err *err)
{
	size_t page = sysconf(_SC_PAGESIZE), len = NLMSG_HDRLEN + sizeof(num);
	char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct nlmsghdr *hdr = (struct nlmsghdr *)(pages + page - len);
	struct nlmsghdr request = { .nlmsg_len = NLMSG_HDRLEN };
	int ret;

	CHECK(!mprotect(pages + page, page, PROT_NONE));
	hdr->nlmsg_len = len;
	hdr->nlmsg_type = NLMSG_ERROR;
	hdr->nlmsg_flags = NLM_F_ACK_TLVS;
	memcpy(NLMSG_DATA(hdr), &num, sizeof(num));
	ret = gv_extack(hdr, &request, &gv_set_gpu, err);
	munmap(pages, 2 * page);
	return ret;
}

static void test_answers(void)
{
	struct gv_err err = { 0 };

	CHECK(short_answer(-EINVAL, &err) == -EINVAL);
	CHECK(!strcmp(err.text, strerror(EINVAL)) && !err.attr[0]);
	CHECK(short_answer(INT32_MIN, &err) < 0 && err.num == EBADMSG);
}

static void print_names(const struct gv_names *names)
{
	unsigned int i;

	for (i = 0; names && i < names->count; i++)
		printf("%s%s", i ? "," : " ", names->name[i]);
}

/* One line for each attribute: SET NUMBER NAME WIRE SHOW [NAMES] */
static void print_table(void)
{
	static const struct gv_set *const sets[] = {
		&gv_set_info, &gv_set_gpu, &gv_set_type, &gv_set_vgpu,
		&gv_set_vf, &gv_set_id, &gv_set_sim, &gv_set_operation,
		&gv_set_group,
	};
	static const char *const wire[] = { "", "u32", "u64", "string" };
	static const char *const show[] = {
		"plain", "size", "hex", "class", "bool", "switch", "enum", "flags",
	};
	const struct gv_attr *attr;
	unsigned int i, j;

	for (i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
		for (j = 1; j <= sets[i]->max; j++) {
			attr = gv_attr(sets[i], j);
			if (!attr)
				continue;
			printf("attr %s %u %s %s %s", sets[i]->name, j,
			       attr->name, wire[attr->wire],
			       show[attr->show]);
			print_names(attr->names);
			putchar('\n');
		}
	}
	for (i = 1; i <= GPUVIRT_CMD_MAX; i++)
		printf("cmd %u %s %s\n", i, gv_command(i)->name,
		       gv_command(i)->set->name);
}

/* What is let through, of messages with type and command. */
static void test_filter(void)
{
	static const struct { uint16_t type; uint8_t cmd; bool seen; } sent[] = {
		{ 0x1234, 7, true }, { 0x1234, 8, false }, { 0x1234, 0, false },
		{ 0x3412, 8, true }, { 0x10, 8, true }, { 0x1234, 7, true },
	};
	struct {
		struct nlmsghdr hdr;
		struct genlmsghdr genl;
	} msg;
	size_t i, seen = 0, wanted = 0;
	int fds[2];

	CHECK(!socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, fds));
	CHECK(!gv_filter_attach(fds[1], 0x1234, 7));
	for (i = 0; i < sizeof(sent) / sizeof(sent[0]); i++) {
		memset(&msg, 0, sizeof(msg));
		msg.hdr.nlmsg_type = sent[i].type;
		msg.genl.cmd = sent[i].cmd;
		wanted += sent[i].seen;
		CHECK(write(fds[0], &msg, sizeof(msg)) == sizeof(msg));
		if (read(fds[1], &msg, sizeof(msg)) == sizeof(msg)) {
			seen++;
			CHECK(sent[i].seen);
		}
	}
	CHECK(seen == wanted);
	CHECK(gv_filter_attach(-1, 0x1234, 7) < 0);
	close(fds[0]);
	close(fds[1]);
}

int main(int argc, char *argv[])
{
	if (argc > 1 && !strcmp(argv[1], "table")) {
		print_table();
		return 0;
	}
	if (argc > 2 && !strcmp(argv[1], "modprobe")) {
		printf("%d\n", gv_port_modprobe(argv[2]));
		return 0;
	}
	test_number();
	test_size();
	test_resolution();
	test_address();
	test_uuid();
	test_split();
	test_clean();
	test_size_text();
	test_hints();
	test_commands();
	test_answers();
	test_filter();
	printf("%s unit\n", failed ? "not ok" : "ok");
	return failed ? 1 : 0;
}
