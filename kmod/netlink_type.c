// SPDX-License-Identifier: GPL-2.0
/* Requests about vGPU types. */
#include <linux/pci.h>
#include <net/genetlink.h>

#include "mdev.h"
#include "netlink.h"
#include "state.h"
#include "type.h"

static int gv_nl_fill_type_params(struct sk_buff *skb,
				  const struct gv_type_params *params)
{
	char series[2] = { params->series };

	if (nla_put_string(skb, GPUVIRT_A_TYPE_NAME, params->name) ||
	    (series[0] && nla_put_string(skb, GPUVIRT_A_TYPE_SERIES, series)) ||
	    gv_nl_put_u64(skb, GPUVIRT_A_TYPE_FRAMEBUFFER,
			  params->framebuffer) ||
	    nla_put_u32(skb, GPUVIRT_A_TYPE_MAX_INSTANCES,
			params->max_instances) ||
	    nla_put_u32(skb, GPUVIRT_A_TYPE_HEADS, params->heads) ||
	    nla_put_u32(skb, GPUVIRT_A_TYPE_XRES, params->xres) ||
	    nla_put_u32(skb, GPUVIRT_A_TYPE_YRES, params->yres) ||
	    nla_put_u32(skb, GPUVIRT_A_TYPE_WEIGHT, params->weight))
		return -EMSGSIZE;
	return 0;
}

static int gv_nl_fill_type_room(struct sk_buff *skb, struct gv_type *type)
{
	enum gpuvirt_reason reason;
	struct gv_why why = {};
	u32 available;

	reason = gv_type_room(type, &available);
	gv_type_explain(type, &why);

	if (nla_put_u32(skb, GPUVIRT_A_TYPE_INSTANCES, type->live) ||
	    nla_put_u32(skb, GPUVIRT_A_TYPE_AVAILABLE, available) ||
	    nla_put_u32(skb, GPUVIRT_A_TYPE_REASON, reason) ||
	    (reason && nla_put_string(skb, GPUVIRT_A_TYPE_TEXT, why.text)) ||
	    gv_nl_put_u64(skb, GPUVIRT_A_TYPE_GENERATION, gv_generation()))
		return -EMSGSIZE;
	return 0;
}

/* Under types_lock, or when the type is held otherwise. */
int gv_nl_fill_type(struct gv_nl_msg *msg, struct gv_type *type)
{
	struct sk_buff *skb = msg->skb;
	int err;

	if (nla_put_string(skb, GPUVIRT_A_TYPE_GPU,
			   pci_name(type->be->gpu->pdev)) ||
	    nla_put_string(skb, GPUVIRT_A_TYPE_MDEV_TYPE,
			   kobject_name(&type->mtype.kobj)))
		return -EMSGSIZE;
	err = gv_nl_fill_type_params(skb, &type->params);
	if (err)
		return err;

	spin_lock(&gv_state_lock);
	err = gv_nl_fill_type_room(skb, type);
	spin_unlock(&gv_state_lock);

	return err;
}

/* The backend of the GPU that a request names. */
static struct gv_backend *gv_nl_type_backend(struct genl_info *info,
					     struct gv_why *why)
{
	struct gv_backend *be;
	struct gv_gpu *gpu;

	gpu = gv_gpu_find(gv_nl_str(info->attrs[GPUVIRT_A_TYPE_GPU]),
			  GPUVIRT_A_TYPE_GPU, why);
	if (IS_ERR(gpu))
		return ERR_CAST(gpu);
	if (gv_mdev_present())
		be = gv_backend_need(gpu, GPUVIRT_A_TYPE_GPU, why);
	else
		be = ERR_PTR(gv_fail(why, -EOPNOTSUPP,
				     GPUVIRT_REASON_KERNEL_NO_MDEV,
				     GPUVIRT_A_TYPE_GPU,
				     "this kernel has no mdev (CONFIG_VFIO_MDEV is not set)"));
	gv_gpu_put(gpu);

	return be;
}

/* The name of a type that a request must have. */
static int gv_nl_type_name(struct genl_info *info, const char **name,
			   struct gv_why *why)
{
	size_t len;

	*name = gv_nl_str(info->attrs[GPUVIRT_A_TYPE_NAME]);
	if (!*name) {
		gv_fail(why, -EINVAL, GPUVIRT_REASON_MISSING_ATTRIBUTE,
			GPUVIRT_A_TYPE_NAME, "the name of the vGPU type is missing");
		why->missing = true;
		return -EINVAL;
	}
	len = strlen(*name);
	if (len > GPUVIRT_TYPE_NAME_MAX)
		return gv_fail(why, -EINVAL, GPUVIRT_REASON_NAME_INVALID,
			       GPUVIRT_A_TYPE_NAME,
			       "name is %zu bytes long, the longest is %u", len,
			       GPUVIRT_TYPE_NAME_MAX);
	return 0;
}

int gpuvirt_nl_type_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct gv_nl_msg msg = { .admin = gv_nl_is_admin(skb) };
	struct gv_why why = {};
	struct gv_backend *be;
	struct gv_type *type;
	const char *name;
	int err;

	err = gv_nl_type_name(info, &name, &why);
	if (err)
		return gv_nl_refuse(info, err, &why);
	be = gv_nl_type_backend(info, &why);
	if (IS_ERR(be))
		return gv_nl_refuse(info, PTR_ERR(be), &why);
	err = gv_nl_reply_start(info, &msg);
	if (err)
		goto out_put;

	mutex_lock(&be->types_lock);
	type = gv_type_find(be, name, &why);
	err = type ? gv_nl_fill_type(&msg, type) : -ENOENT;
	mutex_unlock(&be->types_lock);

	err = gv_nl_reply_end(info, &msg, err);
out_put:
	gv_backend_put(be);
	return gv_nl_refuse(info, err, &why);
}

/* One GPU's types, from number @cb->args[1] on: of the GPU that @cb->args[2] has. */
static int gv_nl_dump_types(struct sk_buff *skb, struct netlink_callback *cb,
			    struct gv_backend *be)
{
	const char *name = gv_nl_str(gv_genl_dump_attrs(cb)[GPUVIRT_A_TYPE_NAME]);
	struct gv_nl_msg msg = {};
	struct gv_type *type;
	long index = 0;
	int err = 0;

	mutex_lock(&be->types_lock);
	list_for_each_entry(type, &be->types, node) {
		if (index++ < cb->args[1])
			continue;
		if (!name || !strcmp(name, type->params.name)) {
			err = gv_nl_entry_start(skb, cb, GPUVIRT_CMD_TYPE_GET,
						&msg);
			if (!err)
				err = gv_nl_entry_end(cb, &msg,
						      gv_nl_fill_type(&msg, type));
			if (err)
				break;
		}
		cb->args[1]++;
	}
	mutex_unlock(&be->types_lock);

	return err;
}

int gpuvirt_nl_type_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	const char *address = gv_nl_str(gv_genl_dump_attrs(cb)[GPUVIRT_A_TYPE_GPU]);
	struct gv_gpu *gpu = NULL;
	struct gv_backend *be;
	int err = 0;

	gv_nl_dump_begin(cb, false);
	while ((gpu = gv_gpu_next(gpu))) {
		if (gpu->serial <= cb->args[0])
			continue;
		if (cb->args[2] != gpu->serial)
			cb->args[1] = 0;
		cb->args[2] = gpu->serial;
		be = gv_backend_get(gpu);
		if (be && (!address || !strcmp(address, pci_name(gpu->pdev))))
			err = gv_nl_dump_types(skb, cb, be);
		gv_backend_put(be);
		if (err) {
			gv_gpu_put(gpu);
			break;
		}
		cb->args[0] = gpu->serial;
	}

	return gv_nl_dump_end(skb, cb);
}

static int gv_nl_type_params(struct genl_info *info,
			     struct gv_type_params *params, struct gv_why *why)
{
	const char *name, *series;
	int err;

	err = gv_nl_type_name(info, &name, why);
	if (err)
		return err;
	strscpy(params->name, name, sizeof(params->name));

	if (!info->attrs[GPUVIRT_A_TYPE_FRAMEBUFFER]) {
		gv_fail(why, -EINVAL, GPUVIRT_REASON_MISSING_ATTRIBUTE,
			GPUVIRT_A_TYPE_FRAMEBUFFER,
			"the framebuffer of the vGPU type is missing");
		why->missing = true;
		return -EINVAL;
	}
	params->framebuffer =
		nla_get_u64(info->attrs[GPUVIRT_A_TYPE_FRAMEBUFFER]);

	series = gv_nl_str(info->attrs[GPUVIRT_A_TYPE_SERIES]);
	if (series && strlen(series) != 1)
		return gv_fail(why, -EINVAL, GPUVIRT_REASON_BAD_VALUE,
			       GPUVIRT_A_TYPE_SERIES,
			       "series is not one of A, B, C and Q");
	if (series)
		params->series = series[0];

	err = gv_nl_u32(info, GPUVIRT_A_TYPE_MAX_INSTANCES,
			&params->max_instances, "max-instances", why);
	if (!err)
		err = gv_nl_u32(info, GPUVIRT_A_TYPE_HEADS, &params->heads,
				"heads", why);
	if (!err)
		err = gv_nl_u32(info, GPUVIRT_A_TYPE_XRES, &params->xres,
				"xres", why);
	if (!err)
		err = gv_nl_u32(info, GPUVIRT_A_TYPE_YRES, &params->yres,
				"yres", why);
	if (!err)
		err = gv_nl_u32(info, GPUVIRT_A_TYPE_WEIGHT, &params->weight,
				"weight", why);
	return err;
}

int gpuvirt_nl_type_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	u64 generation = gv_nl_u64(info->attrs[GPUVIRT_A_TYPE_GENERATION]);
	struct gv_type_params params = {};
	struct gv_why why = {};
	struct gv_backend *be;
	int err;

	be = gv_nl_type_backend(info, &why);
	if (IS_ERR(be))
		return gv_nl_refuse(info, PTR_ERR(be), &why);

	err = gv_nl_type_params(info, &params, &why);
	if (!err)
		err = gv_type_check(be, &params, &why);
	if (!err)
		err = gv_type_new(be, &params, generation, &why);
	gv_backend_put(be);

	return gv_nl_refuse(info, err, &why);
}

int gpuvirt_nl_type_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	u64 generation = gv_nl_u64(info->attrs[GPUVIRT_A_TYPE_GENERATION]);
	struct gv_why why = {};
	struct gv_backend *be;
	const char *name;
	int err;

	be = gv_nl_type_backend(info, &why);
	if (IS_ERR(be))
		return gv_nl_refuse(info, PTR_ERR(be), &why);

	err = gv_nl_type_name(info, &name, &why);
	if (!err)
		err = gv_type_del(be, name, generation, &why);
	gv_backend_put(be);

	return gv_nl_refuse(info, err, &why);
}
