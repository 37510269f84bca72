// SPDX-License-Identifier: GPL-2.0
/*
 * libs: libmnl
 */
#include <errno.h>
#include <string.h>

#include "ktap.h"
#include "nl_cut.h"

int gv_dump_cut(struct gv_nl *nl, uint8_t cmd, const char *gpu,
		gv_change_fn change)
{
	/* The kernel makes datagrams as large as the socket has ever read. */
	struct gv_nl cut = *nl;
	static char buf[4096];
	const struct nlmsghdr *nlh;
	unsigned int parts = 0;
	bool intr = false;
	struct gv_req req;
	int len;

	cut.sock = gv_nl_socket();
	gv_req_init(&req, &cut, cmd, NLM_F_DUMP);
	gv_nl_send(&cut, &req);
	for (;;) {
		len = mnl_socket_recvfrom(cut.sock, buf, sizeof(buf));
		if (len < 0)
			gv_ktap_bail("a dump broke: %s", strerror(errno));
		if (!parts++)
			change(nl, gpu);
		for (nlh = (void *)buf; mnl_nlmsg_ok(nlh, len);
		     nlh = mnl_nlmsg_next(nlh, &len)) {
			intr |= nlh->nlmsg_flags & NLM_F_DUMP_INTR;
			if (nlh->nlmsg_type != NLMSG_DONE &&
			    nlh->nlmsg_type != NLMSG_ERROR)
				continue;
			gv_nl_close(&cut);
			/* The second is made when the first is read. */
			if (parts < 3)
				gv_ktap_note("the dump came in %u pieces",
					     parts);
			return parts < 3 ? -1 : intr;
		}
	}
}
