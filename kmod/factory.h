/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GV_FACTORY_H
#define GV_FACTORY_H

#include <linux/pci.h>

#include <gpuvirt/ops.h>

int gv_factory_new(const struct gv_instance_params *params, char *address,
		   struct gv_why *why);
int gv_factory_del(struct pci_dev *pdev, struct gv_why *why);

#endif
