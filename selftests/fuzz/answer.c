// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel answers: byte 0 says to which command, the rest is an
 * acknowledgment with its reason, and an object.
 */
#include <stdlib.h>
#include <string.h>
#include <netlink/msg.h>

#include <linux/gpuvirt.h>

#include "attr.h"
#include "extack.h"

static struct nlmsghdr *message(const uint8_t *data, size_t size, int flags)
{
	struct nlmsghdr *hdr = calloc(1, NLMSG_HDRLEN + size);

	hdr->nlmsg_len = NLMSG_HDRLEN + size;
	hdr->nlmsg_type = NLMSG_ERROR;
	hdr->nlmsg_flags = flags;
	memcpy(NLMSG_DATA(hdr), data, size);
	return hdr;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct gv_command *cmd;
	struct nlmsghdr *hdr, *request;
	struct gv_err err;
	struct gv_obj *obj;
	unsigned int i;

	if (size < 2)
		return 0;
	cmd = gv_command(data[0]);
	if (!cmd)
		return 0;
	request = message(data + 2, (size - 2) / 2, 0);
	hdr = message(data + 2, size - 2, data[1] << 8);
	memset(&err, 0, sizeof(err));
	gv_extack(hdr, request, cmd->set, &err);
	if (strnlen(err.text, sizeof(err.text)) == sizeof(err.text) ||
	    strnlen(err.attr, sizeof(err.attr)) == sizeof(err.attr))
		abort();
	obj = gv_obj_new(cmd->set, NLMSG_DATA(hdr), size - 2);
	for (i = 0; obj && i <= cmd->set->max; i++) {
		if (!gv_obj_has(obj, i))
			continue;
		gv_obj_num(obj, i);
		if (gv_obj_str(obj, i) && strlen(gv_obj_str(obj, i)) > size)
			abort();
	}
	gv_obj_free(obj);
	free(hdr);
	free(request);
	return 0;
}
