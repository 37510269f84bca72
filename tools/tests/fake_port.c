// SPDX-License-Identifier: GPL-2.0
/* port.h as a kernel that speaks from a script; see fake.h. */
#include <errno.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/genl/genl.h>

#include "../attr.h"
#include "../port.h"
#include "fake.h"

enum {
	FAKE_FAMILY = 0x20,
	FAKE_NOTIFY = 0x10,
	FAKE_CONFIG = 5,
	FAKE_RUNTIME = 6,
	FAKE_ALL = 0,		/* an overrun is not of a group */
};

struct fake_datagram {
	struct fake_datagram *next;
	struct nl_msg *msg;	/* NULL: an overrun */
	uint32_t group;
	int after;		/* milliseconds */
};

struct gv_port {
	struct fake_datagram *answers;
	uint64_t joined;	/* bits */
};

static struct fake_datagram *events;
static bool started;
static int64_t clock_ms = 1000;

static struct fake_datagram *fake_queue(struct fake_datagram **list,
					struct nl_msg *msg, uint32_t group)
{
	struct fake_datagram *d = calloc(1, sizeof(*d));

	d->msg = msg;
	d->group = group;
	while (*list)
		list = &(*list)->next;
	*list = d;
	return d;
}

static void fake_event(const struct fake_line *line)
{
	int cmd;
	struct nl_msg *msg;

	if (!strcmp(line->argv[0], "overrun")) {
		fake_queue(&events, NULL, FAKE_ALL);
		return;
	}
	msg = nlmsg_alloc();
	if (!strcmp(line->argv[0], "stranger")) {
		genlmsg_put(msg, 0, 0, FAKE_FAMILY + 1, 0, 0, 1, 1);
		fake_queue(&events, msg, FAKE_ALL)->after =
			fake_number(line->argv[1]);
		return;
	}
	if (!strcmp(line->argv[0], "gone")) {
		genlmsg_put(msg, 0, 0, GENL_ID_CTRL, 0, 0,
			    CTRL_CMD_DELFAMILY, 2);
		nla_put_u16(msg, CTRL_ATTR_FAMILY_ID, FAKE_FAMILY);
		fake_queue(&events, msg, FAKE_NOTIFY);
		return;
	}
	cmd = fake_command(line->argv[1]);
	genlmsg_put(msg, 0, 0, FAKE_FAMILY, 0, 0, cmd, 1);
	fake_put(msg, cmd, line->argc - 2, line->argv + 2);
	fake_queue(&events, msg, cmd == GPUVIRT_CMD_VGPU_EVENT_NTF ?
		   FAKE_RUNTIME : FAKE_CONFIG);
}

static bool fake_is_event(const struct fake_line *line)
{
	return !strcmp(line->argv[0], "event") ||
		!strcmp(line->argv[0], "stranger") ||
		!strcmp(line->argv[0], "overrun") ||
		!strcmp(line->argv[0], "gone");
}

static const struct fake_line *fake_option(const char *name, const char *arg)
{
	const struct fake_line *line;

	for (line = fake_start(); line; line = line->next) {
		if (!strcmp(line->argv[0], name) &&
		    (!arg || !strcmp(line->argv[1], arg)))
			return line;
	}
	return NULL;
}

static void fake_begin(void)
{
	const struct fake_line *line;

	if (started)
		return;
	started = true;
	for (line = fake_start(); line; line = line->next) {
		if (fake_is_event(line))
			fake_event(line);
	}
}

static struct nl_msg *fake_answer(const struct nlmsghdr *to, int type,
				  int flags)
{
	struct nl_msg *msg = nlmsg_alloc_size(16384);

	nlmsg_put(msg, to->nlmsg_pid, to->nlmsg_seq, type, 0, flags);
	return msg;
}

/* The place of an attribute in the request, as the kernel tells it. */
static uint32_t fake_offset(const struct nlmsghdr *to, int attr)
{
	const struct nlattr *nla;

	nla = nla_find(genlmsg_attrdata(genlmsg_hdr((struct nlmsghdr *)to), 0),
		       genlmsg_attrlen(genlmsg_hdr((struct nlmsghdr *)to), 0),
		       attr);
	if (!nla)
		fake_die("the request has no attribute %d", attr);
	return (const char *)nla - (const char *)to;
}

static void fake_extack(struct nl_msg *msg, const struct nlmsghdr *to,
			const struct fake_line *line)
{
	int cmd = genlmsg_hdr((struct nlmsghdr *)to)->cmd;
	uint32_t reason = fake_number(line->argv[2]);

	if (line->argc > 3 && *line->argv[3])
		nla_put_string(msg, NLMSGERR_ATTR_MSG, line->argv[3]);
	if (reason)
		nla_put(msg, NLMSGERR_ATTR_COOKIE, sizeof(reason), &reason);
	if (line->argc > 4 && !strncmp(line->argv[4], "attr=", 5))
		nla_put_u32(msg, NLMSGERR_ATTR_OFFS,
			    fake_offset(to, fake_attr(cmd,
						      line->argv[4] + 5)));
	if (line->argc > 4 && !strncmp(line->argv[4], "miss=", 5))
		nla_put_u32(msg, NLMSGERR_ATTR_MISS_TYPE,
			    fake_attr(cmd, line->argv[4] + 5));
}

static void fake_error(struct gv_port *port, const struct nlmsghdr *to,
		       const struct fake_line *line, bool whole)
{
	struct nlmsgerr e = { 0 };
	struct nl_msg *msg;

	msg = fake_answer(to, NLMSG_ERROR, (whole ? 0 : NLM_F_CAPPED) |
			  (line ? NLM_F_ACK_TLVS : 0));
	e.error = line ? -fake_number(line->argv[1]) : 0;
	e.msg = *to;
	nlmsg_append(msg, &e, sizeof(e), NLMSG_ALIGNTO);
	if (whole)
		nlmsg_append(msg, (void *)(to + 1),
			     to->nlmsg_len - sizeof(*to), NLMSG_ALIGNTO);
	if (line)
		fake_extack(msg, to, line);
	fake_queue(&port->answers, msg, 0);
}

static void fake_refuse(struct gv_port *port, const struct nlmsghdr *to,
			int num)
{
	char number[12], none[] = "0";
	struct fake_line line = {
		.argc = 3, .argv = { NULL, number, none },
	};

	snprintf(number, sizeof(number), "%d", num);
	fake_error(port, to, &line, false);
}

static void fake_done(struct gv_port *port, const struct nlmsghdr *to,
		      const struct fake_line *line)
{
	int error = line ? -fake_number(line->argv[1]) : 0;
	struct nl_msg *msg;

	msg = fake_answer(to, NLMSG_DONE, NLM_F_MULTI |
			  (line ? NLM_F_ACK_TLVS : 0));
	nlmsg_append(msg, &error, sizeof(error), NLMSG_ALIGNTO);
	if (line)
		nla_put_string(msg, NLMSGERR_ATTR_MSG, line->argv[2]);
	fake_queue(&port->answers, msg, 0);
}

static void fake_reply(struct gv_port *port, const struct nlmsghdr *to,
		       const struct fake_line *line, int flags)
{
	int cmd = genlmsg_hdr((struct nlmsghdr *)to)->cmd;
	struct genlmsghdr ghdr = { .cmd = cmd, .version = 1 };
	struct nl_msg *msg = fake_answer(to, FAKE_FAMILY, flags);

	nlmsg_append(msg, &ghdr, sizeof(ghdr), NLMSG_ALIGNTO);
	fake_put(msg, cmd, line->argc - 1, line->argv + 1);
	fake_queue(&port->answers, msg, 0);
}

/* True when the lines ended the answer. */
static bool fake_lines(struct gv_port *port, const struct nlmsghdr *to,
		       const struct fake_line *line)
{
	bool whole = false, ended = false;
	int flags = 0;

	for (; line; line = line->next) {
		if (fake_is_event(line)) {
			fake_event(line);
		} else if (!strcmp(line->argv[0], "reply")) {
			fake_reply(port, to, line, flags);
			flags = 0;
		} else if (!strcmp(line->argv[0], "intr")) {
			flags = NLM_F_DUMP_INTR;
		} else if (!strcmp(line->argv[0], "whole")) {
			whole = true;
		} else if (!strcmp(line->argv[0], "error")) {
			fake_error(port, to, line, whole);
			ended = true;
		} else if (!strcmp(line->argv[0], "done-error")) {
			fake_done(port, to, line);
			ended = true;
		} else if (!strcmp(line->argv[0], "silent")) {
			ended = true;
		} else {
			fake_die("\"%s\" is no line of a script",
				 line->argv[0]);
		}
	}
	return ended;
}

static void fake_log_request(const struct nlmsghdr *hdr)
{
	const struct gv_command *cmd =
		gv_command(genlmsg_hdr((struct nlmsghdr *)hdr)->cmd);
	const struct genlmsghdr *ghdr = nlmsg_data(hdr);
	struct gv_obj *obj;
	unsigned int i;

	obj = gv_obj_new(cmd->set, genlmsg_attrdata(ghdr, 0),
			 genlmsg_attrlen(ghdr, 0));
	fake_log("%s", cmd->name);
	if (hdr->nlmsg_flags & NLM_F_DUMP)
		fake_log(" dump");
	for (i = 1; i <= cmd->set->max; i++) {
		if (!gv_obj_has(obj, i))
			continue;
		if (cmd->set->attr[i].wire == GV_WIRE_STRING)
			fake_log(" %s=%s", cmd->set->attr[i].name,
				 gv_obj_word(obj, i));
		else
			fake_log(" %s=%" PRIu64, cmd->set->attr[i].name,
				 gv_obj_num(obj, i));
	}
	fake_log("\n");
	gv_obj_free(obj);
}

static void fake_family(struct gv_port *port, const struct nlmsghdr *to)
{
	struct genlmsghdr ghdr = { .cmd = CTRL_CMD_NEWFAMILY, .version = 2 };
	const char *groups[] = { "config", "runtime", "notify" };
	uint32_t ids[] = { FAKE_CONFIG, FAKE_RUNTIME, FAKE_NOTIFY };
	struct nlattr *list, *group;
	bool ours, is_group;
	struct nl_msg *msg;
	int i;

	ours = !!strstr((char *)genlmsg_attrdata(nlmsg_data(to), 0) +
			NLA_HDRLEN, "gpuvirt");
	if (ours && fake_option("no-family", NULL)) {
		fake_refuse(port, to, ENOENT);
		return;
	}
	msg = fake_answer(to, GENL_ID_CTRL, 0);
	nlmsg_append(msg, &ghdr, sizeof(ghdr), NLMSG_ALIGNTO);
	nla_put_u16(msg, CTRL_ATTR_FAMILY_ID, ours ? FAKE_FAMILY :
		    GENL_ID_CTRL);
	list = nla_nest_start(msg, CTRL_ATTR_MCAST_GROUPS);
	for (i = 0; i < 3; i++) {
		is_group = ours == (ids[i] != FAKE_NOTIFY);
		if (!is_group)
			continue;
		group = nla_nest_start(msg, i + 1);
		nla_put_string(msg, CTRL_ATTR_MCAST_GRP_NAME, groups[i]);
		nla_put_u32(msg, CTRL_ATTR_MCAST_GRP_ID, ids[i]);
		nla_nest_end(msg, group);
	}
	nla_nest_end(msg, list);
	fake_queue(&port->answers, msg, 0);
	fake_error(port, to, NULL, false);
}

int gv_port_open(struct gv_port **port)
{
	fake_begin();
	fake_log("open\n");
	*port = calloc(1, sizeof(**port));
	return *port ? 0 : -ENOMEM;
}

void gv_port_close(struct gv_port *port)
{
	struct fake_datagram *d;

	while ((d = port->answers)) {
		port->answers = d->next;
		nlmsg_free(d->msg);
		free(d);
	}
	free(port);
}

int gv_port_only(struct gv_port *port, uint16_t family, uint8_t cmd)
{
	(void)port;
	(void)family;
	(void)cmd;
	return 0;
}

int gv_port_join(struct gv_port *port, uint32_t group)
{
	const char *name = group == FAKE_CONFIG ? "config" :
		group == FAKE_RUNTIME ? "runtime" : "notify";
	const struct fake_line *line = fake_option("join-error", name);

	fake_log("join %s\n", name);
	if (line)
		return -fake_number(line->argv[2]);
	port->joined |= 1ULL << group;
	return 0;
}

int gv_port_send(struct gv_port *port, struct nl_msg *msg)
{
	const struct nlmsghdr *hdr = nlmsg_hdr(msg);
	struct fake_stanza *stanza;

	if (hdr->nlmsg_type == GENL_ID_CTRL) {
		fake_family(port, hdr);
		return 0;
	}
	fake_log_request(hdr);
	stanza = fake_find(gv_command(genlmsg_hdr(nlmsg_hdr(msg))->cmd)->name);
	if (!stanza)
		fake_refuse(port, hdr, EOPNOTSUPP);
	else if (fake_lines(port, hdr, stanza->lines))
		return 0;
	else if (hdr->nlmsg_flags & NLM_F_DUMP)
		fake_done(port, hdr, NULL);
	else if (hdr->nlmsg_flags & NLM_F_ACK)
		fake_error(port, hdr, NULL, false);
	return 0;
}

static int fake_take(struct fake_datagram **from, void *buf)
{
	struct fake_datagram *d = *from;
	int len = -ENOBUFS;

	*from = d->next;
	if (d->msg) {
		len = nlmsg_hdr(d->msg)->nlmsg_len;
		memcpy(buf, nlmsg_hdr(d->msg), len);
		nlmsg_free(d->msg);
	}
	free(d);
	return len;
}

int gv_port_recv(struct gv_port *port, void *buf, int timeout)
{
	struct fake_datagram **d;

	if (port->answers)
		return fake_take(&port->answers, buf);
	for (d = &events; port->joined && *d; d = &(*d)->next) {
		if ((*d)->group != FAKE_ALL &&
		    !(port->joined >> (*d)->group & 1))
			continue;
		if (timeout >= 0 && timeout < (*d)->after) {
			(*d)->after -= timeout;
			break;
		}
		clock_ms += (*d)->after;
		return fake_take(d, buf);
	}
	if (timeout < 0)
		fake_die("waiting without end, and nothing more will come");
	clock_ms += timeout;
	return -EAGAIN;
}

const char *gv_port_root(void)
{
	const char *root = getenv("GV_FAKE_ROOT");

	return root ? root : "/nonexistent";
}

int gv_port_write(const char *path, const char *text)
{
	static int count;
	const struct fake_line *line;
	int i = 0;

	fake_log("write %s %s\n", path + strlen(gv_port_root()), text);
	for (line = fake_start(); line; line = line->next) {
		if (strcmp(line->argv[0], "write-error"))
			continue;
		if (i++ == count) {
			count++;
			return -fake_number(line->argv[1]);
		}
	}
	return fake_pci_write(path, text);
}

/* The file that stands for a disk's node says "busy" if it is. */
int gv_port_busy(const char *path)
{
	FILE *file = fopen(path, "re");
	int c;

	if (!file)
		return -errno;
	c = getc(file);
	fclose(file);
	return c == 'b';
}

/* The file that stands for a group's node says "no" if it is not viable. */
int gv_port_viable(int fd)
{
	char c;

	return pread(fd, &c, 1, 0) != 1 || c != 'n';
}

int gv_port_modprobe(const char *alias)
{
	fake_log("modprobe %s\n", alias);
	return 0;
}

/* One a line in root/variants: MODULE PATTERN. */
int gv_port_variant(const char *alias, char *module, size_t size)
{
	char path[512], name[64], pattern[128];
	int ret = -ENOENT;
	FILE *file;

	snprintf(path, sizeof(path), "%s/variants", gv_port_root());
	file = fopen(path, "re");
	while (file && ret && fscanf(file, "%63s %127s", name, pattern) == 2) {
		if (fnmatch(pattern, alias, 0))
			continue;
		snprintf(module, size, "%s", name);
		fake_log("modprobe %s\n", name);
		ret = 0;
	}
	if (file)
		fclose(file);
	return ret;
}

int64_t gv_port_now(void)
{
	struct timespec ts;

	if (!fake_option("clock", NULL))
		return clock_ms;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void gv_port_sleep(int ms)
{
	fake_log("sleep\n");
	clock_ms += ms;
}
