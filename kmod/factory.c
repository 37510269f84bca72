// SPDX-License-Identifier: GPL-2.0
/* The backend that makes its own GPUs: gpuvirt-sim.ko, loaded when asked for. */
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/kmod.h>
#include <linux/module.h>
#include <linux/mutex.h>

#include "factory.h"

#define GV_FACTORY_MODULE "gpuvirt-sim"

/* Guards gv_factory. Innermost. */
static DEFINE_MUTEX(gv_factory_lock);
static const struct gv_factory_ops *gv_factory;

/**
 * gv_factory_register() - offer to make GPUs
 * @ops: what the factory does; must stay until gv_factory_unregister()
 *
 * Return: 0, or -EBUSY if there is a factory.
 */
int gv_factory_register(const struct gv_factory_ops *ops)
{
	int err = 0;

	mutex_lock(&gv_factory_lock);
	if (gv_factory)
		err = -EBUSY;
	else
		gv_factory = ops;
	mutex_unlock(&gv_factory_lock);

	return err;
}
EXPORT_SYMBOL_GPL(gv_factory_register);

/**
 * gv_factory_unregister() - take the offer back
 * @ops: what was registered
 *
 * The module can only be unloaded when no call into it is under way, so none is.
 */
void gv_factory_unregister(const struct gv_factory_ops *ops)
{
	mutex_lock(&gv_factory_lock);
	if (gv_factory == ops)
		gv_factory = NULL;
	mutex_unlock(&gv_factory_lock);
}
EXPORT_SYMBOL_GPL(gv_factory_unregister);

/* The factory with a reference to its module, or NULL. */
static const struct gv_factory_ops *gv_factory_get(void)
{
	const struct gv_factory_ops *ops;

	mutex_lock(&gv_factory_lock);
	ops = gv_factory;
	if (ops && !try_module_get(ops->owner))
		ops = NULL;
	mutex_unlock(&gv_factory_lock);

	return ops;
}

/**
 * gv_factory_new() - make a GPU
 * @params: what was asked for
 * @address: gets its PCI address
 * @why: where to note a refusal
 *
 * Context: process, may sleep for long: it loads the module if need be.
 * Return: 0 or a negative errno.
 */
int gv_factory_new(const struct gv_instance_params *params, char *address,
		   struct gv_why *why)
{
	const struct gv_factory_ops *ops = gv_factory_get();
	int err;

	if (!ops) {
		/* What it says is not a reason: the factory is there or not. */
		(void)request_module(GV_FACTORY_MODULE);
		ops = gv_factory_get();
	}
	if (!ops)
		return gv_fail(why, -EOPNOTSUPP, GPUVIRT_REASON_BACKEND_MISSING,
			       0, "the module " GV_FACTORY_MODULE " could not be loaded");

	err = ops->instance_new(params, address, why);
	module_put(ops->owner);

	return err;
}

/**
 * gv_factory_knows() - did gv_factory_new() make this GPU
 * @address: its PCI address
 * @faults: gets the faults that it shows, bits of enum gpuvirt_sim_fault; or NULL
 *
 * Context: process, does not sleep for long.
 * Return: true if it did, and it is not deleted yet.
 */
bool gv_factory_knows(const char *address, u32 *faults)
{
	bool known;

	/* No reference to the module: everybody asks, and it could not unload. */
	mutex_lock(&gv_factory_lock);
	known = gv_factory && gv_factory->instance_known(address, faults);
	mutex_unlock(&gv_factory_lock);

	return known;
}

/**
 * gv_factory_del() - remove a GPU that gv_factory_new() has made
 * @address: its PCI address
 * @why: where to note a refusal
 *
 * Context: process, may sleep for long.
 * Return: 0 or a negative errno.
 */
int gv_factory_del(const char *address, struct gv_why *why)
{
	const struct gv_factory_ops *ops = gv_factory_get();
	int err = -ENOENT;

	if (ops) {
		err = ops->instance_del(address, why);
		module_put(ops->owner);
	}
	if (err == -ENOENT)
		gv_fail(why, err, GPUVIRT_REASON_GPU_UNKNOWN,
			GPUVIRT_A_SIM_GPU,
			"the simulated GPU %s is gone already", address);
	return err;
}

/**
 * gv_factory_fault() - let a GPU that gv_factory_new() has made show faults
 * @address: its PCI address
 * @faults: bits of enum gpuvirt_sim_fault, or NULL to leave them
 * @why: where to note a refusal
 *
 * Context: process, may sleep, but not for long.
 * Return: 0 or a negative errno.
 */
int gv_factory_fault(const char *address, const u32 *faults, struct gv_why *why)
{
	const struct gv_factory_ops *ops = gv_factory_get();
	int err = -ENOENT;

	if (ops) {
		if (faults)
			err = ops->instance_fault(address, *faults, why);
		else if (ops->instance_known(address, NULL))
			err = 0;
		module_put(ops->owner);
	}
	if (err == -ENOENT)
		gv_fail(why, err, GPUVIRT_REASON_NOT_SIMULATED,
			GPUVIRT_A_SIM_GPU, "no simulated GPU is at %*pE",
			(int)strnlen(address, GPUVIRT_ADDRESS_MAX), address);
	return err;
}
