// SPDX-License-Identifier: GPL-2.0
/* Sockets, requests and what comes back. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ktap.h"
#include "nl.h"

/* Longer than any request takes on a busy machine: then the test has failed. */
#define GV_NL_PATIENCE 30

struct mnl_socket *gv_nl_socket(void)
{
	struct timeval patience = { .tv_sec = GV_NL_PATIENCE };
	struct mnl_socket *sock = mnl_socket_open2(NETLINK_GENERIC,
						   SOCK_CLOEXEC);
	int size = 8 << 20;
	int on = 1;

	if (!sock || mnl_socket_bind(sock, 0, MNL_SOCKET_AUTOPID))
		gv_ktap_bail("no netlink socket: %s", strerror(errno));
	mnl_socket_setsockopt(sock, NETLINK_EXT_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(sock, NETLINK_CAP_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(sock, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	setsockopt(mnl_socket_get_fd(sock), SOL_SOCKET, SO_RCVBUFFORCE, &size,
		   sizeof(size));
	setsockopt(mnl_socket_get_fd(sock), SOL_SOCKET, SO_RCVTIMEO, &patience,
		   sizeof(patience));
	return sock;
}

static void gv_nl_group(struct gv_nl *nl, const struct nlattr *group)
{
	const struct nlattr *attr;
	const char *name = "";
	uint32_t id = 0;

	mnl_attr_for_each_nested(attr, group) {
		if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GRP_NAME)
			name = mnl_attr_get_str(attr);
		if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GRP_ID)
			id = mnl_attr_get_u32(attr);
	}
	if (!strcmp(name, GPUVIRT_MCGRP_CONFIG))
		nl->config = id;
	if (!strcmp(name, GPUVIRT_MCGRP_RUNTIME))
		nl->runtime = id;
}

/**
 * gv_nl_find() - look the family up, as it can be loaded anew
 * @nl: the socket
 *
 * Return: 0 or a positive errno: ENOENT if the module is not loaded.
 */
int gv_nl_find(struct gv_nl *nl)
{
	static struct gv_msg reply;
	static struct gv_req req;
	const struct nlattr *group;
	int err;

	nl->family = GENL_ID_CTRL;
	gv_req_init(&req, nl, CTRL_CMD_GETFAMILY, 0);
	gv_req_str(&req, CTRL_ATTR_FAMILY_NAME, GPUVIRT_FAMILY_NAME);
	err = gv_nl_do(nl, &req, &reply, NULL);
	if (err)
		return err;
	nl->family = mnl_attr_get_u16(reply.a[CTRL_ATTR_FAMILY_ID]);
	mnl_attr_for_each_nested(group, reply.a[CTRL_ATTR_MCAST_GROUPS])
		gv_nl_group(nl, group);
	return 0;
}

void gv_nl_open(struct gv_nl *nl)
{
	int err;

	memset(nl, 0, sizeof(*nl));
	nl->sock = gv_nl_socket();
	nl->seq = time(NULL);
	err = gv_nl_find(nl);
	if (err)
		gv_ktap_bail("no family gpuvirt: %s", strerror(err));
}

void gv_nl_close(struct gv_nl *nl)
{
	mnl_socket_close(nl->sock);
	nl->sock = NULL;
}

int gv_nl_join(struct gv_nl *nl, uint32_t group)
{
	int id = group;

	return mnl_socket_setsockopt(nl->sock, NETLINK_ADD_MEMBERSHIP, &id,
				     sizeof(id)) ? errno : 0;
}

void gv_req_init(struct gv_req *req, const struct gv_nl *nl, uint8_t cmd,
		 uint16_t flags)
{
	struct genlmsghdr *genl;

	memset(req->buf, 0, sizeof(struct nlmsghdr) + sizeof(*genl));
	req->nlh = mnl_nlmsg_put_header(req->buf);
	req->nlh->nlmsg_type = nl->family;
	req->nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	genl = mnl_nlmsg_put_extra_header(req->nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = GPUVIRT_FAMILY_VERSION;
}

void gv_req_str(struct gv_req *req, uint16_t attr, const char *val)
{
	mnl_attr_put_strz(req->nlh, attr, val);
}

void gv_req_u32(struct gv_req *req, uint16_t attr, uint32_t val)
{
	mnl_attr_put_u32(req->nlh, attr, val);
}

void gv_req_u64(struct gv_req *req, uint16_t attr, uint64_t val)
{
	mnl_attr_put_u64(req->nlh, attr, val);
}

void gv_req_raw(struct gv_req *req, uint16_t attr, const void *val, size_t len)
{
	mnl_attr_put(req->nlh, attr, len, val);
}

/**
 * gv_req_offset() - where an attribute of a request stands
 * @req: the request
 * @attr: number of the attribute
 *
 * Return: its offset from the message's start, as NLMSGERR_ATTR_OFFS has it,
 * or -1 if the request has none.
 */
int64_t gv_req_offset(const struct gv_req *req, uint16_t attr)
{
	const struct nlattr *pos;
	int64_t found = -1;

	mnl_attr_for_each(pos, req->nlh, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(pos) == attr)
			found = (const char *)pos - (const char *)req->nlh;
	return found;
}

void gv_msg_read(const struct nlmsghdr *nlh, struct gv_msg *msg)
{
	const struct genlmsghdr *genl;
	const struct nlattr *attr;

	memset(msg->a, 0, sizeof(msg->a));
	memcpy(msg->buf, nlh, nlh->nlmsg_len);
	nlh = (const struct nlmsghdr *)msg->buf;
	genl = mnl_nlmsg_get_payload(nlh);
	msg->cmd = genl->cmd;
	msg->intr = nlh->nlmsg_flags & NLM_F_DUMP_INTR;
	mnl_attr_for_each(attr, nlh, sizeof(*genl))
		if (mnl_attr_get_type(attr) < GV_NL_ATTRS)
			msg->a[mnl_attr_get_type(attr)] = attr;
}

static void gv_end_attr(const struct nlattr *attr, struct gv_end *end)
{
	uint32_t reason;

	switch (mnl_attr_get_type(attr)) {
	case NLMSGERR_ATTR_MSG:
		snprintf(end->text, sizeof(end->text), "%s",
			 mnl_attr_get_str(attr));
		break;
	case NLMSGERR_ATTR_OFFS:
		end->offs = mnl_attr_get_u32(attr);
		break;
	case NLMSGERR_ATTR_COOKIE:
		if (mnl_attr_get_payload_len(attr) == sizeof(reason)) {
			memcpy(&reason, mnl_attr_get_payload(attr),
			       sizeof(reason));
			end->reason = reason;
		}
		break;
	case NLMSGERR_ATTR_MISS_TYPE:
		end->miss = mnl_attr_get_u32(attr);
		break;
	}
}

/**
 * gv_nl_end_read() - read an acknowledgment, a refusal or the end of a dump
 * @nlh: a message of type NLMSG_ERROR or NLMSG_DONE
 * @end: gets what it says
 */
void gv_nl_end_read(const struct nlmsghdr *nlh, struct gv_end *end)
{
	size_t skip = sizeof(int);
	const struct nlattr *attr;

	memset(end, 0, sizeof(*end));
	end->reason = -1;
	end->offs = -1;
	end->miss = -1;
	if (mnl_nlmsg_get_payload_len(nlh) >= sizeof(int))
		end->err = -*(const int *)mnl_nlmsg_get_payload(nlh);
	if (nlh->nlmsg_type == NLMSG_ERROR)
		skip = sizeof(struct nlmsgerr);
	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS) ||
	    mnl_nlmsg_get_payload_len(nlh) < skip)
		return;
	mnl_attr_for_each(attr, nlh, skip)
		gv_end_attr(attr, end);
}

void gv_nl_send(struct gv_nl *nl, struct gv_req *req)
{
	req->nlh->nlmsg_seq = ++nl->seq;
	if (mnl_socket_sendto(nl->sock, req->nlh, req->nlh->nlmsg_len) < 0)
		gv_ktap_bail("can't send: %s", strerror(errno));
}

static int gv_nl_receive(struct gv_nl *nl, struct gv_msg *reply,
			 gv_entry_fn fn, void *arg, struct gv_end *end)
{
	static __thread char buf[4 * GV_NL_BUF];
	static __thread struct gv_msg entry;
	const struct nlmsghdr *nlh;
	bool intr = false;
	ssize_t got;
	int len;

	for (;;) {
		got = mnl_socket_recvfrom(nl->sock, buf, sizeof(buf));
		if (got < 0)
			gv_ktap_bail("no answer: %s", strerror(errno));
		len = got;
		for (nlh = (void *)buf; mnl_nlmsg_ok(nlh, len);
		     nlh = mnl_nlmsg_next(nlh, &len)) {
			if (nlh->nlmsg_seq != nl->seq)
				continue;
			intr |= nlh->nlmsg_flags & NLM_F_DUMP_INTR;
			if (nlh->nlmsg_type == NLMSG_ERROR ||
			    nlh->nlmsg_type == NLMSG_DONE) {
				gv_nl_end_read(nlh, end);
				if (intr && !end->err)
					end->err = EINTR;
				return end->err;
			}
			if (reply)
				gv_msg_read(nlh, reply);
			if (fn) {
				gv_msg_read(nlh, &entry);
				fn(&entry, arg);
			}
		}
	}
}

/**
 * gv_nl_do() - send a request and wait for its end
 * @nl: the socket
 * @req: the request
 * @reply: gets the reply if there is one, or NULL
 * @end: gets how it ended, or NULL
 *
 * Return: 0 or the positive errno of the refusal.
 */
int gv_nl_do(struct gv_nl *nl, struct gv_req *req, struct gv_msg *reply,
	     struct gv_end *end)
{
	struct gv_end mine;

	gv_nl_send(nl, req);
	return gv_nl_receive(nl, reply, NULL, NULL, end ? end : &mine);
}

/**
 * gv_nl_dump() - send a request for a dump and read all of it
 * @nl: the socket
 * @req: the request, whose flags have NLM_F_DUMP
 * @fn: called for each entry
 * @arg: passed to @fn
 *
 * Return: 0 or a positive errno; EINTR if the kernel says that the entries do
 * not belong together.
 */
int gv_nl_dump(struct gv_nl *nl, struct gv_req *req, gv_entry_fn fn, void *arg)
{
	struct gv_end end;

	gv_nl_send(nl, req);
	return gv_nl_receive(nl, NULL, fn, arg, &end);
}

int gv_nl_dump_cmd(struct gv_nl *nl, uint8_t cmd, gv_entry_fn fn, void *arg)
{
	static __thread struct gv_req req;

	gv_req_init(&req, nl, cmd, NLM_F_DUMP);
	return gv_nl_dump(nl, &req, fn, arg);
}

bool gv_nl_event(struct gv_nl *nl, struct gv_msg *msg, int ms)
{
	struct pollfd fd = {
		.fd = mnl_socket_get_fd(nl->sock),
		.events = POLLIN,
	};
	static __thread char buf[GV_NL_BUF];
	ssize_t got;

	if (poll(&fd, 1, ms) <= 0)
		return false;
	got = mnl_socket_recvfrom(nl->sock, buf, sizeof(buf));
	if (got < 0)
		gv_ktap_bail("events were lost: %s", strerror(errno));
	gv_msg_read((void *)buf, msg);
	return true;
}

bool gv_has(const struct gv_msg *msg, uint16_t attr)
{
	return msg->a[attr];
}

uint32_t gv_u32(const struct gv_msg *msg, uint16_t attr)
{
	return msg->a[attr] ? mnl_attr_get_u32(msg->a[attr]) : 0;
}

uint64_t gv_u64(const struct gv_msg *msg, uint16_t attr)
{
	return msg->a[attr] ? mnl_attr_get_u64(msg->a[attr]) : 0;
}

const char *gv_str(const struct gv_msg *msg, uint16_t attr)
{
	return msg->a[attr] ? mnl_attr_get_str(msg->a[attr]) : "";
}

uint64_t gv_info(struct gv_nl *nl, uint16_t attr)
{
	static __thread struct gv_msg reply;
	static __thread struct gv_req req;
	int err;

	gv_req_init(&req, nl, GPUVIRT_CMD_INFO_GET, 0);
	err = gv_nl_do(nl, &req, &reply, NULL);
	if (err)
		gv_ktap_bail("info-get: %s", strerror(err));
	return gv_u64(&reply, attr);
}

bool gv_has_mdev(void)
{
	uint64_t capabilities;
	struct gv_nl nl;

	gv_nl_open(&nl);
	capabilities = gv_info(&nl, GPUVIRT_A_INFO_CAPABILITIES);
	gv_nl_close(&nl);
	return capabilities & GPUVIRT_CAPABILITY_MDEV;
}
