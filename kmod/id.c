// SPDX-License-Identifier: GPL-2.0
/*
 * PCI ids that an administrator has added: functions that are taken as GPUs
 * though neither their class nor our table says so.
 */
#include <linux/pci.h>
#include <linux/slab.h>

#include "bus.h"
#include "id.h"
#include "operation.h"
#include "state.h"

/* gv_state_lock */
static struct gv_id gv_ids[GV_IDS_MAX];
static unsigned int gv_nr_ids;

/* Its place among them, or their number if it is not there. */
static unsigned int gv_id_place(const struct gv_id *id)
{
	unsigned int i;

	lockdep_assert_held(&gv_state_lock);

	for (i = 0; i < gv_nr_ids; i++)
		if (gv_ids[i].vendor == id->vendor &&
		    gv_ids[i].device == id->device)
			break;
	return i;
}

/**
 * gv_id_has() - was the id of this function added
 * @pdev: PCI function
 *
 * Return: true if it was.
 */
bool gv_id_has(const struct pci_dev *pdev)
{
	const struct gv_id id = { pdev->vendor, pdev->device };
	bool has;

	spin_lock(&gv_state_lock);
	has = gv_id_place(&id) < gv_nr_ids;
	spin_unlock(&gv_state_lock);

	return has;
}

/**
 * gv_id_nth() - walk the ids that were added
 * @n: from 0
 * @id: gets the id
 *
 * Return: false at the end.
 */
bool gv_id_nth(unsigned int n, struct gv_id *id)
{
	bool there;

	spin_lock(&gv_state_lock);
	there = n < gv_nr_ids;
	if (there)
		*id = gv_ids[n];
	spin_unlock(&gv_state_lock);

	return there;
}

/**
 * gv_id_find() - was this id added
 * @id: the id
 * @why: where to note that it was not
 *
 * Return: 0 or -ENOENT.
 */
int gv_id_find(const struct gv_id *id, struct gv_why *why)
{
	bool has;

	spin_lock(&gv_state_lock);
	has = gv_id_place(id) < gv_nr_ids;
	spin_unlock(&gv_state_lock);
	if (has)
		return 0;
	return gv_fail(why, -ENOENT, GPUVIRT_REASON_ID_UNKNOWN,
		       GPUVIRT_A_ID_VENDOR, "the id %04x:%04x was not added",
		       id->vendor, id->device);
}

static int gv_id_check(const struct gv_id *id, struct gv_why *why)
{
	lockdep_assert_held(&gv_state_lock);

	if (gv_id_place(id) < gv_nr_ids)
		return gv_fail(why, -EEXIST, GPUVIRT_REASON_ID_EXISTS,
			       GPUVIRT_A_ID_VENDOR,
			       "the id %04x:%04x was added already", id->vendor,
			       id->device);
	if (gv_nr_ids == GV_IDS_MAX)
		return gv_fail(why, -ENOSPC, GPUVIRT_REASON_ID_LIMIT, 0,
			       "%u ids were added, the most there can be",
			       GV_IDS_MAX);
	return 0;
}

/**
 * gv_id_remove() - an id is one no more
 * @id: the id
 */
void gv_id_remove(const struct gv_id *id)
{
	unsigned int i;

	spin_lock(&gv_state_lock);
	i = gv_id_place(id);
	if (i < gv_nr_ids) {
		gv_ids[i] = gv_ids[--gv_nr_ids];
		gv_commit();
	}
	spin_unlock(&gv_state_lock);
}

static int gv_id_new_run(struct gv_operation *op, struct gv_why *why)
{
	struct gv_why nobody_asks = {};
	int err;

	spin_lock(&gv_state_lock);
	err = gv_id_check(&op->pci_id, why);
	if (!err) {
		gv_ids[gv_nr_ids++] = op->pci_id;
		gv_commit();
	}
	spin_unlock(&gv_state_lock);
	if (err)
		return err;

	if (!gv_bus_scan())
		return 0;
	/* All of its functions or none. */
	gv_bus_forget(&op->pci_id, &nobody_asks);
	return gv_fail_nomem(why);
}

static int gv_id_del_run(struct gv_operation *op, struct gv_why *why)
{
	return gv_bus_forget(&op->pci_id, why);
}

static int gv_id_op(enum gpuvirt_operation_kind kind, gv_operation_fn run,
		    const struct gv_id *id, u64 *op_id, struct gv_why *why)
{
	struct gv_operation *op;
	char name[10];
	int err;

	snprintf(name, sizeof(name), "%04x:%04x", id->vendor, id->device);
	op = gv_operation_alloc(kind, name, run, why);
	if (!op)
		return -ENOMEM;
	op->pci_id = *id;
	err = gv_operation_start(op, op_id, why);
	if (err)
		kfree(op);
	return err;
}

/**
 * gv_id_new_op() - start to add an id and to look for such functions
 * @id: the id
 * @op_id: gets the id of the operation
 * @why: where to note a refusal
 *
 * Return: 0 or a negative errno.
 */
int gv_id_new_op(const struct gv_id *id, u64 *op_id, struct gv_why *why)
{
	int err;

	/* It is added where it can be taken back with the GPUs that it made. */
	spin_lock(&gv_state_lock);
	err = gv_id_check(id, why);
	spin_unlock(&gv_state_lock);
	if (err)
		return err;
	return gv_id_op(GPUVIRT_OPERATION_KIND_ID_NEW, gv_id_new_run, id, op_id,
			why);
}

/**
 * gv_id_del_op() - start to take an id away, and the GPUs that have it
 * @id: the id
 * @op_id: gets the id of the operation
 * @why: where to note a refusal
 *
 * Return: 0 or a negative errno.
 */
int gv_id_del_op(const struct gv_id *id, u64 *op_id, struct gv_why *why)
{
	int err;

	err = gv_id_find(id, why);
	if (err)
		return err;
	return gv_id_op(GPUVIRT_OPERATION_KIND_ID_DEL, gv_id_del_run, id,
			op_id, why);
}
