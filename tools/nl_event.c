// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>
#include <linux/genetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/genl/genl.h>

#include "nl_priv.h"

static int gv_nl_join_id(struct gv_nl *nl, uint32_t id, const char *group,
			 struct gv_err *err)
{
	int ret;

	if (!id)
		return gv_err_set(err, EOPNOTSUPP,
				  "the loaded gpuvirt module has no %s events",
				  group);
	ret = gv_port_join(nl->port, id);
	if (ret == -EPERM || ret == -EACCES) {
		gv_err_set(err, EPERM,
			   "%s events need CAP_SYS_ADMIN in the initial user namespace",
			   group);
		err->reason = GPUVIRT_REASON_NOT_PERMITTED;
		return -EPERM;
	}
	if (ret)
		return gv_err_set(err, -ret, "can't join the %s events: %s",
				  group, strerror(-ret));
	return 0;
}

/*
 * The controller tells when the module goes; without that a listener would
 * wait for ever. It is asked before this socket has any events on it.
 */
static int gv_nl_join_controller(struct gv_nl *nl, struct gv_err *err)
{
	struct gv_family ctrl = { 0 };
	int ret;

	if (nl->family.notify)
		return 0;
	ret = gv_nl_resolve(nl, "nlctrl", &ctrl, err);
	if (ret || !ctrl.notify)
		return ret;
	nl->family.notify = ctrl.notify;
	return gv_nl_join_id(nl, ctrl.notify, "controller", err);
}

int gv_nl_join(struct gv_nl *nl, const char *group, struct gv_err *err)
{
	bool config = !strcmp(group, GPUVIRT_MCGRP_CONFIG);
	int ret;

	ret = gv_nl_join_controller(nl, err);
	if (ret)
		return ret;
	return gv_nl_join_id(nl, config ? nl->family.config :
			     nl->family.runtime, group, err);
}

void gv_nl_only(struct gv_nl *nl, unsigned int cmd)
{
	(void)gv_port_only(nl->port, nl->family.id, cmd);
}

static bool gv_nl_gone(struct gv_nl *nl, struct nlmsghdr *hdr)
{
	const struct genlmsghdr *ghdr = nlmsg_data(hdr);
	struct nlattr *tb[CTRL_ATTR_MAX + 1];

	if (hdr->nlmsg_type != GENL_ID_CTRL ||
	    ghdr->cmd != CTRL_CMD_DELFAMILY ||
	    genlmsg_parse(hdr, 0, tb, CTRL_ATTR_MAX, NULL) ||
	    !tb[CTRL_ATTR_FAMILY_ID])
		return false;
	return nla_get_u16(tb[CTRL_ATTR_FAMILY_ID]) == nl->family.id;
}

static int gv_nl_event_fill(struct gv_nl *nl, int timeout, struct gv_err *err)
{
	int len = gv_port_recv(nl->port, nl->buf, timeout);

	if (len == -EAGAIN || len == -ENOBUFS)
		return gv_err_set(err, -len, "%s", strerror(-len));
	if (len < 0)
		return gv_err_set(err, -len, "can't receive events: %s",
				  strerror(-len));
	nl->next = (struct nlmsghdr *)nl->buf;
	nl->rem = len;
	return 0;
}

/* Messages that nobody asked for take of the time, and give none. */
static int gv_nl_left(int64_t deadline)
{
	int64_t left = deadline - gv_port_now();

	return left < 0 ? 0 : left;
}

int gv_nl_event(struct gv_nl *nl, int timeout, struct gv_event *event,
		struct gv_err *err)
{
	int64_t deadline = gv_port_now() + timeout;
	const struct gv_command *cmd;
	struct nlmsghdr *hdr;
	int ret;

	for (;;) {
		while (!nl->next || !nlmsg_ok(nl->next, nl->rem)) {
			ret = gv_nl_event_fill(nl, timeout < 0 ? timeout :
					       gv_nl_left(deadline), err);
			if (ret)
				return ret;
		}
		hdr = nl->next;
		nl->next = nlmsg_next(hdr, &nl->rem);
		if (nlmsg_datalen(hdr) < (int)GENL_HDRLEN)
			continue;
		if (gv_nl_gone(nl, hdr))
			return gv_err_set(err, ENODEV,
					  "the gpuvirt module was unloaded");
		event->cmd = ((struct genlmsghdr *)nlmsg_data(hdr))->cmd;
		cmd = gv_command(event->cmd);
		if (hdr->nlmsg_type != nl->family.id || !cmd)
			continue;
		event->obj = gv_nl_obj(hdr, cmd->set);
		return event->obj ? 0 : gv_err_memory(err);
	}
}
