// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "drill.h"
#include "fuzz.h"
#include "nl_gpu.h"
#include "spec.h"

#define NR(array) (sizeof(array) / sizeof((array)[0]))

static uint64_t below(struct gv_fuzz *fuzz, uint64_t n)
{
	return gv_below(&fuzz->state, n);
}

/* A text that suits an attribute's name, or one of those that never do. */
static const char *text_for(struct gv_fuzz *fuzz, const char *attr)
{
	static const char *const names[] = { "f0", "f1", "f2", "f3", "neighbour",
					     "no such" };
	static const char *const drivers[] = { "vfio-pci", "none", "host",
					       "default", "nosuch" };
	static const char *const odd[] = {
		"", "/", "..", "a", "0000:00:00.0", "ffff:ff:1f.7", "%s%n",
		"\xff\xfe", "f0\n",
		"0123456789012345678901234567890123456789012345678901234567890123",
		"01234567890123456789012345678901234567890123456789012345678901234",
	};

	if (!below(fuzz, 6))
		return odd[below(fuzz, NR(odd))];
	if (fuzz->tame && (!strcmp(attr, "gpu") || !strcmp(attr, "address")))
		return "ffff:00:00.0";
	if (fuzz->tame && !strcmp(attr, "model"))
		return "no such";
	if (!strcmp(attr, "gpu") || !strcmp(attr, "address"))
		return fuzz->gpu;
	if (!strcmp(attr, "id"))
		return fuzz->uuid;
	if (!strcmp(attr, "series"))
		return below(fuzz, 2) ? "A" : "Q";
	if (!strcmp(attr, "model"))
		return below(fuzz, 2) ? "A16" : "generic";
	if (strstr(attr, "driver"))
		return drivers[below(fuzz, NR(drivers))];
	return names[below(fuzz, NR(names))];
}

static uint64_t number_for(struct gv_fuzz *fuzz, const char *attr)
{
	uint64_t r = gv_random(&fuzz->state);

	if (!strcmp(attr, "generation"))
		return below(fuzz, 4) ? 0 : fuzz->generation + below(fuzz, 2);
	/* So that a GPU that is made is small. */
	if (!strcmp(attr, "total-vfs") || !strcmp(attr, "count"))
		return below(fuzz, 4);
	switch (r & 7) {
	case 0:
		return 0;
	case 1:
		return 1 + (r >> 8 & 3);
	case 2:
		return ~0ULL - (r >> 8 & 3);
	case 3:
		return 1ULL << (r >> 8 & 63);
	case 4:
		return r >> 8;
	default:
		return (4 + 4 * (r >> 8 & 3)) * GV_MIB;
	}
}

static void put_attr(struct gv_fuzz *fuzz, struct gv_req *req,
		     const struct gv_spec_attr *attr)
{
	switch (attr->kind) {
	case GV_SPEC_STR:
		gv_req_str(req, attr->number, text_for(fuzz, attr->name));
		break;
	case GV_SPEC_U32:
		gv_req_u32(req, attr->number, number_for(fuzz, attr->name));
		break;
	case GV_SPEC_U64:
		gv_req_u64(req, attr->number, number_for(fuzz, attr->name));
		break;
	}
}

/* Most attributes that the operation knows; each but seldom left out. */
static void put_attrs(struct gv_fuzz *fuzz, struct gv_req *req,
		      const struct gv_spec_op *op)
{
	unsigned int i;

	for (i = 0; i < op->n; i++)
		if (below(fuzz, i < 3 ? 16 : 2))
			put_attr(fuzz, req, &op->attrs[i]);
}

/* An attribute of a message, or NULL if it has none that is whole. */
static struct nlattr *pick_attr(struct gv_fuzz *fuzz, struct gv_req *req)
{
	struct nlattr *attr, *found = NULL;
	unsigned int n = 0;

	mnl_attr_for_each(attr, req->nlh, sizeof(struct genlmsghdr))
		if (!below(fuzz, ++n))
			found = attr;
	return found;
}

static uint8_t *payload(struct gv_req *req)
{
	return (uint8_t *)req->nlh + sizeof(struct nlmsghdr);
}

static void nest(struct gv_fuzz *fuzz, struct gv_req *req)
{
	unsigned int depth = 1 + below(fuzz, 30);
	struct nlattr *start[30];
	unsigned int i;

	for (i = 0; i < depth; i++)
		start[i] = mnl_attr_nest_start(req->nlh, below(fuzz, 40));
	gv_req_u32(req, 1, 0);
	while (i--)
		mnl_attr_nest_end(req->nlh, start[i]);
}

static void append(struct gv_fuzz *fuzz, struct gv_req *req)
{
	unsigned int n = below(fuzz, 64);

	while (n--)
		((uint8_t *)req->nlh)[req->nlh->nlmsg_len++] = below(fuzz, 256);
}

static void again(struct gv_req *req, const struct nlattr *attr)
{
	static uint8_t copy[GV_NL_BUF];
	size_t len = mnl_attr_get_payload_len(attr);

	memcpy(copy, mnl_attr_get_payload(attr), len);
	gv_req_raw(req, mnl_attr_get_type(attr), copy, len);
}

/* Whole attributes of a kind that is not theirs. */
static void wrong_kind(struct gv_fuzz *fuzz, struct gv_req *req)
{
	static const uint8_t bytes[128];
	static const uint8_t sizes[] = { 0, 1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 65,
					 128 };

	gv_req_raw(req, below(fuzz, 40), bytes,
		   sizes[below(fuzz, NR(sizes))]);
}

static void mutate(struct gv_fuzz *fuzz, struct gv_fuzz_msg *msg)
{
	struct gv_req *req = &msg->req;
	struct genlmsghdr *genl = mnl_nlmsg_get_payload(req->nlh);
	size_t len = req->nlh->nlmsg_len - sizeof(struct nlmsghdr);
	struct nlattr *attr = pick_attr(fuzz, req);

	msg->mutated = true;
	switch (below(fuzz, 13)) {
	case 0:
		if (len > sizeof(*genl))
			payload(req)[sizeof(*genl) +
				     below(fuzz, len - sizeof(*genl))] ^=
				1 << below(fuzz, 8);
		break;
	case 1:
		if (len > sizeof(*genl))
			payload(req)[sizeof(*genl) +
				     below(fuzz, len - sizeof(*genl))] =
				below(fuzz, 256);
		break;
	case 2:
		if (attr)
			attr->nla_len = below(fuzz, 2) ? below(fuzz, 65536) :
					attr->nla_len + below(fuzz, 9) - 4;
		break;
	case 3:
		if (attr)
			attr->nla_type = below(fuzz, 2) ? below(fuzz, 48) :
					 attr->nla_type ^
					 (NLA_F_NESTED | NLA_F_NET_BYTEORDER);
		break;
	case 4:
		req->nlh->nlmsg_len = sizeof(struct nlmsghdr) +
				      below(fuzz, len + 1);
		break;
	case 5:
		append(fuzz, req);
		break;
	case 6:
		if (attr)
			again(req, attr);
		break;
	case 7:
		nest(fuzz, req);
		break;
	case 8:
		genl->cmd = below(fuzz, 256);
		msg->op = NULL;
		break;
	case 9:
		genl->version = below(fuzz, 256);
		genl->reserved = below(fuzz, 65536);
		break;
	case 10:
		wrong_kind(fuzz, req);
		break;
	case 11:
		/* A text without its end. */
		if (attr && mnl_attr_get_payload_len(attr))
			((uint8_t *)mnl_attr_get_payload(attr))
				[mnl_attr_get_payload_len(attr) - 1] = 'x';
		break;
	default:
		/* The length lies: of more than is sent netlink sees nothing. */
		msg->sent = req->nlh->nlmsg_len;
		if (below(fuzz, 2))
			req->nlh->nlmsg_len += 4 + below(fuzz, 4096);
		else
			req->nlh->nlmsg_len = below(fuzz, sizeof(struct nlmsghdr));
	}
}

/* Operations take time: most of them are refused as of another time. */
static const struct gv_spec_op *choose_op(struct gv_fuzz *fuzz)
{
	const struct gv_spec_op *op = &gv_spec_ops[below(fuzz, GV_SPEC_OPS)];

	if (op->flags & GV_SPEC_OPERATION && below(fuzz, 4))
		op = &gv_spec_ops[below(fuzz, GV_SPEC_OPS)];
	return op;
}

void gv_fuzz_make(struct gv_fuzz *fuzz, const struct gv_nl *nl,
		  struct gv_fuzz_msg *msg)
{
	const struct gv_spec_op *op = choose_op(fuzz);
	size_t whole;

	msg->op = op->name;
	msg->flags = op->flags;
	msg->mutated = false;
	memset(msg->req.buf, 0, 1024);
	msg->dump = op->flags & GV_SPEC_DUMP && !below(fuzz, 8);
	gv_req_init(&msg->req, nl, op->cmd, msg->dump ? NLM_F_DUMP : 0);
	/* What is done by a whole operation is rare, since it costs so much. */
	fuzz->tame = op->flags & GV_SPEC_OPERATION && below(fuzz, 32);
	put_attrs(fuzz, &msg->req, op);
	msg->sent = 0;
	while (!msg->sent &&
	       (below(fuzz, 4) || (op->flags & GV_SPEC_OPERATION &&
				   !msg->mutated && below(fuzz, 64)))) {
		whole = msg->req.nlh->nlmsg_len;
		mutate(fuzz, msg);
		/* What was cut off is sent all the same. */
		if (!msg->sent && msg->req.nlh->nlmsg_len < whole)
			msg->sent = whole;
		if (msg->req.nlh->nlmsg_len > GV_NL_BUF / 4)
			break;
	}
	if (!msg->sent)
		msg->sent = msg->req.nlh->nlmsg_len;
	msg->framed = msg->req.nlh->nlmsg_len >= sizeof(struct nlmsghdr) &&
		      msg->req.nlh->nlmsg_len <= msg->sent;
}
