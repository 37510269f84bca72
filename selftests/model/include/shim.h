/* SPDX-License-Identifier: GPL-2.0 */
/*
 * As much of the kernel as its code needs in user space: read before each
 * source of kmod/. Headers that a source asks for are made empty by the
 * Makefile, or lead to those of the C library.
 *
 * Locks are flags: to take one twice, or not to have one that an assertion
 * asks for, ends the program.
 */
#ifndef GV_SHIM_H
#define GV_SHIM_H

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include <linux/types.h>
#include <libdrm/drm_fourcc.h>
#include <linux/pci_regs.h>

#include "shim_types.h"
#include "shim_netlink.h"

#define EXPORT_SYMBOL_GPL(name)
#define THIS_MODULE ((struct module *)1)
#define __printf(a, b) __attribute__((format(printf, a, b)))
#define __rcu
#define __user
#define __force
#define GFP_KERNEL 0
#define GFP_NOWAIT 0
#define ENOTSUPP 524
#define HZ 250
#define IS_ENABLED(option) 1
#define BIT(n) (1UL << (n))
#define GENMASK(h, l) (((~0UL) << (l)) & (~0UL >> (63 - (h))))
#define PAGE_SHIFT 12
#define PAGE_SIZE (1UL << PAGE_SHIFT)
#define offset_in_page(p) ((unsigned long)(p) & (PAGE_SIZE - 1))
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define container_of(p, type, member) \
	((type *)((char *)(p) - offsetof(type, member)))
#define struct_size(p, member, n) (sizeof(*(p)) + sizeof((p)->member[0]) * (n))
#define READ_ONCE(x) (x)
#define WRITE_ONCE(x, val) ((x) = (val))
#define WARN_ON(c) ({ bool c_ = (c); assert(!c_); c_; })
#define IS_ERR(p) ((unsigned long)(p) >= (unsigned long)-4095)
#define PTR_ERR(p) ((long)(p))
#define ERR_PTR(e) ((void *)(long)(e))
#define cond_resched() do { } while (0)
#define msleep(ms) do { } while (0)
#undef isascii
#define isascii(c) (((unsigned char)(c)) < 128)
#define lower_32_bits(n) ((u32)(n))
#define upper_32_bits(n) ((u32)((u64)(n) >> 32))
#define round_down(x, y) ((x) & ~((typeof(x))(y) - 1))
#define min(a, b) ({ typeof(a) a_ = (a); typeof(b) b_ = (b); a_ < b_ ? a_ : b_; })
#define max(a, b) ({ typeof(a) a_ = (a); typeof(b) b_ = (b); a_ > b_ ? a_ : b_; })
#define min_t(t, a, b) min((t)(a), (t)(b))
#define max_t(t, a, b) max((t)(a), (t)(b))
#define min3(a, b, c) min(min(a, b), c)
#define div64_u64(a, b) ((u64)(a) / (u64)(b))

static inline u64 rounddown_pow_of_two(u64 n)
{
	return 1ULL << (63 - __builtin_clzll(n));
}

static inline u64 roundup_pow_of_two(u64 n)
{
	return n & (n - 1) ? rounddown_pow_of_two(n) << 1 : n;
}

static inline int vscnprintf(char *buf, size_t size, const char *fmt, va_list args)
{
	int n = vsnprintf(buf, size, fmt, args);

	return n >= (int)size ? (int)size - 1 : n;
}

static inline ssize_t strscpy(char *to, const char *from, size_t size)
{
	return snprintf(to, size, "%s", from);
}

/* unaligned.h */
#define get_unaligned_le16(p) ((u16)(((u8 *)(p))[0] | ((u8 *)(p))[1] << 8))

static inline u32 get_unaligned_le32(const void *p)
{
	const u8 *b = p;

	return b[0] | b[1] << 8 | b[2] << 16 | (u32)b[3] << 24;
}

static inline void put_unaligned_le16(u16 val, void *p)
{
	((u8 *)p)[0] = val;
	((u8 *)p)[1] = val >> 8;
}

static inline void put_unaligned_le32(u32 val, void *p)
{
	put_unaligned_le16(val, p);
	put_unaligned_le16(val >> 16, (u8 *)p + 2);
}

/* Locks. */
static inline void gv_shim_lock(bool *held)
{
	assert(!*held);
	*held = true;
}

static inline void gv_shim_unlock(bool *held)
{
	assert(*held);
	*held = false;
}

#define DEFINE_SPINLOCK(name) spinlock_t name
#define spin_lock_init(l) ((l)->held = false)
#define raw_spin_lock_init(l) ((l)->held = false)
#define mutex_init(l) ((l)->held = false)
#define spin_lock(l) gv_shim_lock(&(l)->held)
#define spin_unlock(l) gv_shim_unlock(&(l)->held)
#define mutex_lock(l) gv_shim_lock(&(l)->held)
#define mutex_unlock(l) gv_shim_unlock(&(l)->held)
#define spin_lock_irqsave(l, f) do { (f) = 0; spin_lock(l); } while (0)
#define spin_unlock_irqrestore(l, f) do { (void)(f); spin_unlock(l); } while (0)
#define raw_spin_lock_irqsave(l, f) spin_lock_irqsave(l, f)
#define raw_spin_unlock_irqrestore(l, f) spin_unlock_irqrestore(l, f)
#define lockdep_assert_held(l) assert((l)->held)
#define lockdep_is_held(l) ((l)->held)
#define rcu_read_lock() do { } while (0)
#define rcu_read_unlock() do { } while (0)
#define synchronize_rcu() do { } while (0)
#define rcu_dereference(p) (p)
#define rcu_access_pointer(p) (p)
#define rcu_replace_pointer(p, val, c) \
	({ typeof(p) old_ = (p); assert(c); (p) = (val); old_; })

/* Lists. */
#define INIT_LIST_HEAD(h) ((h)->next = (h)->prev = (h))
#define list_entry(p, type, member) container_of(p, type, member)
#define list_for_each_entry(pos, head, member)				\
	for (pos = list_entry((head)->next, typeof(*pos), member);	\
	     &pos->member != (head);					\
	     pos = list_entry(pos->member.next, typeof(*pos), member))

static inline void list_add_tail(struct list_head *node, struct list_head *head)
{
	node->prev = head->prev;
	node->next = head;
	head->prev->next = node;
	head->prev = node;
}

static inline void list_del(struct list_head *node)
{
	node->prev->next = node->next;
	node->next->prev = node->prev;
	node->next = NULL;
	node->prev = NULL;
}

/* Memory, counts. */
#define kzalloc(size, gfp) calloc(1, size)
#define kfree(p) free(p)
#define atomic_read(a) ((a)->counter)
#define kref_init(r) ((r)->count = 1)
#define kref_get(r) ((r)->count++)
#define kref_put(r, fn) do { if (!--(r)->count) fn(r); } while (0)
#define init_waitqueue_head(w) do { } while (0)
#define ratelimit_state_init(r, i, b) do { } while (0)
#define ratelimit_set_flags(r, f) do { } while (0)
#define __ratelimit(r) 1
#define pci_name(pdev) "0000:00:00.0"
#define kobject_name(kobj) ((kobj)->name ? (kobj)->name : "")
#define ERR_CAST(p) ((void *)(p))
#define GV_VERSION "0"

static inline unsigned long copy_from_user(void *to, const void *from, size_t n)
{
	memcpy(to, from, n);
	return 0;
}

#define copy_to_user(to, from, n) copy_from_user(to, from, n)

/* Pages are memory. */
#define ZERO_PAGE(n) gv_shim_zero_page()
#define kmap_local_page(page) ((void *)(page)->data)
#define kunmap_local(p) do { } while (0)
struct page *gv_shim_zero_page(void);

/* What the models watch, see kernel.c. */
void eventfd_signal(struct eventfd_ctx *ctx);
struct eventfd_ctx *eventfd_ctx_fdget(int fd);
void eventfd_ctx_put(struct eventfd_ctx *ctx);
int vfio_virqfd_enable(void *opaque, int (*handler)(void *, void *),
		       void (*thread)(void *, void *), void *data,
		       struct virqfd **pvirqfd, int fd);
void vfio_virqfd_disable(struct virqfd **pvirqfd);
int vfio_info_add_capability(struct vfio_info_cap *caps,
			     struct vfio_info_cap_header *cap, size_t size);
bool queue_work(struct workqueue_struct *wq, struct work_struct *work);
#define INIT_WORK(w, fn) ((w)->func = (fn))
#define alloc_workqueue(name, flags, n) calloc(1, 1)
#define destroy_workqueue(wq) free(wq)

#endif
