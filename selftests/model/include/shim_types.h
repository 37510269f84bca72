/* SPDX-License-Identifier: GPL-2.0 */
/* Types of the kernel, as far as our structures have members of them. */
#ifndef GV_SHIM_TYPES_H
#define GV_SHIM_TYPES_H

#include <sys/types.h>
#include <linux/types.h>
#include <linux/vfio.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __s32 s32;
typedef __u64 u64;
typedef __s64 s64;

typedef struct { bool held; } spinlock_t;
typedef struct { bool held; } raw_spinlock_t;
typedef struct { int counter; } atomic_t;
typedef struct { long counter; } atomic_long_t;
typedef struct { int count; } refcount_t;
typedef struct { int x; } wait_queue_head_t;

struct mutex { bool held; };
struct kref { int count; };
struct list_head { struct list_head *next, *prev; };
struct hlist_node { struct hlist_node *next; };
struct completion { int x; };
struct ratelimit_state { int x; };
struct xarray { int x; };
struct resource { int x; };
struct pci_sysdata { int domain; };
struct page { u8 data[4096]; };
struct module;
struct work_struct { void (*func)(struct work_struct *work); };
struct delayed_work { struct work_struct work; };
struct workqueue_struct;
struct pci_dev { u16 vendor, device; };
struct pci_device_id { u32 vendor, device; };
struct device { int x; };
struct pci_driver;
struct virqfd;
struct eventfd_ctx;
struct vfio_device { int x; };
struct vfio_device_ops;
struct vfio_info_cap { void *buf; size_t size; };
struct vm_area_struct;
struct mdev_device;
struct kobject { const char *name; };
struct mdev_type { struct kobject kobj; const char *sysfs_name, *pretty_name; };

#define TASK_COMM_LEN 16
#define VFIO_PCI_OFFSET_SHIFT 40
#define VFIO_PCI_OFFSET_TO_INDEX(off) ((off) >> VFIO_PCI_OFFSET_SHIFT)
#define VFIO_PCI_INDEX_TO_OFFSET(index) ((u64)(index) << VFIO_PCI_OFFSET_SHIFT)
#define VFIO_PCI_OFFSET_MASK (((u64)1 << VFIO_PCI_OFFSET_SHIFT) - 1)

#define PCI_VENDOR_ID_ATI 0x1002
#define PCI_VDEVICE(vend, dev) .vendor = PCI_VENDOR_ID_##vend, .device = (dev)
#define PCI_STD_NUM_BARS 6
#define PCI_VENDOR_ID_NVIDIA 0x10de
#define PCI_CLASS_DISPLAY_OTHER 0x0380
#define PCI_CLASS_DISPLAY_3D 0x0302
#define PCI_CLASS_BRIDGE_PCI 0x0604
#define WQ_UNBOUND 0

#endif
