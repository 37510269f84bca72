/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GV_VGPU_H
#define GV_VGPU_H

#include <linux/bits.h>
#include <linux/completion.h>
#include <linux/mdev.h>
#include <linux/mutex.h>
#include <linux/ratelimit.h>
#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/uuid.h>
#include <linux/vfio.h>
#include <linux/vfio_pci_core.h>
#include <linux/workqueue.h>

#include "edid.h"
#include "type.h"

struct eventfd_ctx;
struct net;

#define GV_CONFIG_SIZE 256
#define GV_MMIO_SIZE 4096
#define GV_ENGINE_SIZE 4096

/* BARs; BAR5 is the upper half of BAR4. */
#define GV_BAR_SCANOUT 0
#define GV_BAR_ENGINE 1
#define GV_BAR_MMIO 2
#define GV_BAR_VRAM 4

/*
 * Two display regions, of which one is current. A user that has one mapped
 * learns from the other's number that the picture starts elsewhere now.
 */
#define GV_REGION_DISPLAY VFIO_PCI_NUM_REGIONS
#define GV_NR_DISPLAYS 2
#define GV_NR_REGIONS (GV_REGION_DISPLAY + GV_NR_DISPLAYS)

/**
 * struct gv_vgpu_irq - interrupts of a vGPU
 * @lock: guards the rest; taken with interrupts off, innermost of all
 * @trigger: eventfd of each VFIO interrupt index, NULL if not set up (the
 *	vGPU's lock to change, RCU to signal: never under @lock, since the wake-up
 *	may come back here through @unmask)
 * @status: causes that the guest has not acknowledged (@lock)
 * @disabled: INTx is switched off in the command register (@lock)
 * @masked: INTx is masked, by its user or since it was sent (@lock)
 * @unmask: watches the eventfd by which the user unmasks INTx
 *	(the vGPU's lock to change)
 * @resend: paces INTx that is unmasked without being acknowledged
 * @unmask_ctx: that eventfd, with a reference (the vGPU's lock)
 */
struct gv_vgpu_irq {
	spinlock_t lock;
	struct eventfd_ctx __rcu *trigger[VFIO_PCI_NUM_IRQS];
	u32 status;
	bool disabled;
	bool masked;
	struct virqfd *unmask;
	struct eventfd_ctx *unmask_ctx;
	struct ratelimit_state resend;
};

/**
 * struct gv_vgpu_display - what QUERY_GFX_PLANE has told
 * @current_region: index of the current display region, from 0
 * @start: where each display region starts in the VRAM slice, in bytes
 */
struct gv_vgpu_display {
	unsigned int current_region;
	u64 start[GV_NR_DISPLAYS];
};

/**
 * struct gv_vgpu - an mdev vGPU
 * @vdev: VFIO's part; must be first, it frees all of this
 * @mdev: the mdev (immutable)
 * @type: its type, there until the vGPU is off the books (immutable)
 * @be: its backend, with a reference (immutable)
 * @slice: its VRAM (bounds immutable)
 * @serial: number of this creation (immutable)
 * @group: number of its VFIO group (set before it is on the books)
 * @node: entry in the list of all vGPUs (gv_state_lock)
 * @hash: entry in the table by UUID (gv_state_lock)
 * @users: who works on it besides VFIO; removal waits for them
 * @idle: completed by the last of @users
 * @heal: looks after a removal that the core has botched
 * @heal_tries: how often @heal will look again (@heal only)
 * @heal_seen: @heal has found the file missing once (@heal only)
 * @listed: completed when it is on the books and that was told
 * @open: a process has it open (gv_state_lock)
 * @holder: thread group id of that process, in the initial namespace
 *	(gv_state_lock)
 * @holder_comm: its name (gv_state_lock)
 * @retired_by: netlink socket that is about to remove it, 0 if none
 *	(gv_state_lock)
 * @retired_net: network namespace of that socket, only compared
 *	(gv_state_lock)
 * @resets: how often it was reset (gv_state_lock)
 * @mode_xres: width of the mode the guest has set, for show (gv_state_lock)
 * @mode_yres: height of it (gv_state_lock)
 * @limit_told: the backing limit was reported since it was opened (atomic bit)
 * @lock: guards the device as the guest sees it: the members below
 * @config: PCI configuration space (@lock)
 * @config_rw: which bits of it a guest can write (immutable)
 * @mmio: BAR2 (@lock)
 * @scratch: scratch register of BAR1 (@lock)
 * @display: display regions (@lock)
 * @irq: interrupts
 */
struct gv_vgpu {
	struct vfio_device vdev;
	struct mdev_device *mdev;
	struct gv_type *type;
	struct gv_backend *be;
	struct gv_slice slice;
	u64 serial;
	int group;

	struct list_head node;
	struct hlist_node hash;
	refcount_t users;
	struct completion idle;
	struct delayed_work heal;
	unsigned int heal_tries;
	bool heal_seen;
	struct completion listed;

	bool open;
	pid_t holder;
	char holder_comm[TASK_COMM_LEN];
	u32 retired_by;
	const struct net *retired_net;
	u32 resets;
	u32 mode_xres;
	u32 mode_yres;

	unsigned long limit_told;

	struct mutex lock;
	u8 config[GV_CONFIG_SIZE];
	u8 config_rw[GV_CONFIG_SIZE];
	u8 mmio[GV_MMIO_SIZE];
	u32 scratch;
	struct gv_vgpu_display display;
	struct gv_vgpu_irq irq;
};

/* vgpu.c */
int gv_vgpu_probe(struct mdev_device *mdev);
void gv_vgpu_remove(struct mdev_device *mdev);
void gv_vgpu_freed(void);
void gv_vgpu_wait_freed(void);

/* vgpu_vfio.c */
extern const struct vfio_device_ops gv_vgpu_vfio_ops;
void gv_vgpu_reset(struct gv_vgpu *vgpu);

/* vgpu_config.c */
void gv_config_init(struct gv_vgpu *vgpu);
void gv_config_reset(struct gv_vgpu *vgpu);
u8 gv_config_read(struct gv_vgpu *vgpu, unsigned int pos);
void gv_config_write(struct gv_vgpu *vgpu, unsigned int pos, u8 val);
u64 gv_config_bar_size(const struct gv_vgpu *vgpu, unsigned int bar);

/* vgpu_mmio.c */
/**
 * struct gv_mode - a mode that a guest has set
 * @format: pixel format, a DRM_FORMAT_ code
 * @xres: width in pixels
 * @yres: height in lines
 * @stride: from one line to the next, in bytes
 * @start: where the picture starts in the VRAM slice, in bytes
 * @size: of the picture, in bytes
 */
struct gv_mode {
	u32 format;
	u32 xres;
	u32 yres;
	u32 stride;
	u64 start;
	u64 size;
};

void gv_mmio_init(struct gv_vgpu *vgpu);
void gv_mmio_reset(struct gv_vgpu *vgpu);
u8 gv_mmio_read(struct gv_vgpu *vgpu, unsigned int pos);
void gv_mmio_write(struct gv_vgpu *vgpu, unsigned int pos, u8 val);
bool gv_mmio_mode(const struct gv_vgpu *vgpu, struct gv_mode *mode);
void gv_mmio_note_mode(struct gv_vgpu *vgpu);

/* vgpu_engine.c */
u8 gv_engine_read(struct gv_vgpu *vgpu, unsigned int pos);
void gv_engine_write(struct gv_vgpu *vgpu, unsigned int pos, const u8 *buf,
		     size_t len);
void gv_engine_reset(struct gv_vgpu *vgpu);

/* vgpu_irq.c */
void gv_irq_init(struct gv_vgpu *vgpu);
void gv_irq_reset(struct gv_vgpu *vgpu);
void gv_irq_release(struct gv_vgpu *vgpu);
unsigned int gv_irq_count(unsigned int index);
u32 gv_irq_flags(unsigned int index);
int gv_irq_set(struct gv_vgpu *vgpu, const struct vfio_irq_set *hdr,
	       const void *data);
void gv_irq_raise(struct gv_vgpu *vgpu, u32 causes);
void gv_irq_ack(struct gv_vgpu *vgpu, u32 causes);
void gv_irq_disable_intx(struct gv_vgpu *vgpu, bool disabled);
u32 gv_irq_status(struct gv_vgpu *vgpu);
void gv_irq_request(struct gv_vgpu *vgpu);

/* vgpu_region.c */
u64 gv_region_size(const struct gv_vgpu *vgpu, unsigned int index);
int gv_region_info(struct vfio_device *vdev, struct vfio_region_info *info,
		   struct vfio_info_cap *caps);
ssize_t gv_region_read(struct vfio_device *vdev, char __user *buf, size_t count,
		       loff_t *ppos);
ssize_t gv_region_write(struct vfio_device *vdev, const char __user *buf,
			size_t count, loff_t *ppos);

/* vgpu_vram.c */
ssize_t gv_vgpu_vram_read(struct gv_vgpu *vgpu, u64 pos, char __user *buf,
			  size_t count);
ssize_t gv_vgpu_vram_write(struct gv_vgpu *vgpu, u64 pos,
			   const char __user *buf, size_t count);
int gv_vgpu_mmap(struct vfio_device *vdev, struct vm_area_struct *vma);

/* vgpu_display.c */
int gv_display_query(struct gv_vgpu *vgpu,
		     struct vfio_device_gfx_plane_info *plane);
void gv_display_reset(struct gv_vgpu *vgpu);

#endif
