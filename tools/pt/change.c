// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../port.h"
#include "../attr.h"
#include "change.h"
#include "persist.h"
#include "plan.h"
#include "sys.h"

enum gv_pt_state gv_pt_state(const struct gv_pt_func *func,
			     const struct gv_pt_record *record,
			     const char *gpu)
{
	bool override = !strcmp(func->override, GV_PT_DRIVER);

	if (record->busy || func->locked)
		return GV_PT_CHANGING;
	if (!record->found) {
		if (!gv_pt_is_vfio(func))
			return GV_PT_HOST;
		return override && gv_pt_persists(gpu) ?
			GV_PT_BOOT : GV_PT_OTHER;
	}
	if (gv_pt_is_vfio(func) && override)
		return GV_PT_OURS;
	if (gv_pt_is_vfio(func) || override ||
	    (!func->driver[0] && record->driver[0]))
		return GV_PT_INTERRUPTED;
	return GV_PT_RETURNED;
}

const char *gv_pt_state_name(enum gv_pt_state state)
{
	static const char *const name[] = {
		[GV_PT_HOST]	    = "host",
		[GV_PT_OURS]	    = "bound",
		[GV_PT_BOOT]	    = "bound-at-boot",
		[GV_PT_OTHER]	    = "bound-by-other",
		[GV_PT_CHANGING]    = "changing",
		[GV_PT_INTERRUPTED] = "interrupted",
		[GV_PT_RETURNED]    = "returned-by-other",
	};

	return name[state];
}

static int gv_pt_wrong(struct gv_err *err, int ret, const char *address,
		       const char *doing)
{
	char path[GV_PT_PATH];

	if (gv_pt_path(path, GV_PT_PCI "/%s", address) &&
	    (ret == -ENODEV || ret == -ENOENT) && !gv_pt_exists(path)) {
		gv_err_set(err, ENODEV, "%s is gone: it was removed meanwhile",
			   address);
		return -ENODEV;
	}
	gv_err_set(err, -ret, "%s: %s failed: %s", address, doing,
		   strerror(-ret));
	if (ret == -EACCES || ret == -EPERM)
		err->reason = GPUVIRT_REASON_NOT_PERMITTED;
	return ret;
}

static int gv_pt_turn_back(struct gv_pt_worker *worker, struct gv_err *err)
{
	if (!gv_pt_given_up(worker))
		return 0;
	return gv_err_set(err, ECANCELED, "nobody waits for it any more");
}

static int gv_pt_override(const char *address, const char *driver,
			  struct gv_err *err)
{
	int ret;

	/* an empty write is none to sysfs; a lone newline clears it */
	ret = gv_pt_store(address, "driver_override", *driver ? driver : "\n");
	return ret ? gv_pt_wrong(err, ret, address,
				 "writing driver_override") : 0;
}

static int gv_pt_unbind_driver(struct gv_pt_worker *worker,
			       const char *address, struct gv_err *err)
{
	char driver[GV_PT_NAME], doing[GV_PT_NAME + 40];
	int ret;

	gv_pt_link(address, "driver", driver, sizeof(driver));
	if (!driver[0])
		return 0;
	snprintf(doing, sizeof(doing), "unbinding driver %s", driver);
	gv_pt_step(worker, address, "%s", doing);
	ret = gv_pt_store(address, "driver/unbind", address);
	/* somebody else may have been quicker */
	if (ret && !gv_pt_link(address, "driver", driver, sizeof(driver)))
		return gv_pt_wrong(err, ret, address, doing);
	return gv_pt_turn_back(worker, err);
}

static int gv_pt_probe(struct gv_pt_worker *worker, const char *address,
		       const char *driver, struct gv_err *err)
{
	char path[GV_PT_PATH];
	int ret;

	gv_pt_step(worker, address, "binding %s", *driver ? driver : "a driver");
	if (!gv_pt_path(path, "/sys/bus/pci/drivers_probe"))
		return gv_pt_wrong(err, -ENAMETOOLONG, address, "binding");
	ret = gv_port_write(path, address);
	return ret ? gv_pt_wrong(err, ret, address, "binding a driver") : 0;
}

/* Between the plan and now, a card may have been pulled and another put in. */
static int gv_pt_read_again(const struct gv_pt_func *was,
			    struct gv_pt_func *func, struct gv_err *err)
{
	if (gv_pt_read(was->address, func))
		return gv_pt_wrong(err, -ENODEV, was->address, "looking at it");
	if (func->vendor == was->vendor && func->device == was->device &&
	    func->class == was->class)
		return 0;
	gv_err_set(err, ENODEV,
		   "%s is another device now, %04x:%04x, and was %04x:%04x when the command began",
		   was->address, func->vendor, func->device, was->vendor,
		   was->device);
	gv_err_hint(err, "look what is there with `gpuvirt passthrough show`");
	return -ENODEV;
}

int gv_pt_take(struct gv_pt_worker *worker, const struct gv_pt_func *was,
	       struct gv_pt_record *record, struct gv_err *err)
{
	const char *address = was->address;
	struct gv_pt_func func;
	char doing[64];
	int ret;

	ret = gv_pt_read_again(was, &func, err);
	if (ret)
		return ret;
	gv_pt_read_locked(&func);
	ret = gv_pt_still_unused(&func, err);
	if (ret)
		return ret;
	/* one that was interrupted knows better what was before */
	if (gv_pt_state(&func, record, address) != GV_PT_INTERRUPTED) {
		strcpy(record->driver, func.driver);
		strcpy(record->override, func.override);
	}
	snprintf(doing, sizeof(doing), "writing its record below /run");
	ret = gv_pt_record_write(record, &func);
	if (ret)
		return gv_pt_wrong(err, ret, address, doing);
	ret = gv_pt_override(address, GV_PT_DRIVER, err);
	if (!ret && !gv_pt_is_vfio(&func))
		ret = gv_pt_unbind_driver(worker, address, err);
	if (!ret)
		ret = gv_pt_probe(worker, address, GV_PT_DRIVER, err);
	if (!ret)
		ret = gv_pt_turn_back(worker, err);
	if (ret)
		return ret;
	if (!gv_pt_read(address, &func) && !strcmp(func.driver, GV_PT_DRIVER))
		return 0;
	gv_err_set(err, EIO, "%s: vfio-pci did not take it%s%s", address,
		   func.driver[0] ? "; it is bound to " : "", func.driver);
	err->reason = GPUVIRT_REASON_DEVICE_ERROR;
	return -EIO;
}

/* The driver it had may have been unloaded since. */
static void gv_pt_load_driver(const char *address, const char *driver)
{
	char path[GV_PT_PATH], alias[256];

	if (*driver && gv_pt_path(path, "/sys/bus/pci/drivers/%s", driver) &&
	    gv_pt_exists(path))
		return;
	if (!gv_pt_attr(address, "modalias", alias, sizeof(alias)))
		gv_port_modprobe(alias);
}

/* A driver that knows the function by a run-time id only is asked by name. */
static int gv_pt_bind_to(struct gv_pt_worker *worker, const char *address,
			 const char *driver, struct gv_err *err)
{
	char path[GV_PT_PATH], now[GV_PT_NAME];
	int ret;

	gv_pt_load_driver(address, driver);
	ret = gv_pt_probe(worker, address, driver, err);
	gv_pt_link(address, "driver", now, sizeof(now));
	if (!*driver || !strcmp(now, driver))
		return ret;
	if (!now[0] &&
	    gv_pt_path(path, "/sys/bus/pci/drivers/%s/bind", driver))
		gv_port_write(path, address);
	gv_pt_link(address, "driver", now, sizeof(now));
	if (!strcmp(now, driver))
		return 0;
	if (now[0])
		gv_pt_fault(worker, "%s is with driver %s now; it was with %s before",
			    address, now, driver);
	else
		gv_pt_fault(worker, "%s is without a driver now: %s did not take it back",
			    address, driver);
	return 0;
}

int gv_pt_give(struct gv_pt_worker *worker, const struct gv_pt_func *was,
	       struct gv_pt_record *record, struct gv_err *err)
{
	const char *address = was->address;
	struct gv_pt_func func;
	int ret;

	ret = gv_pt_read_again(was, &func, err);
	if (ret) {
		gv_pt_record_forget(record);
		return ret;
	}
	ret = gv_pt_override(address, "", err);
	if (!ret && gv_pt_is_vfio(&func))
		ret = gv_pt_unbind_driver(worker, address, err);
	/* bound at boot: what the host would have chosen is not known */
	if (!ret && (!record->found || record->driver[0]))
		ret = gv_pt_bind_to(worker, address, record->driver, err);
	/* only now: with it, the old driver could not have come back */
	if (!ret && record->override[0])
		ret = gv_pt_override(address, record->override, err);
	if (!ret)
		gv_pt_record_forget(record);
	return ret;
}
