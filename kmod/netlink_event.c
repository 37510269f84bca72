// SPDX-License-Identifier: GPL-2.0
/* Events: who listens learns of every change, in order, with a number each. */
#include <linux/mutex.h>
#include <net/genetlink.h>

#include "event.h"
#include "gpu.h"
#include "netlink.h"
#include "operation.h"
#include "state.h"
#include "vf.h"

/*
 * Makes the events of both groups one at a time, so that they are sent in the
 * order of their numbers. Outside gv_state_lock.
 */
static DEFINE_MUTEX(gv_event_lock);

/* The family is going: nothing can be sent any more; gv_event_lock */
static bool gv_event_stopped;

/* Numbers of the last events; gv_event_lock to write, read anywhere */
static u64 gv_event_seq[2];

u64 gv_event_config_seq(void)
{
	return READ_ONCE(gv_event_seq[GV_NLGRP_CONFIG]);
}

u64 gv_event_runtime_seq(void)
{
	return READ_ONCE(gv_event_seq[GV_NLGRP_RUNTIME]);
}

/**
 * gv_event_stop() - send no more events
 *
 * Called before the family is unregistered, since its multicast groups may then
 * become another family's.
 */
void gv_event_stop(void)
{
	mutex_lock(&gv_event_lock);
	gv_event_stopped = true;
	mutex_unlock(&gv_event_lock);
}

static int gv_event_start(struct gv_nl_msg *msg, u8 cmd)
{
	lockdep_assert_held(&gv_event_lock);

	if (gv_event_stopped)
		return -ENODEV;
	msg->skb = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!msg->skb)
		return -ENOMEM;
	msg->hdr = genlmsg_put(msg->skb, 0, 0, &gv_nl_family, 0, cmd);
	if (!msg->hdr) {
		nlmsg_free(msg->skb);
		msg->skb = NULL;
		return -EMSGSIZE;
	}
	return 0;
}

/*
 * Send what was filled in. The number grows even if there was no memory for the
 * message: then a listener sees the gap and asks again.
 */
static void gv_event_send(struct gv_nl_msg *msg, enum gv_nlgrp group, u16 attr,
			  int err)
{
	u64 seq = gv_event_seq[group] + 1;

	lockdep_assert_held(&gv_event_lock);

	WRITE_ONCE(gv_event_seq[group], seq);
	if (!msg->skb)
		return;
	if (err || gv_nl_put_u64(msg->skb, attr, seq)) {
		nlmsg_free(msg->skb);
		return;
	}

	genlmsg_end(msg->skb, msg->hdr);
	/* That nobody listens is not an error. */
	if (group == GV_NLGRP_CONFIG)
		gv_genlmsg_multicast_allns(&gv_nl_family, msg->skb, 0, group);
	else
		genlmsg_multicast(&gv_nl_family, msg->skb, 0, group, GFP_KERNEL);
}

/*
 * Its deletion is the last that is told of anything: who was about to tell of a
 * creation or change, and finds that it has gone meanwhile, comes too late.
 */
static bool gv_event_late(const bool *gone, bool deletion)
{
	bool late;

	lockdep_assert_held(&gv_event_lock);

	spin_lock(&gv_state_lock);
	late = *gone && !deletion;
	spin_unlock(&gv_state_lock);

	return late;
}

/**
 * gv_event_gpu() - a GPU came, went or changed
 * @cmd: GPUVIRT_CMD_GPU_CREATE_NTF, _DELETE_NTF or _CHANGE_NTF
 * @gpu: the GPU
 */
void gv_event_gpu(u8 cmd, struct gv_gpu *gpu)
{
	struct gv_nl_msg msg = {};
	int err;

	mutex_lock(&gv_event_lock);
	if (gv_event_late(&gpu->gone, cmd == GPUVIRT_CMD_GPU_DELETE_NTF))
		goto out_unlock;
	err = gv_event_start(&msg, cmd);
	if (!err)
		err = gv_nl_fill_gpu(&msg, gpu);
	gv_event_send(&msg, GV_NLGRP_CONFIG, GPUVIRT_A_GPU_SEQ, err);
out_unlock:
	mutex_unlock(&gv_event_lock);
}

/**
 * gv_event_type() - a vGPU type came or went
 * @cmd: GPUVIRT_CMD_TYPE_CREATE_NTF or _DELETE_NTF
 * @type: the type
 */
void gv_event_type(u8 cmd, struct gv_type *type)
{
	struct gv_nl_msg msg = {};
	int err;

	mutex_lock(&gv_event_lock);
	err = gv_event_start(&msg, cmd);
	if (!err)
		err = gv_nl_fill_type(&msg, type);
	gv_event_send(&msg, GV_NLGRP_CONFIG, GPUVIRT_A_TYPE_SEQ, err);
	mutex_unlock(&gv_event_lock);
}

/**
 * gv_event_vgpu() - a vGPU came or went
 * @cmd: GPUVIRT_CMD_VGPU_CREATE_NTF or _DELETE_NTF
 * @vgpu: the vGPU
 */
void gv_event_vgpu(u8 cmd, struct gv_vgpu *vgpu)
{
	struct gv_nl_msg msg = {};
	int err;

	mutex_lock(&gv_event_lock);
	err = gv_event_start(&msg, cmd);
	if (!err)
		err = gv_nl_fill_vgpu(&msg, vgpu);
	gv_event_send(&msg, GV_NLGRP_CONFIG, GPUVIRT_A_VGPU_SEQ, err);
	mutex_unlock(&gv_event_lock);
}

/**
 * gv_event_vgpu_runtime() - something happened to a vGPU in use
 * @vgpu: the vGPU
 * @event: what
 *
 * A guest can cause these as fast as it likes, so nothing is made if nobody
 * listens. They do not tell what is for administrators: a socket may have joined
 * the group's number before it was the family's. vgpu-get tells that.
 */
void gv_event_vgpu_runtime(struct gv_vgpu *vgpu, enum gpuvirt_vgpu_event event)
{
	struct gv_nl_msg msg = {};
	int err;

	mutex_lock(&gv_event_lock);
	if (gv_event_stopped ||
	    !genl_has_listeners(&gv_nl_family, &init_net, GV_NLGRP_RUNTIME)) {
		gv_event_send(&msg, GV_NLGRP_RUNTIME, 0, 0);
		goto out_unlock;
	}
	err = gv_event_start(&msg, GPUVIRT_CMD_VGPU_EVENT_NTF);
	if (!err)
		err = gv_nl_fill_vgpu(&msg, vgpu);
	if (!err)
		err = nla_put_u32(msg.skb, GPUVIRT_A_VGPU_EVENT, event);
	gv_event_send(&msg, GV_NLGRP_RUNTIME, GPUVIRT_A_VGPU_SEQ, err);
out_unlock:
	mutex_unlock(&gv_event_lock);
}

/**
 * gv_event_vf() - a VF came or went, or its driver did, or is about to
 * @cmd: GPUVIRT_CMD_VF_CREATE_NTF, _DELETE_NTF or _CHANGE_NTF
 * @vf: the VF
 */
void gv_event_vf(u8 cmd, struct gv_vf *vf)
{
	struct gv_nl_msg msg = {};
	int err;

	mutex_lock(&gv_event_lock);
	if (gv_event_late(&vf->gone, cmd == GPUVIRT_CMD_VF_DELETE_NTF))
		goto out_unlock;
	err = gv_event_start(&msg, cmd);
	if (!err)
		err = gv_nl_fill_vf(&msg, vf);
	gv_event_send(&msg, GV_NLGRP_CONFIG, GPUVIRT_A_VF_SEQ, err);
out_unlock:
	mutex_unlock(&gv_event_lock);
}

/**
 * gv_event_operation() - an operation ended
 * @op: the operation, or a copy of it
 */
void gv_event_operation(struct gv_operation *op)
{
	struct gv_nl_msg msg = {};
	int err;

	mutex_lock(&gv_event_lock);
	err = gv_event_start(&msg, GPUVIRT_CMD_OPERATION_NTF);
	if (!err)
		err = gv_nl_fill_operation(&msg, op);
	gv_event_send(&msg, GV_NLGRP_CONFIG, GPUVIRT_A_OPERATION_SEQ, err);
	mutex_unlock(&gv_event_lock);
}
