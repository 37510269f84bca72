// SPDX-License-Identifier: GPL-2.0
/*
 * Host suspend is refused while a vGPU is open: its VRAM would not come back.
 * Kexec, kdump and poweroff do not ask here.
 */
#include <linux/notifier.h>
#include <linux/printk.h>
#include <linux/suspend.h>

#include "pm.h"
#include "state.h"
#include "vgpu.h"
#include "vgpu_list.h"

bool gv_pm_suspending;

static int gv_pm_notify(struct notifier_block *nb, unsigned long event,
			void *data)
{
	struct gv_why why = {};
	struct gv_vgpu *vgpu;
	int err = 0;

	switch (event) {
	case PM_SUSPEND_PREPARE:
	case PM_HIBERNATION_PREPARE:
		break;
	case PM_POST_SUSPEND:
	case PM_POST_HIBERNATION:
		spin_lock(&gv_state_lock);
		gv_pm_suspending = false;
		spin_unlock(&gv_state_lock);
		return NOTIFY_DONE;
	default:
		return NOTIFY_DONE;
	}

	spin_lock(&gv_state_lock);
	list_for_each_entry(vgpu, &gv_vgpus, node) {
		if (vgpu->open) {
			err = gv_vgpu_blame_open(vgpu, 0, &why);
			break;
		}
	}
	/* Until tasks are frozen, one more could be opened. */
	gv_pm_suspending = !err;
	spin_unlock(&gv_state_lock);

	if (err)
		pr_info("gpuvirt: suspend refused: %s\n", why.text);
	return notifier_from_errno(err);
}

static struct notifier_block gv_pm_nb = {
	.notifier_call = gv_pm_notify,
};

int gv_pm_init(void)
{
	return register_pm_notifier(&gv_pm_nb);
}

void gv_pm_exit(void)
{
	unregister_pm_notifier(&gv_pm_nb);
}
