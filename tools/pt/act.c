// SPDX-License-Identifier: GPL-2.0
/*
 * All or nothing, in the worker. Companions go first and come back last: a
 * GPU's audio function is not to be left with a GPU that is gone.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../attr.h"
#include "../port.h"
#include "plan.h"
#include "sys.h"
#include "vfio.h"

#define GV_PT_NODE_WAIT	2000
#define GV_PT_NODE_TICK	20

static int gv_pt_load_vfio(struct gv_err *err)
{
	char path[GV_PT_PATH];
	int ret;

	if (gv_pt_path(path, "/sys/bus/pci/drivers/" GV_PT_DRIVER) &&
	    gv_pt_exists(path))
		return 0;
	ret = gv_port_modprobe(GV_PT_DRIVER);
	if (!ret)
		return 0;
	if (ret == -ENOENT) {
		gv_err_set(err, ENOENT,
			   "this kernel has no module vfio-pci");
		gv_err_hint(err, "install the kernel's modules, or boot a kernel with CONFIG_VFIO_PCI");
		return ret;
	}
	gv_err_set(err, -ret, "can't load vfio-pci: %s", strerror(-ret));
	err->reason = ret == -EPERM || ret == -EACCES ?
		GPUVIRT_REASON_NOT_PERMITTED : GPUVIRT_REASON_DEVICE_ERROR;
	return ret;
}

/* udev may be the one that makes the node. */
static int gv_pt_open_group(int group)
{
	int64_t end = gv_port_now() + GV_PT_NODE_WAIT;
	int fd;

	for (;;) {
		fd = gv_pt_vfio_open(group);
		if (fd != -ENOENT || gv_port_now() >= end)
			return fd;
		gv_port_sleep(GV_PT_NODE_TICK);
	}
}

/* The kernel's own word on the group. */
static int gv_pt_verify(const struct gv_pt_func *func, struct gv_err *err)
{
	int fd = gv_pt_open_group(func->group), viable;

	if (fd == -EBUSY)	/* a VM was quicker: it got it */
		return 0;
	if (fd < 0)
		return gv_err_set(err, -fd,
				  "%s is bound, but /dev/vfio/%d can't be opened: %s",
				  func->address, func->group, strerror(-fd));
	viable = gv_port_viable(fd);
	close(fd);
	if (viable > 0)
		return 0;
	gv_err_set(err, EBUSY,
		   "the kernel says that IOMMU group %d of %s is not viable",
		   func->group, func->address);
	gv_err_hint(err, "another device of the group got a driver meanwhile: look with `gpuvirt passthrough show`");
	return -EBUSY;
}

/* The locks are inherited; from here on, they are this process's. */
static void gv_pt_act_begin(const struct gv_pt_plan *plan)
{
	unsigned int i;

	for (i = 0; i < plan->count; i++)
		gv_pt_record_mine(&plan->item[i].record);
}

int gv_pt_bind_act(struct gv_pt_worker *worker, void *arg,
		   struct gv_err *err)
{
	struct gv_pt_plan *plan = arg;
	struct gv_pt_item *item;
	unsigned int i;
	int ret;

	gv_pt_act_begin(plan);
	gv_pt_step(worker, plan->gpus.func[0].address, "loading vfio-pci");
	ret = gv_pt_load_vfio(err);
	for (i = plan->count; !ret && i-- > 0;) {
		item = &plan->item[i];
		if (!item->change)
			continue;
		item->done = true;
		snprintf(item->record.gpu, sizeof(item->record.gpu), "%s",
			 item->gpu);
		ret = gv_pt_take(worker, &item->func, &item->record,
				 err);
	}
	for (i = 0; !ret && i < plan->count; i++)
		ret = gv_pt_verify(&plan->item[i].func, err);
	return ret;
}

static void gv_pt_not_back(struct gv_pt_worker *worker, const char *address,
			   const struct gv_err *err)
{
	if (err->num != ENODEV)
		gv_pt_note(worker, "%s is not as it was before: %s", address,
			   err->text);
}

void gv_pt_bind_back(struct gv_pt_worker *worker, void *arg)
{
	struct gv_pt_plan *plan = arg;
	struct gv_pt_item *item;
	struct gv_err err;
	unsigned int i;

	for (i = 0; i < plan->count; i++) {
		item = &plan->item[i];
		if (item->done && item->record.found &&
		    gv_pt_give(worker, &item->func, &item->record,
			       &err))
			gv_pt_not_back(worker, item->func.address, &err);
	}
}

static int gv_pt_claim(const struct gv_pt_func *func, struct gv_err *err)
{
	int fd = gv_pt_vfio_open(func->group);
	char who[192];

	if (fd != -EBUSY)
		return 0;	/* and it stays open: nobody else gets in */
	gv_pt_who(func->address, who, sizeof(who));
	gv_err_set(err, EBUSY, "%s is in use: %s", func->address,
		   who[0] ? who : "by a process that can't be named");
	gv_err_hint(err, "stop that virtual machine first");
	return -EBUSY;
}

int gv_pt_unbind_act(struct gv_pt_worker *worker, void *arg,
		     struct gv_err *err)
{
	struct gv_pt_plan *plan = arg;
	struct gv_pt_item *item;
	unsigned int i, j;
	int ret = 0;

	gv_pt_act_begin(plan);
	for (i = 0; !ret && i < plan->count; i++) {
		for (j = 0; j < i; j++) {
			if (plan->item[j].func.group ==
			    plan->item[i].func.group)
				break;
		}
		if (j == i && gv_pt_is_vfio(&plan->item[i].func))
			ret = gv_pt_claim(&plan->item[i].func, err);
	}
	for (i = 0; !ret && i < plan->count; i++) {
		item = &plan->item[i];
		if (!item->change)
			continue;
		item->done = true;
		ret = gv_pt_give(worker, &item->func, &item->record,
				 err);
	}
	return ret;
}

void gv_pt_unbind_back(struct gv_pt_worker *worker, void *arg)
{
	struct gv_pt_plan *plan = arg;
	struct gv_pt_item *item;
	struct gv_err err;
	unsigned int i;

	for (i = plan->count; i-- > 0;) {
		item = &plan->item[i];
		if (item->done &&
		    gv_pt_take(worker, &item->func, &item->record,
			       &err))
			gv_pt_not_back(worker, item->func.address, &err);
	}
}

void gv_pt_act_end(void *arg)
{
	gv_pt_plan_end(arg);
}
