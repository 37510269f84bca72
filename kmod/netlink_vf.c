// SPDX-License-Identifier: GPL-2.0
/* Requests about VFs. */
#include <linux/pci.h>
#include <net/genetlink.h>

#include "netlink.h"
#include "sriov.h"
#include "state.h"
#include "vf.h"

int gv_nl_fill_vf(struct gv_nl_msg *msg, struct gv_vf *vf)
{
	struct pci_dev *pdev = vf->pdev;
	int node = dev_to_node(&pdev->dev);
	bool open = gv_vf_is_open(vf);
	struct sk_buff *skb = msg->skb;
	int err = 0;

	spin_lock(&gv_state_lock);
	if (nla_put_string(skb, GPUVIRT_A_VF_ADDRESS, pci_name(pdev)) ||
	    nla_put_string(skb, GPUVIRT_A_VF_GPU, pci_name(vf->gpu->pdev)) ||
	    nla_put_u32(skb, GPUVIRT_A_VF_INDEX, vf->index) ||
	    gv_nl_put_u64(skb, GPUVIRT_A_VF_SERIAL, vf->serial) ||
	    nla_put_u32(skb, GPUVIRT_A_VF_VENDOR, pdev->vendor) ||
	    nla_put_u32(skb, GPUVIRT_A_VF_DEVICE, pdev->device) ||
	    (vf->driver[0] &&
	     nla_put_string(skb, GPUVIRT_A_VF_DRIVER, vf->driver)) ||
	    (vf->group >= 0 &&
	     nla_put_u32(skb, GPUVIRT_A_VF_IOMMU_GROUP, vf->group)) ||
	    (node >= 0 && nla_put_u32(skb, GPUVIRT_A_VF_NUMA_NODE, node)) ||
	    nla_put_u32(skb, GPUVIRT_A_VF_OPEN, open) ||
	    nla_put_u32(skb, GPUVIRT_A_VF_LEAVING, vf->leaving) ||
	    gv_nl_put_u64(skb, GPUVIRT_A_VF_GENERATION, gv_generation()))
		err = -EMSGSIZE;
	spin_unlock(&gv_state_lock);

	return err;
}

int gpuvirt_nl_vf_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	const char *gpu = gv_nl_str(info->attrs[GPUVIRT_A_VF_GPU]);
	struct gv_nl_msg msg = {};
	struct gv_why why = {};
	struct gv_vf *vf;
	int err;

	vf = gv_vf_find(gv_nl_str(info->attrs[GPUVIRT_A_VF_ADDRESS]), 0, &why);
	if (IS_ERR(vf))
		return gv_nl_refuse(info, PTR_ERR(vf), &why);
	if (gpu && strcmp(gpu, pci_name(vf->gpu->pdev))) {
		err = gv_fail(&why, -ENODEV, GPUVIRT_REASON_VF_UNKNOWN,
			      GPUVIRT_A_VF_GPU, "VF %s is one of GPU %s",
			      pci_name(vf->pdev), pci_name(vf->gpu->pdev));
		gv_vf_put(vf);
		return gv_nl_refuse(info, err, &why);
	}

	err = gv_nl_reply_start(info, &msg);
	if (!err)
		err = gv_nl_reply_end(info, &msg, gv_nl_fill_vf(&msg, vf));
	gv_vf_put(vf);

	return err;
}

int gpuvirt_nl_vf_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nlattr **attrs = gv_genl_dump_attrs(cb);
	const char *address = gv_nl_str(attrs[GPUVIRT_A_VF_ADDRESS]);
	const char *gpu = gv_nl_str(attrs[GPUVIRT_A_VF_GPU]);
	struct gv_nl_msg msg = {};
	struct gv_vf *vf = NULL;
	int err;

	gv_nl_dump_begin(cb, false);
	while ((vf = gv_vf_next(vf))) {
		/* Serials rise along the list. */
		if (vf->serial <= cb->args[0])
			continue;
		if ((!address || !strcmp(address, pci_name(vf->pdev))) &&
		    (!gpu || !strcmp(gpu, pci_name(vf->gpu->pdev)))) {
			err = gv_nl_entry_start(skb, cb, GPUVIRT_CMD_VF_GET,
						&msg);
			if (!err)
				err = gv_nl_entry_end(cb, &msg,
						      gv_nl_fill_vf(&msg, vf));
			if (err) {
				gv_vf_put(vf);
				break;
			}
		}
		cb->args[0] = vf->serial;
	}

	return gv_nl_dump_end(skb, cb);
}

static int gv_nl_vf_request(struct genl_info *info,
			    struct gv_sriov_request *req, struct gv_why *why)
{
	const char *driver = gv_nl_str(info->attrs[GPUVIRT_A_VF_DRIVER]);
	struct nlattr *resize = info->attrs[GPUVIRT_A_VF_RESIZE];
	int err;

	if (!info->attrs[GPUVIRT_A_VF_COUNT]) {
		err = gv_fail(why, -EINVAL, GPUVIRT_REASON_MISSING_ATTRIBUTE,
			      GPUVIRT_A_VF_COUNT,
			      "the number of VFs is missing");
		why->missing = true;
		return err;
	}
	req->count = nla_get_u32(info->attrs[GPUVIRT_A_VF_COUNT]);

	if (resize && nla_get_u32(resize) > 1)
		return gv_fail(why, -EINVAL, GPUVIRT_REASON_BAD_VALUE,
			       GPUVIRT_A_VF_RESIZE,
			       "resize is %u, it can be 0 or 1",
			       nla_get_u32(resize));
	req->resize = resize && nla_get_u32(resize);

	if (!driver)
		return 0;
	err = gv_sriov_check_driver(driver, GPUVIRT_A_VF_DRIVER, why);
	if (!err)
		strscpy(req->driver, driver, sizeof(req->driver));
	return err;
}

int gpuvirt_nl_vf_enable_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr **attrs = info->attrs;
	struct gv_sriov_request req = {};
	struct gv_nl_msg msg = {};
	struct gv_why why = {};
	u64 id;
	int err;

	err = gv_nl_vf_request(info, &req, &why);
	if (err)
		return gv_nl_refuse(info, err, &why);

	/* What can fail comes before the operation starts. */
	err = gv_nl_reply_start(info, &msg);
	if (err)
		return err;
	err = gv_vf_enable_op(gv_nl_str(attrs[GPUVIRT_A_VF_GPU]), &req,
			      gv_nl_u64(attrs[GPUVIRT_A_VF_GENERATION]), &id,
			      &why);
	if (!err)
		err = gv_nl_put_u64(msg.skb, GPUVIRT_A_VF_OPERATION, id);

	err = gv_nl_reply_end(info, &msg, err);
	return gv_nl_refuse(info, err, &why);
}

int gpuvirt_nl_vf_disable_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr **attrs = info->attrs;
	struct gv_nl_msg msg = {};
	struct gv_why why = {};
	u64 id;
	int err;

	err = gv_nl_reply_start(info, &msg);
	if (err)
		return err;
	err = gv_vf_disable_op(gv_nl_str(attrs[GPUVIRT_A_VF_GPU]),
			       gv_nl_u64(attrs[GPUVIRT_A_VF_GENERATION]), &id,
			       &why);
	if (!err)
		err = gv_nl_put_u64(msg.skb, GPUVIRT_A_VF_OPERATION, id);

	err = gv_nl_reply_end(info, &msg, err);
	return gv_nl_refuse(info, err, &why);
}

int gpuvirt_nl_vf_reset_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr **attrs = info->attrs;
	const char *gpu = gv_nl_str(attrs[GPUVIRT_A_VF_GPU]);
	struct gv_nl_msg msg = {};
	struct gv_why why = {};
	u64 id;
	int err;

	if (gpu && (attrs[GPUVIRT_A_VF_ADDRESS] || attrs[GPUVIRT_A_VF_SERIAL])) {
		err = gv_fail(&why, -EINVAL, GPUVIRT_REASON_BAD_VALUE,
			      GPUVIRT_A_VF_GPU,
			      "one VF, or all of a GPU: not both at once");
		return gv_nl_refuse(info, err, &why);
	}

	err = gv_nl_reply_start(info, &msg);
	if (err)
		return err;
	if (gpu)
		err = gv_vfs_reset_op(gpu, &id, &why);
	else
		err = gv_vf_reset_op(gv_nl_str(attrs[GPUVIRT_A_VF_ADDRESS]),
				     gv_nl_u64(attrs[GPUVIRT_A_VF_SERIAL]), &id,
				     &why);
	if (!err)
		err = gv_nl_put_u64(msg.skb, GPUVIRT_A_VF_OPERATION, id);

	err = gv_nl_reply_end(info, &msg, err);
	return gv_nl_refuse(info, err, &why);
}
