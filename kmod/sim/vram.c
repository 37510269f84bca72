// SPDX-License-Identifier: GPL-2.0
/*
 * VRAM of a simulated GPU: host pages, made when they are first touched, up to
 * the backing limit. They are not movable and not swapped, like real VRAM, so
 * the limit and the memory cgroup of whoever touches them keep the host safe. What
 * is behind a mailbox, 256 KiB a function, is touched by a worker and charged to none.
 */
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>

#include "sim.h"

#define GV_SIM_GFP (GFP_KERNEL_ACCOUNT | __GFP_HIGHMEM | __GFP_ZERO)

static unsigned long gv_sim_first(const struct gv_slice *slice)
{
	return slice->offset >> PAGE_SHIFT;
}

static unsigned long gv_sim_last(const struct gv_slice *slice)
{
	return ((slice->offset + slice->size) >> PAGE_SHIFT) - 1;
}

/*
 * Put a page where none is, within the limit; both are looked at and changed
 * under one lock, that of the pages, so that no page is refused for want of a right
 * that another was about to give back. Without GFP_KERNEL the lock is not dropped.
 */
static struct page *gv_sim_vram_insert(struct gv_sim *sim,
				       struct gv_slice *slice,
				       unsigned long index, struct page *page)
{
	struct page *old;
	int err;

	xa_lock(&sim->pages);
	old = xa_load(&sim->pages, index);
	if (old) {
		get_page(old);
	} else if (atomic_long_read(&sim->backed) >=
		   atomic_long_read(&sim->limit)) {
		old = ERR_PTR(-ENOSPC);
	} else {
		err = xa_err(__xa_store(&sim->pages, index, page,
					GFP_NOWAIT | __GFP_NOWARN));
		if (err) {
			old = ERR_PTR(err);
		} else {
			get_page(page);
			atomic_long_inc(&sim->backed);
			atomic_long_inc(&slice->backed);
		}
	}
	xa_unlock(&sim->pages);

	return old;
}

static struct page *gv_sim_vram_back(struct gv_sim *sim, struct gv_slice *slice,
				     unsigned long index)
{
	struct page *page, *old;
	bool reserved = false;

	page = alloc_page(GV_SIM_GFP);
	if (!page)
		return ERR_PTR(-ENOMEM);

	while ((old = gv_sim_vram_insert(sim, slice, index, page)) ==
	       ERR_PTR(-ENOMEM)) {
		/* Make room for the entry where sleeping is allowed, and retry. */
		if (xa_reserve(&sim->pages, index, GFP_KERNEL))
			break;
		reserved = true;
	}
	if (!old)
		return page;

	/* Another has backed it meanwhile, or it is refused. */
	if (reserved)
		xa_release(&sim->pages, index);
	__free_page(page);
	return old;
}

static struct page *gv_sim_vram_page(void *priv, struct gv_slice *slice,
				     unsigned long index, bool alloc)
{
	struct gv_sim *sim = priv;
	struct page *page;

	index += gv_sim_first(slice);
	page = xa_load(&sim->pages, index);
	if (page) {
		/* Pages of a slice stay until vram_free, which runs alone. */
		get_page(page);
		return page;
	}
	return alloc ? gv_sim_vram_back(sim, slice, index) : NULL;
}

static void gv_sim_vram_zero(void *priv, struct gv_slice *slice)
{
	struct gv_sim *sim = priv;
	unsigned long index;
	struct page *page;

	xa_for_each_range(&sim->pages, index, page, gv_sim_first(slice),
			  gv_sim_last(slice)) {
		clear_highpage(page);
		cond_resched();
	}
}

static void gv_sim_vram_free(void *priv, struct gv_slice *slice)
{
	struct gv_sim *sim = priv;
	unsigned long index;
	struct page *page;

	xa_for_each_range(&sim->pages, index, page, gv_sim_first(slice),
			  gv_sim_last(slice)) {
		xa_erase(&sim->pages, index);
		/* Whoever still has a reference must not see the old data. */
		clear_highpage(page);
		put_page(page);
		atomic_long_dec(&slice->backed);
		atomic_long_dec(&sim->backed);
		cond_resched();
	}
}

/**
 * gv_sim_vram_window_page() - a page for the VRAM behind a mailbox
 * @sim: the simulated GPU
 *
 * It counts against the backing limit like any other.
 *
 * Return: the page, zeroed, or NULL.
 */
struct page *gv_sim_vram_window_page(struct gv_sim *sim)
{
	struct page *page;
	bool fits;

	xa_lock(&sim->pages);
	fits = atomic_long_read(&sim->backed) < atomic_long_read(&sim->limit);
	if (fits)
		atomic_long_inc(&sim->backed);
	xa_unlock(&sim->pages);
	if (!fits)
		return NULL;
	page = alloc_page(GV_SIM_GFP);
	if (!page)
		atomic_long_dec(&sim->backed);
	return page;
}

/**
 * gv_sim_vram_window_free() - give such a page back
 * @sim: the simulated GPU
 * @page: the page
 */
void gv_sim_vram_window_free(struct gv_sim *sim, struct page *page)
{
	__free_page(page);
	atomic_long_dec(&sim->backed);
}

static void gv_sim_backing(void *priv, u64 *limit, u64 *used)
{
	struct gv_sim *sim = priv;

	*limit = (u64)atomic_long_read(&sim->limit) << PAGE_SHIFT;
	*used = (u64)atomic_long_read(&sim->backed) << PAGE_SHIFT;
}

static int gv_sim_set_backing_limit(void *priv, u64 limit, struct gv_why *why)
{
	struct gv_sim *sim = priv;
	int err = 0;
	long used;

	if (limit % PAGE_SIZE || !limit)
		return gv_fail(why, -EINVAL, GPUVIRT_REASON_BAD_VALUE,
			       GPUVIRT_A_GPU_BACKING_LIMIT,
			       "backing limit is %llu, a multiple of %lu is needed",
			       limit, PAGE_SIZE);
	xa_lock(&sim->pages);
	used = atomic_long_read(&sim->backed);
	if (limit >> PAGE_SHIFT < used)
		err = gv_fail(why, -EBUSY, GPUVIRT_REASON_BACKING_LIMIT,
			      GPUVIRT_A_GPU_BACKING_LIMIT,
			      "%lu KiB are backed already, the limit would be %llu",
			      used << (PAGE_SHIFT - 10), limit >> 10);
	else
		atomic_long_set(&sim->limit, limit >> PAGE_SHIFT);
	xa_unlock(&sim->pages);

	return err;
}

const struct gv_backend_ops gv_sim_backend_ops = {
	.owner = THIS_MODULE,
	.name = GV_SIM_DRIVER,
	.vram_page = gv_sim_vram_page,
	.vram_zero = gv_sim_vram_zero,
	.vram_free = gv_sim_vram_free,
	.backing = gv_sim_backing,
	.set_backing_limit = gv_sim_set_backing_limit,
	.sriov_blocked = gv_sim_sriov_blocked,
};

void gv_sim_vram_init(struct gv_sim *sim)
{
	xa_init_flags(&sim->pages, XA_FLAGS_ACCOUNT);
}

/**
 * gv_sim_vram_exit() - give up the VRAM
 * @sim: a simulated GPU that has no vGPUs any more
 */
void gv_sim_vram_exit(struct gv_sim *sim)
{
	WARN_ON(!xa_empty(&sim->pages));
	xa_destroy(&sim->pages);
}
