// SPDX-License-Identifier: GPL-2.0
/* Requests about GPUs. */
#include <linux/pci.h>
#include <net/genetlink.h>

#include <gpuvirt/pci.h>

#include "backend.h"
#include "factory.h"
#include "mdev.h"
#include "netlink.h"
#include "sriov.h"
#include "state.h"

static int gv_nl_fill_gpu_mdev_reason(struct sk_buff *skb, struct gv_gpu *gpu)
{
	enum gpuvirt_reason reason = GPUVIRT_REASON_NONE;
	const char *text = NULL;

	if (!gv_mdev_present()) {
		reason = GPUVIRT_REASON_KERNEL_NO_MDEV;
		text = "this kernel has no mdev (CONFIG_VFIO_MDEV is not set)";
	} else if (!gpu->be) {
		reason = GPUVIRT_REASON_GPU_NO_BACKEND;
		text = gpu->driver[0] ?
			"no backend offers mdev vGPUs on this GPU" :
			"no PF driver is bound, so no backend offers mdev vGPUs";
	} else {
		reason = gv_backend_open_for_vgpus(gpu->be);
		if (reason == GPUVIRT_REASON_GPU_LEAVING)
			text = "the GPU is being removed";
		else if (reason == GPUVIRT_REASON_GPU_DRAINING)
			text = "the GPU takes no new vGPUs (drain is on)";
		else if (reason == GPUVIRT_REASON_GPU_FULL)
			text = "the GPU has as many vGPUs as it can hold";
	}

	if (nla_put_u32(skb, GPUVIRT_A_GPU_MDEV_REASON, reason) ||
	    (text && nla_put_string(skb, GPUVIRT_A_GPU_MDEV_TEXT, text)))
		return -EMSGSIZE;
	return 0;
}

static int gv_nl_fill_gpu_backend(struct gv_nl_msg *msg,
				  const struct gv_backend *be)
{
	struct sk_buff *skb = msg->skb;
	u64 limit, used;

	be->ops->backing(be->priv, &limit, &used);

	if (nla_put_string(skb, GPUVIRT_A_GPU_BACKEND, be->ops->name) ||
	    nla_put_string(skb, GPUVIRT_A_GPU_MODEL, be->model) ||
	    gv_nl_put_u64(skb, GPUVIRT_A_GPU_VRAM, be->vram.size) ||
	    gv_nl_put_u64(skb, GPUVIRT_A_GPU_VRAM_FREE, be->vram.free) ||
	    gv_nl_put_u64(skb, GPUVIRT_A_GPU_VRAM_LARGEST,
			  gv_vram_largest(&be->vram)) ||
	    gv_nl_put_u64(skb, GPUVIRT_A_GPU_BACKING_LIMIT, limit) ||
	    (msg->admin &&
	     gv_nl_put_u64(skb, GPUVIRT_A_GPU_BACKING_USED, used)) ||
	    nla_put_u32(skb, GPUVIRT_A_GPU_MAX_VGPUS, be->max_vgpus) ||
	    nla_put_u32(skb, GPUVIRT_A_GPU_VGPUS, be->nr_vgpus) ||
	    nla_put_u32(skb, GPUVIRT_A_GPU_TYPES, READ_ONCE(be->nr_types)) ||
	    nla_put_u32(skb, GPUVIRT_A_GPU_DRAIN, be->drain))
		return -EMSGSIZE;
	return 0;
}

static int gv_nl_fill_gpu_pci(struct sk_buff *skb, struct gv_gpu *gpu)
{
	struct pci_dev *pdev = gpu->pdev;
	int node = dev_to_node(&pdev->dev);
	int vfs = pci_sriov_get_totalvfs(pdev);

	if (nla_put_string(skb, GPUVIRT_A_GPU_ADDRESS, pci_name(pdev)) ||
	    nla_put_u32(skb, GPUVIRT_A_GPU_VENDOR, pdev->vendor) ||
	    nla_put_u32(skb, GPUVIRT_A_GPU_DEVICE, pdev->device) ||
	    nla_put_u32(skb, GPUVIRT_A_GPU_SUBVENDOR, pdev->subsystem_vendor) ||
	    nla_put_u32(skb, GPUVIRT_A_GPU_SUBDEVICE, pdev->subsystem_device) ||
	    nla_put_u32(skb, GPUVIRT_A_GPU_CLASS, pdev->class) ||
	    (node >= 0 && nla_put_u32(skb, GPUVIRT_A_GPU_NUMA_NODE, node)) ||
	    (vfs > 0 &&
	     (nla_put_u32(skb, GPUVIRT_A_GPU_TOTAL_VFS, vfs) ||
	      nla_put_u32(skb, GPUVIRT_A_GPU_NUM_VFS, pci_num_vf(pdev)))))
		return -EMSGSIZE;
	return 0;
}

/* That it is there tells that the GPU is a simulated one, whoever drives it. */
static int gv_nl_fill_gpu_sim(struct sk_buff *skb, struct gv_gpu *gpu)
{
	u32 faults;

	if (!gv_factory_knows(pci_name(gpu->pdev), &faults))
		return 0;
	return nla_put_u32(skb, GPUVIRT_A_GPU_SIM_FAULTS, faults);
}

static int gv_nl_fill_gpu_sriov(struct sk_buff *skb, struct gv_gpu *gpu)
{
	struct gv_why why = {};

	if (!gv_pci_is_pf(gpu->pdev) && !gpu->sriov_off)
		return 0;
	gv_sriov_blocked(gpu, &why);

	if ((gpu->birth[0] &&
	     nla_put_string(skb, GPUVIRT_A_GPU_VF_DRIVER, gpu->birth)) ||
	    nla_put_u32(skb, GPUVIRT_A_GPU_SRIOV_REASON, why.reason) ||
	    (why.text[0] &&
	     nla_put_string(skb, GPUVIRT_A_GPU_SRIOV_TEXT, why.text)))
		return -EMSGSIZE;
	return 0;
}

int gv_nl_fill_gpu(struct gv_nl_msg *msg, struct gv_gpu *gpu)
{
	struct sk_buff *skb = msg->skb;
	int err;

	err = gv_nl_fill_gpu_pci(skb, gpu);
	if (!err)
		err = gv_nl_fill_gpu_sim(skb, gpu);
	if (err)
		return err;

	spin_lock(&gv_state_lock);
	if ((gpu->driver[0] &&
	     nla_put_string(skb, GPUVIRT_A_GPU_DRIVER, gpu->driver)) ||
	    (gpu->group >= 0 &&
	     nla_put_u32(skb, GPUVIRT_A_GPU_IOMMU_GROUP, gpu->group)) ||
	    nla_put_u32(skb, GPUVIRT_A_GPU_METHODS, gv_gpu_methods(gpu)) ||
	    gv_nl_put_u64(skb, GPUVIRT_A_GPU_GENERATION, gv_generation()))
		err = -EMSGSIZE;
	if (!err)
		err = gv_nl_fill_gpu_mdev_reason(skb, gpu);
	if (!err)
		err = gv_nl_fill_gpu_sriov(skb, gpu);
	if (!err && gpu->be)
		err = gv_nl_fill_gpu_backend(msg, gpu->be);
	spin_unlock(&gv_state_lock);

	return err;
}

int gpuvirt_nl_gpu_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct gv_nl_msg msg = { .admin = gv_nl_is_admin(skb) };
	struct gv_why why = {};
	struct gv_gpu *gpu;
	int err;

	gpu = gv_gpu_find(gv_nl_str(info->attrs[GPUVIRT_A_GPU_ADDRESS]),
			  GPUVIRT_A_GPU_ADDRESS, &why);
	if (IS_ERR(gpu))
		return gv_nl_refuse(info, PTR_ERR(gpu), &why);

	err = gv_nl_reply_start(info, &msg);
	if (!err)
		err = gv_nl_reply_end(info, &msg, gv_nl_fill_gpu(&msg, gpu));
	gv_gpu_put(gpu);

	return err;
}

int gpuvirt_nl_gpu_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	const char *address = gv_nl_str(gv_genl_dump_attrs(cb)[GPUVIRT_A_GPU_ADDRESS]);
	struct gv_nl_msg msg = { .admin = gv_nl_is_admin(cb->skb) };
	struct gv_gpu *gpu = NULL;
	int err;

	gv_nl_dump_begin(cb, false);
	while ((gpu = gv_gpu_next(gpu))) {
		if (gpu->serial <= cb->args[0])
			continue;
		if (!address || !strcmp(address, pci_name(gpu->pdev))) {
			err = gv_nl_entry_start(skb, cb, GPUVIRT_CMD_GPU_GET,
						&msg);
			if (!err)
				err = gv_nl_entry_end(cb, &msg,
						      gv_nl_fill_gpu(&msg, gpu));
			if (err) {
				gv_gpu_put(gpu);
				break;
			}
		}
		cb->args[0] = gpu->serial;
	}

	return gv_nl_dump_end(skb, cb);
}

static int gv_nl_gpu_set_backend(struct nlattr **attrs, struct gv_gpu *gpu,
				 struct gv_why *why)
{
	u64 limit = gv_nl_u64(attrs[GPUVIRT_A_GPU_BACKING_LIMIT]);
	struct gv_backend *be;
	bool drain = false;
	u32 val;
	int err;

	if (attrs[GPUVIRT_A_GPU_DRAIN]) {
		val = nla_get_u32(attrs[GPUVIRT_A_GPU_DRAIN]);
		if (val > 1)
			return gv_fail(why, -EINVAL, GPUVIRT_REASON_BAD_VALUE,
				       GPUVIRT_A_GPU_DRAIN,
				       "drain is %u, it can be 0 or 1", val);
		drain = val;
	}

	be = gv_backend_need(gpu, GPUVIRT_A_GPU_ADDRESS, why);
	if (IS_ERR(be))
		return PTR_ERR(be);
	err = gv_backend_set(gpu, be,
			     attrs[GPUVIRT_A_GPU_BACKING_LIMIT] ? &limit : NULL,
			     attrs[GPUVIRT_A_GPU_DRAIN] ? &drain : NULL,
			     gv_nl_u64(attrs[GPUVIRT_A_GPU_GENERATION]), why);
	gv_backend_put(be);
	return err;
}

/* The driver of VFs is no backend's, and can be set on any GPU with SR-IOV. */
static int gv_nl_gpu_set(struct nlattr **attrs, struct gv_gpu *gpu,
			 struct gv_why *why)
{
	if (!attrs[GPUVIRT_A_GPU_VF_DRIVER])
		return gv_nl_gpu_set_backend(attrs, gpu, why);
	if (attrs[GPUVIRT_A_GPU_BACKING_LIMIT] || attrs[GPUVIRT_A_GPU_DRAIN])
		return gv_fail(why, -EINVAL, GPUVIRT_REASON_BAD_VALUE,
			       GPUVIRT_A_GPU_VF_DRIVER,
			       "vf-driver can't be set together with other settings");
	return gv_sriov_set_birth(gpu,
				  gv_nl_str(attrs[GPUVIRT_A_GPU_VF_DRIVER]),
				  gv_nl_u64(attrs[GPUVIRT_A_GPU_GENERATION]),
				  why);
}

int gpuvirt_nl_gpu_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct gv_why why = {};
	struct gv_gpu *gpu;
	int err;

	gpu = gv_gpu_find(gv_nl_str(info->attrs[GPUVIRT_A_GPU_ADDRESS]),
			  GPUVIRT_A_GPU_ADDRESS, &why);
	if (IS_ERR(gpu))
		return gv_nl_refuse(info, PTR_ERR(gpu), &why);
	err = gv_nl_gpu_set(info->attrs, gpu, &why);
	gv_gpu_put(gpu);
	return gv_nl_refuse(info, err, &why);
}
