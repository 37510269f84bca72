/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GV_SIM_H
#define GV_SIM_H

#include <linux/list.h>
#include <linux/pci.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

#include <gpuvirt/ops.h>

#include "layout.h"

/* No vendor owns these: 1234 is what emulators use without asking. */
#define GV_SIM_VENDOR 0x1234
#define GV_SIM_DEVICE 0x4756
#define GV_SIM_VF_DEVICE 0x4757
#define GV_SIM_PORT_DEVICE 0x4750
#define GV_SIM_DRIVER "gpuvirt-sim"

#define GV_SIM_CONFIG_SIZE 4096

/* Virtual functions are functions 1 to n on the bus of their PF. */
#define GV_SIM_VFS_MAX 64

/* VRAM that the mailbox of one function reaches. */
#define GV_SIM_WINDOW_PAGES 64
#define GV_SIM_WINDOW_SIZE (GV_SIM_WINDOW_PAGES * PAGE_SIZE)

struct gv_sim;
struct gv_sim_domain;
struct irq_domain;

/**
 * struct gv_sim_model - a model of GPU that can be simulated
 * @name: its name
 * @vram: VRAM, in bytes
 * @max_vgpus: most vGPUs
 * @total_vfs: SR-IOV virtual functions
 */
struct gv_sim_model {
	const char *name;
	u64 vram;
	u32 max_vgpus;
	u32 total_vfs;
};

/**
 * enum gv_sim_kind - what a PCI function is
 * @GV_SIM_PF: the physical function, the GPU
 * @GV_SIM_VF: a virtual function
 * @GV_SIM_PORT: the root port above the GPU
 * @GV_SIM_KINDS: how many kinds there are
 */
enum gv_sim_kind {
	GV_SIM_PF,
	GV_SIM_VF,
	GV_SIM_PORT,
	GV_SIM_KINDS,
};

/**
 * struct gv_sim_function - a PCI function of a simulated GPU
 * @sim: the GPU (immutable)
 * @kind: what it is (immutable)
 * @index: 0 for the PF, n for VF number n - 1, the last for the root port
 *	(immutable)
 * @config: configuration space (@sim->config_lock)
 * @reset: it is being reset: it answers no access until @work has done that
 *	(@sim->config_lock)
 * @flr: the same, and by a function-level reset (@sim->config_lock)
 * @command: what the mailbox is at (@sim->config_lock)
 * @dma_lock: guards @domain, and is held around each access to memory, so that
 *	none is under way when another domain is attached. Outside the lock of
 *	the domain's pages and @sim->config_lock.
 * @domain: what translates its DMA, NULL if nothing does (@dma_lock)
 * @work: carries out resets and commands of the mailbox, one at a time
 * @window: pages of the VRAM behind the mailbox (@work alone, or when it is gone)
 */
struct gv_sim_function {
	struct gv_sim *sim;
	enum gv_sim_kind kind;
	unsigned int index;

	u8 config[GV_SIM_CONFIG_SIZE];
	bool reset;
	bool flr;
	struct gv_sim_command command;

	spinlock_t dma_lock;
	struct gv_sim_domain *domain;

	struct work_struct work;
	struct page *window[GV_SIM_WINDOW_PAGES];
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
 * @leaving: no VF is enabled any more (device lock of the PF)
 * @model: name of the model (immutable)
 * @vram: VRAM in bytes (immutable)
 * @max_vgpus: most vGPUs (immutable)
 * @total_vfs: virtual functions it can have (immutable)
 * @port: kind of root port above it (immutable)
 * @iommu: its functions are behind our IOMMU (immutable once on the bus)
 * @faults: set of enum gpuvirt_sim_fault that it shows
 * @msi: interrupt domain of its functions (immutable once on the bus)
 * @msi_pci: the same, as PCI devices of older kernels want it
 * @pages: pages that back the VRAM, by page number
 * @backed: how many of them, and of those behind mailboxes
 * @limit: how many there may be
 * @config_lock: guards the configuration spaces: on x86 the PCI core has no lock
 *	around accesses. Raw, as the PCI core's is where it has one.
 * @config_rw: which bits of them can be written, by kind (immutable)
 * @wq: does the work of its functions
 * @nr_functions: number of @functions
 * @functions: the PF, the VFs, the root port
 */
struct gv_sim {
	struct list_head node;
	char address[GPUVIRT_ADDRESS_MAX + 1];
	struct pci_sysdata sysdata;
	struct resource busn;
	struct pci_bus *bus;
	int bound;
	bool leaving;

	char model[33];
	u64 vram;
	u32 max_vgpus;
	u32 total_vfs;
	enum gpuvirt_root_port port;
	bool iommu;
	atomic_t faults;

	struct irq_domain *msi;
	struct irq_domain *msi_pci;

	struct xarray pages;
	atomic_long_t backed;
	atomic_long_t limit;

	raw_spinlock_t config_lock;
	u8 config_rw[GV_SIM_KINDS][GV_SIM_CONFIG_SIZE];

	struct workqueue_struct *wq;
	unsigned int nr_functions;
	struct gv_sim_function functions[];
};

static inline bool gv_sim_faulty(struct gv_sim *sim,
				 enum gpuvirt_sim_fault fault)
{
	return atomic_read(&sim->faults) & fault;
}

static inline struct gv_sim_function *gv_sim_pf(struct gv_sim *sim)
{
	return &sim->functions[0];
}

/* model.c */
struct gv_sim *gv_sim_model_make(const struct gv_instance_params *params,
				 struct gv_why *why);

/* function.c */
int gv_sim_functions_init(struct gv_sim *sim);
void gv_sim_functions_exit(struct gv_sim *sim);
void gv_sim_function_kick(struct gv_sim_function *fn);
void gv_sim_function_reset(struct gv_sim_function *fn, bool flr);
void gv_sim_functions_kick(struct gv_sim *sim);

/* bus.c */
int gv_sim_bus_domain(struct gv_sim *sim, s64 wanted, struct gv_why *why);
int gv_sim_bus_new(struct gv_sim *sim, struct gv_why *why);
bool gv_sim_bus_del(struct gv_sim *sim);
struct gv_sim *gv_sim_of(const struct pci_dev *pdev);
struct gv_sim_function *gv_sim_function_of(const struct pci_dev *pdev);
struct pci_dev *gv_sim_pf_get(struct gv_sim *sim);

/* config.c */
void gv_sim_config_init(struct gv_sim *sim);
void gv_sim_config_fill(struct gv_sim_function *fn);
void gv_sim_ext(u8 *config, unsigned int pos, u16 id, u8 version,
		unsigned int next);
u32 gv_sim_config_read(struct gv_sim_function *fn, unsigned int pos, int size);
void gv_sim_config_write(struct gv_sim_function *fn, unsigned int pos, int size,
			 u32 val);
bool gv_sim_config_master(struct gv_sim_function *fn);

/* port.c */
void gv_sim_port_fill(struct gv_sim_function *fn);
void gv_sim_port_init_rw(u8 *rw);

/* mailbox.c */
void gv_sim_mailbox_fill(struct gv_sim_function *fn);
void gv_sim_mailbox_init_rw(u8 *rw);
void gv_sim_mailbox_written(struct gv_sim_function *fn, unsigned int pos,
			    int size, u32 val);
bool gv_sim_mailbox_next(struct gv_sim_function *fn,
			 struct gv_sim_command *cmd);
void gv_sim_mailbox_done(struct gv_sim_function *fn,
			 const struct gv_sim_command *cmd);

/* engine.c */
void gv_sim_engine_run(struct gv_sim_function *fn, struct gv_sim_command *cmd);
void gv_sim_engine_wipe(struct gv_sim_function *fn);

/* sriov.c */
int gv_sim_sriov_blocked(void *priv, struct gv_why *why);
int gv_sim_sriov_configure(struct pci_dev *pdev, int count);
int gv_sim_sriov_leave(struct gv_sim *sim, struct gv_why *why);

/* iommu.c */
int gv_sim_iommu_join(struct gv_sim *sim, struct gv_why *why);
void gv_sim_iommu_leave(struct gv_sim *sim);
enum gv_sim_dma gv_sim_iommu_dma(struct gv_sim_function *fn, u64 iova,
				 void *buf, size_t len, bool to_memory);

/* msi.c */
int gv_sim_msi_init(struct gv_sim *sim, struct gv_why *why);
void gv_sim_msi_attach(struct gv_sim *sim);
void gv_sim_msi_exit(struct gv_sim *sim);
void gv_sim_msi_send(struct gv_sim_function *fn);

/* vram.c */
extern const struct gv_backend_ops gv_sim_backend_ops;
void gv_sim_vram_init(struct gv_sim *sim);
void gv_sim_vram_exit(struct gv_sim *sim);
struct page *gv_sim_vram_window_page(struct gv_sim *sim);
void gv_sim_vram_window_free(struct gv_sim *sim, struct page *page);

/* pf.c */
extern struct pci_driver gv_sim_pf_driver;

#endif
