/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GV_ID_H
#define GV_ID_H

#include <linux/types.h>

#include <gpuvirt/why.h>

struct pci_dev;

/* As many can be added. */
#define GV_IDS_MAX 64

/**
 * struct gv_id - a PCI id that was added
 * @vendor: PCI vendor id
 * @device: PCI device id
 */
struct gv_id {
	u16 vendor;
	u16 device;
};

bool gv_id_has(const struct pci_dev *pdev);
bool gv_id_nth(unsigned int n, struct gv_id *id);
int gv_id_find(const struct gv_id *id, struct gv_why *why);
void gv_id_remove(const struct gv_id *id);

int gv_id_new_op(const struct gv_id *id, u64 *op_id, struct gv_why *why);
int gv_id_del_op(const struct gv_id *id, u64 *op_id, struct gv_why *why);

#endif
