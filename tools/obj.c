// SPDX-License-Identifier: GPL-2.0
/* Objects of replies, and the attributes of requests. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include "attr.h"

/* The payload follows the object, so that one free releases both. */
struct gv_obj *gv_obj_new(const struct gv_set *set, const void *attrs,
			  size_t len)
{
	struct gv_obj *obj = calloc(1, sizeof(*obj) + NLMSG_ALIGN(len));
	const struct nlattr *nla;
	char *copy;
	int rem;

	if (!obj)
		return NULL;
	obj->set = set;
	copy = (char *)(obj + 1);
	memcpy(copy, attrs, len);
	nla_for_each_attr(nla, (struct nlattr *)copy, (int)len, rem) {
		/* a newer module may send what this release does not know */
		if (gv_attr(set, nla_type(nla)))
			obj->tb[nla_type(nla)] = nla;
	}
	return obj;
}

void gv_obj_free(struct gv_obj *obj)
{
	free(obj);
}

bool gv_obj_has(const struct gv_obj *obj, unsigned int attr)
{
	return obj && obj->tb[attr];
}

/* The width is taken from the wire: a later module may widen a number. */
uint64_t gv_obj_num(const struct gv_obj *obj, unsigned int attr)
{
	const struct nlattr *nla = obj ? obj->tb[attr] : NULL;
	uint64_t wide = 0;
	uint32_t narrow;

	if (!nla)
		return 0;
	if (nla_len(nla) == sizeof(narrow)) {
		memcpy(&narrow, nla_data(nla), sizeof(narrow));
		return narrow;
	}
	if (nla_len(nla) == sizeof(wide))
		memcpy(&wide, nla_data(nla), sizeof(wide));
	return wide;
}

const char *gv_obj_str(const struct gv_obj *obj, unsigned int attr)
{
	const struct nlattr *nla = obj ? obj->tb[attr] : NULL;

	if (!nla || !memchr(nla_data(nla), 0, nla_len(nla)))
		return NULL;
	return nla_data(nla);
}

const char *gv_obj_word(const struct gv_obj *obj, unsigned int attr)
{
	const char *word = gv_obj_str(obj, attr);

	return word ? word : "?";
}

void gv_list_init(struct gv_list *list)
{
	list->first = NULL;
	list->end = &list->first;
}

void gv_list_add(struct gv_list *list, struct gv_obj *obj)
{
	*list->end = obj;
	list->end = &obj->next;
}

void gv_list_free(struct gv_list *list)
{
	struct gv_obj *obj, *next;

	for (obj = list->first; obj; obj = next) {
		next = obj->next;
		gv_obj_free(obj);
	}
	gv_list_init(list);
}

int gv_put_num(struct nl_msg *msg, const struct gv_set *set,
	       unsigned int attr, uint64_t value)
{
	int ret;

	if (set->attr[attr].wire == GV_WIRE_U64)
		ret = nla_put_u64(msg, attr, value);
	else
		ret = nla_put_u32(msg, attr, value);
	return ret ? -EMSGSIZE : 0;
}

int gv_put_str(struct nl_msg *msg, unsigned int attr, const char *value)
{
	return nla_put_string(msg, attr, value) ? -EMSGSIZE : 0;
}
