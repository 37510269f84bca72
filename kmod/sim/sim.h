/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GV_SIM_H
#define GV_SIM_H

#include <linux/list.h>
#include <linux/pci.h>
#include <linux/xarray.h>

#include <gpuvirt/ops.h>

/* No vendor owns these: 1234 is what emulators use without asking. */
#define GV_SIM_VENDOR 0x1234
#define GV_SIM_DEVICE 0x4756
#define GV_SIM_DRIVER "gpuvirt-sim"

#define GV_SIM_CONFIG_SIZE 4096

/**
 * struct gv_sim_model - a model of GPU that can be simulated
 * @name: its name
 * @vram: VRAM, in bytes
 * @max_vgpus: most vGPUs
 */
struct gv_sim_model {
	const char *name;
	u64 vram;
	u32 max_vgpus;
};

/**
 * struct gv_sim - a simulated GPU
 * @node: entry in the list of them (gv_sims_list_lock)
 * @address: PCI address of the PF (immutable)
 * @sysdata: what the architecture wants of a PCI root bus; in it the PCI domain
 * @busn: bus numbers of the root bus
 * @bus: the root bus (gv_sims_lock)
 * @bound: what the PF driver's probe has returned, -ENODEV if it did not run;
 *	while the GPU is made (gv_sims_lock)
 * @model: name of the model (immutable)
 * @vram: VRAM in bytes (immutable)
 * @max_vgpus: most vGPUs (immutable)
 * @pages: pages that back the VRAM, by page number
 * @backed: how many of them
 * @limit: how many there may be
 * @config_lock: guards @config: on x86 the PCI core has no lock around accesses
 * @config: configuration space of the PF (@config_lock)
 * @config_rw: which bits of it can be written (immutable)
 */
struct gv_sim {
	struct list_head node;
	char address[GPUVIRT_ADDRESS_MAX + 1];
	struct pci_sysdata sysdata;
	struct resource busn;
	struct pci_bus *bus;
	int bound;

	char model[33];
	u64 vram;
	u32 max_vgpus;

	struct xarray pages;
	atomic_long_t backed;
	atomic_long_t limit;

	raw_spinlock_t config_lock;
	u8 config[GV_SIM_CONFIG_SIZE];
	u8 config_rw[GV_SIM_CONFIG_SIZE];
};

/* model.c */
int gv_sim_model_apply(struct gv_sim *sim,
		       const struct gv_instance_params *params,
		       struct gv_why *why);

/* bus.c */
int gv_sim_bus_new(struct gv_sim *sim, s64 domain, struct gv_why *why);
bool gv_sim_bus_del(struct gv_sim *sim);
struct gv_sim *gv_sim_of(const struct pci_dev *pdev);

/* config.c */
void gv_sim_config_init(struct gv_sim *sim);
u32 gv_sim_config_read(struct gv_sim *sim, unsigned int pos, int size);
void gv_sim_config_write(struct gv_sim *sim, unsigned int pos, int size,
			 u32 val);

/* vram.c */
extern const struct gv_backend_ops gv_sim_backend_ops;
void gv_sim_vram_init(struct gv_sim *sim);
void gv_sim_vram_exit(struct gv_sim *sim);

/* pf.c */
extern struct pci_driver gv_sim_pf_driver;

#endif
