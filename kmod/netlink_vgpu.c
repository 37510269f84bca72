// SPDX-License-Identifier: GPL-2.0
/* Requests about vGPUs. */
#include <linux/pci.h>
#include <net/genetlink.h>

#include "netlink.h"
#include "operation.h"
#include "state.h"
#include "vgpu.h"
#include "vgpu_list.h"

static int gv_nl_fill_vgpu_admin(struct sk_buff *skb, struct gv_vgpu *vgpu)
{
	u64 backed = (u64)atomic_long_read(&vgpu->slice.backed) << PAGE_SHIFT;

	if ((vgpu->open &&
	     (nla_put_u32(skb, GPUVIRT_A_VGPU_HOLDER_PID, vgpu->holder) ||
	      nla_put_string(skb, GPUVIRT_A_VGPU_HOLDER_COMM,
			     vgpu->holder_comm))) ||
	    gv_nl_put_u64(skb, GPUVIRT_A_VGPU_BACKING_USED, backed) ||
	    nla_put_u32(skb, GPUVIRT_A_VGPU_RESETS, vgpu->resets) ||
	    nla_put_u32(skb, GPUVIRT_A_VGPU_MODE_XRES, vgpu->mode_xres) ||
	    nla_put_u32(skb, GPUVIRT_A_VGPU_MODE_YRES, vgpu->mode_yres))
		return -EMSGSIZE;
	return 0;
}

static int gv_nl_fill_vgpu_locked(struct gv_nl_msg *msg, struct gv_vgpu *vgpu)
{
	struct sk_buff *skb = msg->skb;

	lockdep_assert_held(&gv_state_lock);

	if (nla_put_string(skb, GPUVIRT_A_VGPU_ID,
			   dev_name(&vgpu->mdev->dev)) ||
	    nla_put_string(skb, GPUVIRT_A_VGPU_GPU,
			   pci_name(vgpu->be->gpu->pdev)) ||
	    nla_put_string(skb, GPUVIRT_A_VGPU_TYPE,
			   vgpu->type->params.name) ||
	    nla_put_u32(skb, GPUVIRT_A_VGPU_VIA, GPUVIRT_VIA_MDEV) ||
	    gv_nl_put_u64(skb, GPUVIRT_A_VGPU_SERIAL, vgpu->serial) ||
	    gv_nl_put_u64(skb, GPUVIRT_A_VGPU_FRAMEBUFFER, vgpu->slice.size) ||
	    gv_nl_put_u64(skb, GPUVIRT_A_VGPU_VRAM_OFFSET,
			  vgpu->slice.offset) ||
	    (vgpu->group >= 0 &&
	     nla_put_u32(skb, GPUVIRT_A_VGPU_IOMMU_GROUP, vgpu->group)) ||
	    nla_put_u32(skb, GPUVIRT_A_VGPU_OPEN, vgpu->open) ||
	    gv_nl_put_u64(skb, GPUVIRT_A_VGPU_GENERATION, gv_generation()))
		return -EMSGSIZE;

	return msg->admin ? gv_nl_fill_vgpu_admin(skb, vgpu) : 0;
}

int gv_nl_fill_vgpu(struct gv_nl_msg *msg, struct gv_vgpu *vgpu)
{
	int err;

	spin_lock(&gv_state_lock);
	err = gv_nl_fill_vgpu_locked(msg, vgpu);
	spin_unlock(&gv_state_lock);

	return err;
}

/* The vGPU that a request names, which is on the GPU if it names one too. */
static struct gv_vgpu *gv_nl_vgpu_find(struct genl_info *info,
				       struct gv_why *why)
{
	const char *gpu = gv_nl_str(info->attrs[GPUVIRT_A_VGPU_GPU]);
	struct gv_vgpu *vgpu;
	int err;

	vgpu = gv_vgpu_list_find(gv_nl_str(info->attrs[GPUVIRT_A_VGPU_ID]), 0,
				 why);
	if (IS_ERR(vgpu) || !gpu || !strcmp(gpu, pci_name(vgpu->be->gpu->pdev)))
		return vgpu;

	err = gv_fail(why, -ENOENT, GPUVIRT_REASON_VGPU_UNKNOWN,
		      GPUVIRT_A_VGPU_GPU, "the vGPU of this id is on GPU %s",
		      pci_name(vgpu->be->gpu->pdev));
	return ERR_PTR(err);
}

int gpuvirt_nl_vgpu_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct gv_nl_msg msg = { .admin = gv_nl_is_admin(skb) };
	struct gv_why why = {};
	struct gv_vgpu *vgpu;
	int err;

	err = gv_nl_reply_start(info, &msg);
	if (err)
		return err;

	spin_lock(&gv_state_lock);
	vgpu = gv_nl_vgpu_find(info, &why);
	err = IS_ERR(vgpu) ? PTR_ERR(vgpu) : gv_nl_fill_vgpu_locked(&msg, vgpu);
	spin_unlock(&gv_state_lock);

	err = gv_nl_reply_end(info, &msg, err);
	return gv_nl_refuse(info, err, &why);
}

static bool gv_nl_vgpu_wanted(struct nlattr **attrs, const struct gv_vgpu *vgpu)
{
	const char *gpu = gv_nl_str(attrs[GPUVIRT_A_VGPU_GPU]);
	const char *id = gv_nl_str(attrs[GPUVIRT_A_VGPU_ID]);

	if (gpu && strcmp(gpu, pci_name(vgpu->be->gpu->pdev)))
		return false;
	return !id || !strcasecmp(id, dev_name(&vgpu->mdev->dev));
}

/* The list is sorted by serial: a dump goes on behind the last one it had. */
int gpuvirt_nl_vgpu_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct gv_nl_msg msg = { .admin = gv_nl_is_admin(cb->skb) };
	struct nlattr **attrs = gv_genl_dump_attrs(cb);
	struct gv_vgpu *vgpu;
	int err;

	gv_nl_dump_begin(cb, false);
	spin_lock(&gv_state_lock);
	list_for_each_entry(vgpu, &gv_vgpus, node) {
		if (vgpu->serial <= cb->args[0] ||
		    !gv_nl_vgpu_wanted(attrs, vgpu))
			continue;
		err = gv_nl_entry_start(skb, cb, GPUVIRT_CMD_VGPU_GET, &msg);
		if (!err)
			err = gv_nl_entry_end(cb, &msg,
					      gv_nl_fill_vgpu_locked(&msg, vgpu));
		if (err)
			break;
		cb->args[0] = vgpu->serial;
	}
	spin_unlock(&gv_state_lock);

	return gv_nl_dump_end(skb, cb);
}

int gpuvirt_nl_vgpu_retire_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr **attrs = info->attrs;
	struct gv_why why = {};
	int err;

	err = gv_vgpu_retire(gv_nl_str(attrs[GPUVIRT_A_VGPU_ID]),
			     gv_nl_u64(attrs[GPUVIRT_A_VGPU_SERIAL]),
			     gv_nl_u64(attrs[GPUVIRT_A_VGPU_GENERATION]),
			     info->snd_portid, genl_info_net(info), &why);
	return gv_nl_refuse(info, err, &why);
}

int gpuvirt_nl_vgpu_reset_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr **attrs = info->attrs;
	struct gv_nl_msg msg = {};
	struct gv_why why = {};
	u64 id;
	int err;

	err = gv_nl_reply_start(info, &msg);
	if (err)
		return err;
	err = gv_vgpu_reset_op(gv_nl_str(attrs[GPUVIRT_A_VGPU_ID]),
			       gv_nl_u64(attrs[GPUVIRT_A_VGPU_SERIAL]), &id,
			       &why);
	if (!err)
		err = gv_nl_put_u64(msg.skb, GPUVIRT_A_VGPU_OPERATION, id);

	err = gv_nl_reply_end(info, &msg, err);
	return gv_nl_refuse(info, err, &why);
}
