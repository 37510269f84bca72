// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <linux/genetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/genl/genl.h>

#include "extack.h"
#include "nl_priv.h"

/* A doit never sleeps, but another family's may hold up all of them. */
#define GV_NL_TIMEOUT	30000
#define GV_NL_RETRIES	16

typedef int (*gv_nl_handler)(const struct nlmsghdr *hdr, void *arg,
			     struct gv_err *err);

struct gv_exchange {
	struct nlmsghdr *request;
	const struct gv_set *set;
	gv_nl_handler handle;
	void *arg;
	bool one;		/* one message is the whole answer */
	bool changed;		/* a dump was overtaken by a change */
	bool ended;
};

static const struct gv_set no_set = { "none", NULL, 0 };

static struct nl_msg *gv_nl_new(uint16_t family, int flags, int cmd,
				int version)
{
	struct nl_msg *msg = nlmsg_alloc();

	if (!msg)
		return NULL;
	if (!genlmsg_put(msg, 0, 0, family, 0, NLM_F_REQUEST | flags, cmd,
			 version)) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

static int gv_nl_answer(struct gv_exchange *x, const struct nlmsghdr *hdr,
			struct gv_err *err)
{
	if (hdr->nlmsg_flags & NLM_F_DUMP_INTR)
		x->changed = true;
	switch (hdr->nlmsg_type) {
	case NLMSG_NOOP:
		return 0;
	case NLMSG_ERROR:
	case NLMSG_DONE:
		x->ended = true;
		return gv_extack(hdr, x->request, x->set, err);
	default:
		x->ended = x->one;
		if (!x->handle)
			return 0;
		return x->handle(hdr, x->arg, err);
	}
}

/* The first error is kept; the answer is read to its end all the same. */
static int gv_nl_datagram(struct gv_exchange *x, void *buf, int len,
			  struct gv_err *err)
{
	struct nlmsghdr *hdr;
	int ret = 0;

	for (hdr = buf; nlmsg_ok(hdr, len) && !x->ended;
	     hdr = nlmsg_next(hdr, &len)) {
		/* the rest of an earlier answer that ran out of time */
		if (hdr->nlmsg_seq != x->request->nlmsg_seq)
			continue;
		if (!ret)
			ret = gv_nl_answer(x, hdr, err);
		else if (hdr->nlmsg_type == NLMSG_DONE ||
			 hdr->nlmsg_type == NLMSG_ERROR)
			x->ended = true;
	}
	return ret;
}

static int gv_nl_exchange(struct gv_nl *nl, struct nl_msg *msg,
			  struct gv_exchange *x, struct gv_err *err)
{
	int len, ret = 0, failed;
	struct gv_err later;

	x->request = nlmsg_hdr(msg);
	x->request->nlmsg_seq = ++nl->seq;
	x->changed = false;
	x->ended = false;
	len = gv_port_send(nl->port, msg);
	if (len)
		return gv_err_set(err, -len, "can't send to the kernel: %s",
				  strerror(-len));
	while (!x->ended) {
		len = gv_port_recv(nl->port, nl->buf, GV_NL_TIMEOUT);
		if (len == -EAGAIN)
			return gv_err_set(err, ETIMEDOUT,
					  "the kernel gave no answer in %d s",
					  GV_NL_TIMEOUT / 1000);
		if (len < 0)
			return gv_err_set(err, -len,
					  "can't receive from the kernel: %s",
					  strerror(-len));
		failed = gv_nl_datagram(x, nl->buf, len, ret ? &later : err);
		if (!ret)
			ret = failed;
	}
	return ret;
}

static void gv_nl_group(struct gv_family *family, const struct nlattr *group)
{
	struct nlattr *tb[CTRL_ATTR_MCAST_GRP_MAX + 1];
	const char *name;
	uint32_t id;

	if (nla_parse_nested(tb, CTRL_ATTR_MCAST_GRP_MAX,
			     (struct nlattr *)group, NULL) ||
	    !tb[CTRL_ATTR_MCAST_GRP_NAME] || !tb[CTRL_ATTR_MCAST_GRP_ID])
		return;
	name = nla_get_string(tb[CTRL_ATTR_MCAST_GRP_NAME]);
	id = nla_get_u32(tb[CTRL_ATTR_MCAST_GRP_ID]);
	if (!strcmp(name, GPUVIRT_MCGRP_CONFIG))
		family->config = id;
	else if (!strcmp(name, GPUVIRT_MCGRP_RUNTIME))
		family->runtime = id;
	else if (!strcmp(name, "notify"))
		family->notify = id;
}

static int gv_nl_family(const struct nlmsghdr *hdr, void *arg,
			struct gv_err *err)
{
	struct nlattr *tb[CTRL_ATTR_MAX + 1], *group;
	struct gv_family *family = arg;
	int rem;

	if (genlmsg_parse((struct nlmsghdr *)hdr, 0, tb, CTRL_ATTR_MAX,
			  NULL) || !tb[CTRL_ATTR_FAMILY_ID])
		return gv_err_set(err, EBADMSG,
				  "the kernel's answer has no family id");
	family->id = nla_get_u16(tb[CTRL_ATTR_FAMILY_ID]);
	if (tb[CTRL_ATTR_MCAST_GROUPS])
		nla_for_each_nested(group, tb[CTRL_ATTR_MCAST_GROUPS], rem)
			gv_nl_group(family, group);
	return 0;
}

int gv_nl_resolve(struct gv_nl *nl, const char *name,
		  struct gv_family *family, struct gv_err *err)
{
	struct gv_exchange x = {
		.set = &no_set, .handle = gv_nl_family, .arg = family,
	};
	struct nl_msg *msg;
	int ret;

	msg = gv_nl_new(GENL_ID_CTRL, NLM_F_ACK, CTRL_CMD_GETFAMILY, 1);
	if (!msg || gv_put_str(msg, CTRL_ATTR_FAMILY_NAME, name)) {
		nlmsg_free(msg);
		return gv_err_memory(err);
	}
	ret = gv_nl_exchange(nl, msg, &x, err);
	nlmsg_free(msg);
	return ret;
}

int gv_nl_open(struct gv_nl **nl, struct gv_err *err)
{
	struct gv_nl *n = calloc(1, sizeof(*n));
	int ret;

	if (!n)
		return gv_err_memory(err);
	ret = gv_port_open(&n->port);
	if (ret) {
		gv_err_set(err, -ret, "can't open a netlink socket: %s",
			   strerror(-ret));
		goto free_nl;
	}
	ret = gv_nl_resolve(n, GPUVIRT_FAMILY_NAME, &n->family, err);
	if (ret == -ENOENT) {
		gv_err_set(err, ENOENT, "the gpuvirt module is not loaded");
		gv_err_hint(err, "load it, as root: modprobe gpuvirt");
	}
	if (ret)
		goto close_port;
	*nl = n;
	return 0;

close_port:
	gv_port_close(n->port);
free_nl:
	free(n);
	return ret;
}

void gv_nl_close(struct gv_nl *nl)
{
	if (!nl)
		return;
	gv_port_close(nl->port);
	free(nl);
}

struct nl_msg *gv_nl_msg(struct gv_nl *nl, unsigned int cmd)
{
	return gv_nl_new(nl->family.id, 0, cmd, GPUVIRT_FAMILY_VERSION);
}

static const struct gv_set *gv_nl_set(struct nl_msg *msg)
{
	return gv_command(genlmsg_hdr(nlmsg_hdr(msg))->cmd)->set;
}

struct gv_obj *gv_nl_obj(const struct nlmsghdr *hdr, const struct gv_set *set)
{
	const struct genlmsghdr *ghdr = nlmsg_data(hdr);
	int len = nlmsg_datalen(hdr) - GENL_HDRLEN;

	return gv_obj_new(set, genlmsg_attrdata(ghdr, 0), len > 0 ? len : 0);
}

static int gv_nl_keep(const struct nlmsghdr *hdr, void *arg,
		      struct gv_err *err)
{
	const struct genlmsghdr *ghdr = nlmsg_data(hdr);
	struct gv_list *list = arg;
	struct gv_obj *obj;

	if (nlmsg_datalen(hdr) < (int)GENL_HDRLEN || !gv_command(ghdr->cmd))
		return gv_err_set(err, EBADMSG,
				  "the kernel's answer is malformed");
	obj = gv_nl_obj(hdr, gv_command(ghdr->cmd)->set);
	if (!obj)
		return gv_err_memory(err);
	gv_list_add(list, obj);
	return 0;
}

int gv_nl_do(struct gv_nl *nl, struct nl_msg *msg, struct gv_obj **reply,
	     struct gv_err *err)
{
	struct gv_exchange x = { .handle = gv_nl_keep };
	struct gv_list list;
	int ret;

	if (!msg)
		return gv_err_memory(err);
	gv_list_init(&list);
	x.set = gv_nl_set(msg);
	x.arg = &list;
	/* who gets a reply needs no acknowledgment besides */
	x.one = reply;
	if (!reply)
		nlmsg_hdr(msg)->nlmsg_flags |= NLM_F_ACK;
	ret = gv_nl_exchange(nl, msg, &x, err);
	nlmsg_free(msg);
	if (!ret && reply && list.first) {
		*reply = list.first;
		list.first = list.first->next;
		(*reply)->next = NULL;
	} else if (!ret && reply) {
		ret = gv_err_set(err, EBADMSG,
				 "the kernel's answer is empty");
	}
	gv_list_free(&list);
	return ret;
}

int gv_nl_dump(struct gv_nl *nl, struct nl_msg *msg, struct gv_list *list,
	       struct gv_err *err)
{
	struct gv_exchange x = { .handle = gv_nl_keep };
	struct gv_list part;
	int ret, i;

	if (!msg)
		return gv_err_memory(err);
	gv_list_init(&part);
	x.set = gv_nl_set(msg);
	x.arg = &part;
	nlmsg_hdr(msg)->nlmsg_flags |= NLM_F_DUMP;
	for (i = 0; i < GV_NL_RETRIES; i++) {
		ret = gv_nl_exchange(nl, msg, &x, err);
		if (ret || !x.changed)
			break;
		gv_list_free(&part);
	}
	nlmsg_free(msg);
	if (!ret && x.changed)
		ret = gv_err_set(err, EBUSY,
				 "the list changed each of the %d times it was read",
				 GV_NL_RETRIES);
	if (ret) {
		gv_list_free(&part);
		return ret;
	}
	if (part.first) {
		*list->end = part.first;
		list->end = part.end;
	}
	return 0;
}
