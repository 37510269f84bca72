// SPDX-License-Identifier: GPL-2.0
/* What the kernel says of a request that it refused. */
#include <errno.h>
#include <string.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include "extack.h"

/* The largest error number that a kernel gives. */
#define GV_ERRNO_MAX 4095

/* Where the attributes of an answer start; NULL if it has none. */
static const struct nlattr *gv_extack_attrs(const struct nlmsghdr *hdr,
					    int *len)
{
	const struct nlmsgerr *e = nlmsg_data(hdr);
	size_t skip = sizeof(int);

	if (!(hdr->nlmsg_flags & NLM_F_ACK_TLVS))
		return NULL;
	if (hdr->nlmsg_type == NLMSG_ERROR) {
		if ((size_t)nlmsg_datalen(hdr) < sizeof(*e))
			return NULL;
		skip = sizeof(*e);
		/* the request comes back whole when it was not capped */
		if (!(hdr->nlmsg_flags & NLM_F_CAPPED))
			skip += NLMSG_ALIGN(e->msg.nlmsg_len) - NLMSG_HDRLEN;
	}
	skip = NLMSG_ALIGN(skip);
	if ((size_t)nlmsg_datalen(hdr) < skip)
		return NULL;
	*len = nlmsg_datalen(hdr) - skip;
	return (const struct nlattr *)((const char *)nlmsg_data(hdr) + skip);
}

static void gv_extack_attr(const struct gv_set *set, unsigned int type,
			   struct gv_err *err)
{
	const struct gv_attr *attr = gv_attr(set, type);

	if (attr)
		strncpy(err->attr, attr->name, sizeof(err->attr) - 1);
}

/* The kernel names the offending attribute by its place in our request. */
static void gv_extack_offset(const struct nlmsghdr *request, uint32_t offset,
			     const struct gv_set *set, struct gv_err *err)
{
	uint32_t first = NLMSG_HDRLEN + GENL_HDRLEN;
	struct nlattr nla;

	if (offset < first || offset > request->nlmsg_len ||
	    request->nlmsg_len - offset < sizeof(nla))
		return;
	memcpy(&nla, (const char *)request + offset, sizeof(nla));
	gv_extack_attr(set, nla.nla_type & NLA_TYPE_MASK, err);
}

static uint32_t gv_extack_u32(const struct nlattr *nla)
{
	uint32_t value = 0;

	if (nla_len(nla) >= (int)sizeof(value))
		memcpy(&value, nla_data(nla), sizeof(value));
	return value;
}

static void gv_extack_text(const struct nlattr *nla, struct gv_err *err)
{
	size_t len = nla_len(nla);

	if (len >= sizeof(err->text))
		len = sizeof(err->text) - 1;
	memcpy(err->text, nla_data(nla), len);
	err->text[len] = 0;
}

static void gv_extack_parse(const struct nlmsghdr *hdr,
			    const struct nlmsghdr *request,
			    const struct gv_set *set, struct gv_err *err)
{
	const struct nlattr *nla;
	int len, rem;

	nla = gv_extack_attrs(hdr, &len);
	if (!nla)
		return;
	for (rem = len; nla_ok(nla, rem);
	     nla = nla_next(nla, &rem)) {
		switch (nla_type(nla)) {
		case NLMSGERR_ATTR_MSG:
			gv_extack_text(nla, err);
			break;
		case NLMSGERR_ATTR_OFFS:
			gv_extack_offset(request, gv_extack_u32(nla), set,
					 err);
			break;
		case NLMSGERR_ATTR_COOKIE:
			err->reason = gv_extack_u32(nla);
			break;
		case NLMSGERR_ATTR_MISS_TYPE:
			gv_extack_attr(set, gv_extack_u32(nla), err);
			err->missing = true;
			break;
		}
	}
}

/* For a kernel that gives no sentence: one that is true of the errno. */
static void gv_extack_default(int num, struct gv_err *err)
{
	const char *text = strerror(num);

	if (num == EPERM || err->reason == GPUVIRT_REASON_NOT_PERMITTED)
		text = "this needs CAP_SYS_ADMIN in the initial user namespace";
	else if (num == EOPNOTSUPP)
		text = "the loaded gpuvirt module does not know this request";
	strncpy(err->text, text, sizeof(err->text) - 1);
}

int gv_extack(const struct nlmsghdr *hdr, const struct nlmsghdr *request,
	      const struct gv_set *set, struct gv_err *err)
{
	int num;

	if (nlmsg_datalen(hdr) < (int)sizeof(num))
		return hdr->nlmsg_type == NLMSG_DONE ? 0 :
			gv_err_set(err, EBADMSG,
				   "the kernel's answer is cut short");
	memcpy(&num, nlmsg_data(hdr), sizeof(num));
	/* the length of a dump's last part is not an error */
	if (num >= 0)
		return 0;
	if (num < -GV_ERRNO_MAX)
		return gv_err_set(err, EBADMSG,
				  "the kernel's answer is malformed");
	memset(err, 0, sizeof(*err));
	err->num = -num;
	gv_extack_parse(hdr, request, set, err);
	if (!err->text[0])
		gv_extack_default(-num, err);
	if (num == -EPERM && !err->reason)
		err->reason = GPUVIRT_REASON_NOT_PERMITTED;
	if (num == -EOPNOTSUPP && !err->reason)
		err->reason = GPUVIRT_REASON_NOT_SUPPORTED;
	return num;
}
