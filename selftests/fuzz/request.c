// SPDX-License-Identifier: GPL-2.0
/*
 * Requests about vGPU types: the input is a list of attributes, each "which, length,
 * bytes", as the policy lets them through. Built from the sources of the module, and
 * asked by what the model of requests asks with.
 */
#include "../model/netlink.c"
#include "input.h"

static void attribute(struct input *in, const struct genl_ops *ops)
{
	u16 type = 1 + get(in, 1) % ops->maxattr;
	char text[80] = "";
	size_t len, i;

	if (req.attrs[type])
		return;
	switch (ops->policy[type].type) {
	case NLA_U32:
		add_u32(type, get(in, 4));
		break;
	case NLA_U64:
		add_u64(type, get(in, 8));
		break;
	case NLA_NUL_STRING:
		len = get(in, 1) % sizeof(text);
		for (i = 0; i < len; i++)
			text[i] = get(in, 1);
		add(type, len + 1, text);
		break;
	}
}

static void request(struct input *in, struct gv_backend *be)
{
	static const u8 cmds[] = {
		GPUVIRT_CMD_TYPE_NEW, GPUVIRT_CMD_TYPE_DEL, GPUVIRT_CMD_TYPE_GET,
		GPUVIRT_CMD_INFO_GET,
	};
	u8 what = get(in, 1), n;
	int err;

	start(cmds[what % 4]);
	req.skb.admin = !(what & 0x80);
	for (n = what >> 2 & 15; n; n--)
		attribute(in, ops_of(req.hdr.cmd));
	err = ask();
	if (err > 0 || (err && !req.extack.text[0]))
		abort();
	/* What is asked for is told. */
	if (!err && !gv_reply && what % 4 > 1)
		abort();
	if (be->nr_types > 64)
		abort();
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct input in = { data, size };
	struct gv_backend be;
	struct gv_type *type;
	unsigned int n;

	gv_make_backend(&be, 64 * MIB, 16);
	kref_init(&be.ref);
	for (n = 0; in.size && n < 64; n++)
		request(&in, &be);
	while (be.nr_types) {
		type = list_entry(be.types.next, struct gv_type, node);
		start(GPUVIRT_CMD_TYPE_DEL);
		req.skb.admin = true;
		add(GPUVIRT_A_TYPE_GPU, 13, "0000:00:00.0");
		add(GPUVIRT_A_TYPE_NAME, strlen(type->params.name) + 1,
		    type->params.name);
		if (ask())
			abort();
	}
	free(gv_reply);
	gv_reply = NULL;
	return 0;
}
