// SPDX-License-Identifier: GPL-2.0
/* Requests about IOMMU groups, by their members. */
#include <linux/pci.h>
#include <net/genetlink.h>

#include <gpuvirt/pci.h>

#include "group.h"
#include "netlink.h"

/*
 * The function itself, or the PF of a VF, with a reference. A VF gives up its own
 * one when it is removed, not when it is freed: it must not be followed.
 */
static struct pci_dev *gv_pf_get(struct pci_dev *pdev)
{
	struct pci_dev *pf = NULL;

	if (!gv_pci_is_vf(pdev))
		return pci_dev_get(pdev);
	for_each_pci_dev(pf)
		if (pf == gv_pci_pf(pdev))
			break;
	return pf;
}

static int gv_nl_fill_place(struct sk_buff *skb, struct pci_dev *pdev)
{
	struct pci_dev *pf = gv_pf_get(pdev);
	struct pci_dev *up = pf ? pci_upstream_bridge(pf) : NULL;
	int err = 0;

	if ((up &&
	     nla_put_string(skb, GPUVIRT_A_GROUP_UPSTREAM, pci_name(up))) ||
	    (pf && pf != pdev &&
	     nla_put_string(skb, GPUVIRT_A_GROUP_PHYSFN, pci_name(pf))))
		err = -EMSGSIZE;
	pci_dev_put(pf);
	if (err)
		return err;
	if (pci_is_pcie(pdev) &&
	    nla_put_u32(skb, GPUVIRT_A_GROUP_PCIE_TYPE, pci_pcie_type(pdev)))
		return -EMSGSIZE;
	if (pci_sriov_get_totalvfs(pdev) > 0 &&
	    (nla_put_u32(skb, GPUVIRT_A_GROUP_TOTAL_VFS,
			 pci_sriov_get_totalvfs(pdev)) ||
	     nla_put_u32(skb, GPUVIRT_A_GROUP_NUM_VFS, pci_num_vf(pdev))))
		return -EMSGSIZE;
	return 0;
}

static int gv_nl_fill_bits(struct sk_buff *skb, const struct gv_member *member)
{
	if (nla_put_u32(skb, GPUVIRT_A_GROUP_ACS, member->acs) ||
	    nla_put_u32(skb, GPUVIRT_A_GROUP_ATS, member->ats))
		return -EMSGSIZE;
	if (member->acs_read &&
	    (nla_put_u32(skb, GPUVIRT_A_GROUP_ACS_CAP, member->acs_cap) ||
	     nla_put_u32(skb, GPUVIRT_A_GROUP_ACS_CTRL, member->acs_ctrl) ||
	     nla_put_u32(skb, GPUVIRT_A_GROUP_ACS_VECTOR, member->acs_vector)))
		return -EMSGSIZE;
	if (member->group >= 0 &&
	    (nla_put_u32(skb, GPUVIRT_A_GROUP_GROUP, member->group) ||
	     nla_put_u32(skb, GPUVIRT_A_GROUP_ISOLATED_MSI,
			 member->isolated_msi) ||
	     nla_put_u32(skb, GPUVIRT_A_GROUP_DMA_OWNER, member->dma_owner)))
		return -EMSGSIZE;
	return 0;
}

static int gv_nl_fill_member(struct sk_buff *skb, struct pci_dev *pdev,
			     const struct gv_member *member)
{
	if (nla_put_string(skb, GPUVIRT_A_GROUP_ADDRESS, pci_name(pdev)) ||
	    nla_put_u32(skb, GPUVIRT_A_GROUP_VENDOR, pdev->vendor) ||
	    nla_put_u32(skb, GPUVIRT_A_GROUP_DEVICE, pdev->device) ||
	    nla_put_u32(skb, GPUVIRT_A_GROUP_CLASS, pdev->class) ||
	    nla_put_u32(skb, GPUVIRT_A_GROUP_MULTIFUNCTION,
			gv_pci_multifunction(pdev)) ||
	    (member->driver[0] &&
	     nla_put_string(skb, GPUVIRT_A_GROUP_DRIVER, member->driver)) ||
	    gv_nl_fill_place(skb, pdev))
		return -EMSGSIZE;
	return gv_nl_fill_bits(skb, member);
}

int gpuvirt_nl_group_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct gv_member member;
	struct gv_nl_msg msg = {};
	struct gv_why why = {};
	struct pci_dev *pdev;
	int err;

	if (info->attrs[GPUVIRT_A_GROUP_GROUP]) {
		err = gv_fail(&why, -EINVAL, GPUVIRT_REASON_BAD_VALUE,
			      GPUVIRT_A_GROUP_GROUP,
			      "a group can have several functions: it is for a dump");
		return gv_nl_refuse(info, err, &why);
	}
	pdev = gv_function_find(gv_nl_str(info->attrs[GPUVIRT_A_GROUP_ADDRESS]),
				GPUVIRT_A_GROUP_ADDRESS, &why);
	if (IS_ERR(pdev))
		return gv_nl_refuse(info, PTR_ERR(pdev), &why);

	gv_member_read(pdev, &member);
	err = gv_nl_reply_start(info, &msg);
	if (!err)
		err = gv_nl_reply_end(info, &msg,
				      gv_nl_fill_member(msg.skb, pdev,
							&member));
	pci_dev_put(pdev);

	return err;
}

static bool gv_nl_group_wanted(struct netlink_callback *cb,
			       const struct pci_dev *pdev,
			       const struct gv_member *member)
{
	struct nlattr **attrs = gv_genl_dump_attrs(cb);
	const char *address = gv_nl_str(attrs[GPUVIRT_A_GROUP_ADDRESS]);
	struct nlattr *group = attrs[GPUVIRT_A_GROUP_GROUP];

	if (address && strcmp(address, pci_name(pdev)))
		return false;
	return !group || (member->group >= 0 &&
			  nla_get_u32(group) == member->group);
}

int gpuvirt_nl_group_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct gv_member member;
	struct gv_nl_msg msg = {};
	struct pci_dev *pdev = NULL;
	long index = 0;
	int err;

	gv_nl_dump_begin(cb, true);
	for_each_pci_dev(pdev) {
		if (index++ < cb->args[0])
			continue;
		gv_member_read(pdev, &member);
		if (gv_nl_group_wanted(cb, pdev, &member)) {
			err = gv_nl_entry_start(skb, cb, GPUVIRT_CMD_GROUP_GET,
						&msg);
			if (!err)
				err = gv_nl_entry_end(cb, &msg,
						      gv_nl_fill_member(skb, pdev,
									&member));
			if (err) {
				pci_dev_put(pdev);
				break;
			}
		}
		cb->args[0]++;
	}

	return gv_nl_dump_end(skb, cb);
}
