// SPDX-License-Identifier: GPL-2.0
/* The books of vGPUs: which exist, who has them open, who may remove them. */
#include <linux/err.h>
#include <linux/hashtable.h>
#include <linux/jhash.h>
#include <linux/netlink.h>
#include <linux/notifier.h>
#include <linux/pci.h>

#include "state.h"
#include "vgpu.h"
#include "vgpu_list.h"

LIST_HEAD(gv_vgpus);

/* vGPUs by UUID; gv_state_lock */
static DEFINE_HASHTABLE(gv_vgpus_by_id, 10);

/* vGPUs with retired_by set; gv_state_lock to write */
static unsigned int gv_nr_retired;

static u32 gv_vgpu_hash(const guid_t *id)
{
	return jhash(id, sizeof(*id), 0);
}

/**
 * gv_vgpu_list_add() - put a vGPU on the books
 * @vgpu: a complete vGPU
 *
 * By serial, which it has had since before it was complete: of those that are made at
 * once a later one may be here already.
 *
 * Context: under gv_state_lock.
 */
void gv_vgpu_list_add(struct gv_vgpu *vgpu)
{
	struct gv_vgpu *before;

	lockdep_assert_held(&gv_state_lock);

	list_for_each_entry_reverse(before, &gv_vgpus, node)
		if (before->serial < vgpu->serial)
			break;
	list_add(&vgpu->node, &before->node);
	hash_add(gv_vgpus_by_id, &vgpu->hash, gv_vgpu_hash(&vgpu->mdev->uuid));
}

/**
 * gv_vgpu_list_del() - take a vGPU off the books
 * @vgpu: the vGPU
 *
 * Context: under gv_state_lock.
 */
void gv_vgpu_list_del(struct gv_vgpu *vgpu)
{
	lockdep_assert_held(&gv_state_lock);
	list_del(&vgpu->node);
	hash_del(&vgpu->hash);
	if (vgpu->retired_by)
		gv_nr_retired--;
}

/**
 * gv_vgpu_list_find() - look a vGPU up
 * @id: UUID as text, or NULL if the request had none
 * @serial: serial it must have, or 0
 * @why: where to note a refusal
 *
 * Context: under gv_state_lock.
 * Return: the vGPU, or an ERR_PTR: -EINVAL, -ENOENT, -ESTALE.
 */
struct gv_vgpu *gv_vgpu_list_find(const char *id, u64 serial,
				  struct gv_why *why)
{
	struct gv_vgpu *vgpu;
	guid_t guid;
	int err;

	lockdep_assert_held(&gv_state_lock);

	if (!id) {
		err = gv_fail(why, -EINVAL, GPUVIRT_REASON_MISSING_ATTRIBUTE,
			      GPUVIRT_A_VGPU_ID, "the id of the vGPU is missing");
		if (why)
			why->missing = true;
		return ERR_PTR(err);
	}
	if (strlen(id) != UUID_STRING_LEN || guid_parse(id, &guid)) {
		err = gv_fail(why, -EINVAL, GPUVIRT_REASON_BAD_VALUE,
			      GPUVIRT_A_VGPU_ID, "the id is not a UUID");
		return ERR_PTR(err);
	}

	hash_for_each_possible(gv_vgpus_by_id, vgpu, hash, gv_vgpu_hash(&guid)) {
		if (!guid_equal(&vgpu->mdev->uuid, &guid))
			continue;
		if (!serial || serial == vgpu->serial)
			return vgpu;
		err = gv_fail(why, -ESTALE, GPUVIRT_REASON_VGPU_UNKNOWN,
			      GPUVIRT_A_VGPU_SERIAL,
			      "the vGPU of this id has serial %llu, not %llu",
			      vgpu->serial, serial);
		return ERR_PTR(err);
	}

	err = gv_fail(why, -ENOENT, GPUVIRT_REASON_VGPU_UNKNOWN,
		      GPUVIRT_A_VGPU_ID, "no vGPU has this id");
	return ERR_PTR(err);
}

/**
 * gv_vgpu_use() - keep a vGPU from being removed for a while
 * @vgpu: a vGPU that is on the books
 *
 * Context: under gv_state_lock. Undo with gv_vgpu_unuse().
 * Return: false if it is being removed already.
 */
bool gv_vgpu_use(struct gv_vgpu *vgpu)
{
	lockdep_assert_held(&gv_state_lock);
	return refcount_inc_not_zero(&vgpu->users);
}

/**
 * gv_vgpu_unuse() - let a vGPU be removed again
 * @vgpu: a vGPU that gv_vgpu_use() was called for
 */
void gv_vgpu_unuse(struct gv_vgpu *vgpu)
{
	if (refcount_dec_and_test(&vgpu->users))
		complete(&vgpu->idle);
}

/**
 * gv_vgpu_blame_open() - refuse something since a process has a vGPU open
 * @vgpu: the vGPU
 * @attr: attribute to blame
 * @why: where to note the refusal
 *
 * The holder is in vgpu-get, for those who may know it.
 *
 * Context: under gv_state_lock.
 * Return: -EBUSY.
 */
int gv_vgpu_blame_open(const struct gv_vgpu *vgpu, u16 attr,
		       struct gv_why *why)
{
	lockdep_assert_held(&gv_state_lock);

	return gv_fail(why, -EBUSY, GPUVIRT_REASON_VGPU_OPEN, attr,
		       "vGPU %.8s... is open in process %d (%s)",
		       dev_name(&vgpu->mdev->dev), vgpu->holder,
		       vgpu->holder_comm);
}

/**
 * gv_vgpu_list_blame_open() - refuse something since a vGPU of a GPU is open
 * @be: backend of the GPU, which has an open vGPU
 * @attr: attribute to blame
 * @why: where to note the refusal
 *
 * Context: under gv_state_lock.
 * Return: -EBUSY.
 */
int gv_vgpu_list_blame_open(const struct gv_backend *be, u16 attr,
			    struct gv_why *why)
{
	struct gv_vgpu *vgpu;

	lockdep_assert_held(&gv_state_lock);

	list_for_each_entry(vgpu, &gv_vgpus, node)
		if (vgpu->be == be && vgpu->open)
			return gv_vgpu_blame_open(vgpu, attr, why);

	return gv_fail(why, -EBUSY, GPUVIRT_REASON_GPU_BUSY, attr,
		       "a vGPU of GPU %s is in use", pci_name(be->gpu->pdev));
}

/**
 * gv_vgpu_retire() - let no process open a vGPU any more
 * @id: UUID as text, or NULL
 * @serial: serial it must have, or 0
 * @generation: generation the caller has seen, or 0
 * @portid: the caller's netlink socket; the mark goes when it is closed
 * @net: network namespace of that socket
 * @why: where to note a refusal
 *
 * Return: 0 or a negative errno.
 */
int gv_vgpu_retire(const char *id, u64 serial, u64 generation, u32 portid,
		   const struct net *net, struct gv_why *why)
{
	struct gv_vgpu *vgpu;
	int err;

	spin_lock(&gv_state_lock);
	err = gv_check_generation(generation, GPUVIRT_A_VGPU_GENERATION, why);
	if (err)
		goto out_unlock;
	vgpu = gv_vgpu_list_find(id, serial, why);
	if (IS_ERR(vgpu)) {
		err = PTR_ERR(vgpu);
		goto out_unlock;
	}
	if (vgpu->open) {
		err = gv_vgpu_blame_open(vgpu, GPUVIRT_A_VGPU_ID, why);
		goto out_unlock;
	}
	if (vgpu->retired_by == portid && vgpu->retired_net == net)
		goto out_unlock;
	if (vgpu->retired_by) {
		err = gv_fail(why, -EBUSY, GPUVIRT_REASON_VGPU_RETIRED,
			      GPUVIRT_A_VGPU_ID,
			      "another process is deleting this vGPU");
		goto out_unlock;
	}

	vgpu->retired_by = portid;
	vgpu->retired_net = net;
	gv_nr_retired++;
out_unlock:
	spin_unlock(&gv_state_lock);
	return err;
}

/* A socket has gone: what it has retired but not removed can be opened again. */
static int gv_vgpu_netlink_notify(struct notifier_block *nb,
				  unsigned long event, void *data)
{
	const struct netlink_notify *notify = data;
	struct gv_vgpu *vgpu;

	if (event != NETLINK_URELEASE || notify->protocol != NETLINK_GENERIC ||
	    !READ_ONCE(gv_nr_retired))
		return NOTIFY_DONE;

	spin_lock(&gv_state_lock);
	list_for_each_entry(vgpu, &gv_vgpus, node) {
		if (vgpu->retired_by == notify->portid &&
		    vgpu->retired_net == notify->net) {
			vgpu->retired_by = 0;
			vgpu->retired_net = NULL;
			gv_nr_retired--;
		}
	}
	spin_unlock(&gv_state_lock);

	return NOTIFY_DONE;
}

static struct notifier_block gv_vgpu_netlink_nb = {
	.notifier_call = gv_vgpu_netlink_notify,
};

int gv_vgpu_list_init(void)
{
	return netlink_register_notifier(&gv_vgpu_netlink_nb);
}

void gv_vgpu_list_exit(void)
{
	netlink_unregister_notifier(&gv_vgpu_netlink_nb);
}
