// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../attr.h"
#include "../out.h"
#include "ask.h"
#include "persist.h"
#include "plan.h"
#include "sys.h"

const struct gv_pt_item *gv_pt_plan_find(const struct gv_pt_plan *plan,
					 const char *address)
{
	unsigned int i;

	for (i = 0; i < plan->count; i++) {
		if (!strcmp(plan->item[i].func.address, address))
			return &plan->item[i];
	}
	return NULL;
}

static int gv_pt_plan_add(struct gv_pt_plan *plan,
			  const struct gv_pt_func *func, const char *gpu,
			  struct gv_err *err)
{
	struct gv_pt_item *item = &plan->item[plan->count];

	if (gv_pt_plan_find(plan, func->address))
		return 0;
	if (plan->count == GV_PT_MAX)
		return gv_err_set(err, E2BIG,
				  "more than %d functions go along with these GPUs",
				  GV_PT_MAX);
	memset(item, 0, sizeof(*item));
	item->func = *func;
	item->gpu = gpu;
	item->record.fd = -1;
	item->record.lock = -1;
	plan->count++;
	return 0;
}

static int gv_pt_plan_list(struct gv_pt_plan *plan,
			   const struct gv_pt_list *list, const char *gpu,
			   struct gv_err *err)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; !ret && i < list->count; i++)
		ret = gv_pt_plan_add(plan, &list->func[i], gpu, err);
	return ret;
}

static int gv_pt_no_function(const char *address, struct gv_err *err)
{
	gv_err_set(err, ENODEV, "there is no PCI function %s", address);
	gv_err_hint(err, "list the GPUs with `gpuvirt passthrough show`");
	gv_pt_persist_hint(address, err);
	return -ENODEV;
}

/* A GPU, or something that may come along because a GPU was named. */
static int gv_pt_plan_named(struct gv_pt_plan *plan, const char *address,
			    struct gv_pt_list *rest, struct gv_err *err)
{
	struct gv_pt_func func;

	if (gv_pt_read(address, &func))
		return gv_pt_no_function(address, err);
	if (func.pf[0]) {
		gv_err_set(err, EINVAL, "%s is a VF of %s, not a whole GPU",
			   address, func.pf);
		gv_err_hint(err, "VFs and their drivers are set with `gpuvirt vf`, see gpuvirt-vf(8)");
		return -EINVAL;
	}
	gv_pt_add(gv_pt_is_gpu(&func) ? &plan->gpus : rest, &func);
	return 0;
}

/* Of the named GPUs, the one that this function is in a slot or group with. */
static const struct gv_pt_func *gv_pt_plan_gpu(const struct gv_pt_plan *plan,
					       const struct gv_pt_func *func)
{
	const struct gv_pt_func *gpu;
	unsigned int i;

	for (i = 0; i < plan->gpus.count; i++) {
		gpu = &plan->gpus.func[i];
		if (gv_pt_same_slot(gpu->address, func->address) ||
		    (gpu->group >= 0 && gpu->group == func->group))
			return gpu;
	}
	return NULL;
}

/* A companion that was named without its GPU. */
static int gv_pt_not_gpu(const struct gv_pt_func *func, struct gv_err *err)
{
	struct gv_pt_list slot;
	unsigned int i;
	char what[64];

	gv_pt_what(func, what, sizeof(what));
	gv_pt_slot(func, &slot);
	for (i = 0; i < slot.count; i++) {
		if (!gv_pt_is_gpu(&slot.func[i]))
			continue;
		gv_err_set(err, EINVAL,
			   "%s is no GPU but a companion of GPU %s (%s)",
			   func->address, slot.func[i].address, what);
		gv_err_hint(err, "name the GPU: its companions go along");
		return -EINVAL;
	}
	gv_err_set(err, EINVAL, "%s is no GPU (%s)", func->address, what);
	gv_err_hint(err, "list the GPUs with `gpuvirt passthrough show`; other devices are bound with driverctl(8)");
	return -EINVAL;
}

static int gv_pt_plan_rest(struct gv_pt_plan *plan,
			   const struct gv_pt_list *rest, struct gv_err *err)
{
	const struct gv_pt_func *gpu;
	unsigned int i;
	int ret = 0;

	for (i = 0; !ret && i < rest->count; i++) {
		gpu = gv_pt_plan_gpu(plan, &rest->func[i]);
		if (!gpu)
			return gv_pt_not_gpu(&rest->func[i], err);
		if (gv_pt_is_bridge(&rest->func[i]))
			return gv_err_set(err, EINVAL,
					  "%s is a bridge: it stays with the host, whatever its group",
					  rest->func[i].address);
		ret = gv_pt_plan_add(plan, &rest->func[i], gpu->address, err);
	}
	return ret;
}

static int gv_pt_plan_gpus(struct gv_pt_plan *plan, struct gv_err *err)
{
	const struct gv_pt_func *gpu;
	struct gv_pt_list list;
	unsigned int i;
	int ret = 0;

	for (i = 0; !ret && i < plan->gpus.count; i++) {
		gpu = &plan->gpus.func[i];
		ret = gv_pt_plan_add(plan, gpu, gpu->address, err);
		if (ret)
			break;
		gv_pt_companions(gpu, &list);
		ret = gv_pt_plan_list(plan, &list, gpu->address, err);
		if (ret || plan->bind)
			continue;
		/* what was named when it was bound */
		gv_pt_record_of(gpu->address, &list);
		ret = gv_pt_plan_list(plan, &list, gpu->address, err);
	}
	return ret;
}

static int gv_pt_item_compare(const void *a, const void *b)
{
	const struct gv_pt_item *one = a, *two = b;
	size_t len1 = strlen(one->func.address);
	size_t len2 = strlen(two->func.address);

	if (len1 != len2)
		return len1 < len2 ? -1 : 1;
	return strcmp(one->func.address, two->func.address);
}

static int gv_pt_lock_failed(const struct gv_pt_item *item, int ret,
			     struct gv_err *err)
{
	if (ret == -EBUSY) {
		gv_err_set(err, EBUSY, "process %d is changing %s already",
			   (int)item->record.worker, item->func.address);
		gv_err_hint(err, "see what it waits for with `gpuvirt passthrough show`");
		return ret;
	}
	gv_err_set(err, -ret, "can't lock %s below /run: %s",
		   item->func.address, strerror(-ret));
	if (ret == -EACCES || ret == -EPERM || ret == -EROFS) {
		gv_err_set(err, -ret,
			   "changing the driver of a GPU needs root");
		err->reason = GPUVIRT_REASON_NOT_PERMITTED;
	}
	return ret;
}

static int gv_pt_locked(const struct gv_pt_item *item, struct gv_err *err)
{
	char who[192];

	gv_pt_who(item->func.address, who, sizeof(who));
	gv_err_set(err, EBUSY,
		   "%s: another process is changing its driver, and the kernel waits%s%s",
		   item->func.address, who[0] ? ": " : "", who);
	gv_err_hint(err, "processes in state D are candidates: `ps -eo pid,stat,args`");
	return -EBUSY;
}

static void gv_pt_plan_record(struct gv_pt_item *item, bool lock)
{
	gv_pt_record_match(&item->record, &item->func);
	if (!lock || !item->record.other)
		return;
	gv_out_note("what is known of %s is of another device, %04x:%04x, which was here before: it is dropped",
		    item->func.address, item->record.vendor,
		    item->record.device);
	gv_pt_record_forget(&item->record);
}

/* Locked first, looked at then: what is seen stays until it is changed. */
static int gv_pt_plan_look(struct gv_pt_plan *plan, bool lock,
			   struct gv_err *err)
{
	struct gv_pt_item *item;
	unsigned int i;
	int ret;

	for (i = 0; i < plan->count; i++) {
		item = &plan->item[i];
		if (lock) {
			ret = gv_pt_record_lock(item->func.address,
						&item->record);
			if (ret)
				return gv_pt_lock_failed(item, ret, err);
		} else {
			gv_pt_record_look(item->func.address, &item->record);
		}
		if (gv_pt_read(item->func.address, &item->func))
			return gv_pt_no_function(item->func.address, err);
		gv_pt_plan_record(item, lock);
	}
	gv_pt_ask(plan);
	for (i = 0; i < plan->count; i++) {
		item = &plan->item[i];
		item->state = gv_pt_state(&item->func, &item->record,
					  item->gpu);
		if (lock && item->func.locked)
			return gv_pt_locked(item, err);
	}
	return 0;
}

void gv_pt_plan_funcs(const struct gv_pt_plan *plan, bool all,
		      struct gv_pt_list *list)
{
	unsigned int i;

	list->count = 0;
	for (i = 0; i < plan->count; i++) {
		if (all || plan->item[i].change)
			gv_pt_add(list, &plan->item[i].func);
	}
}

int gv_pt_plan_make(struct gv_pt_plan *plan, const char *const *address,
		    unsigned int count, bool lock, struct gv_err *err)
{
	struct gv_pt_list rest = { .count = 0 };
	unsigned int i;
	int ret = 0;

	plan->count = 0;
	plan->gpus.count = 0;
	plan->stuck = false;
	for (i = 0; !ret && i < count; i++)
		ret = gv_pt_plan_named(plan, address[i], &rest, err);
	if (!ret)
		ret = gv_pt_plan_gpus(plan, err);
	if (!ret)
		ret = gv_pt_plan_rest(plan, &rest, err);
	if (ret)
		return ret;
	qsort(plan->item, plan->count, sizeof(plan->item[0]),
	      gv_pt_item_compare);
	return gv_pt_plan_look(plan, lock, err);
}

void gv_pt_plan_end(struct gv_pt_plan *plan)
{
	unsigned int i;

	for (i = 0; i < plan->count; i++) {
		if (plan->stuck)
			gv_pt_record_leave(&plan->item[i].record);
		else
			gv_pt_record_unlock(plan->item[i].func.address,
					    &plan->item[i].record);
	}
}
