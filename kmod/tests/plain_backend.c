// SPDX-License-Identifier: GPL-2.0
/*
 * The smallest backend: plain pages are the VRAM of a GPU that it knows nothing
 * of. It binds only to what is kept for it by driver_override. A beginning for a
 * driver of a real one, see Documentation/backend.rst. Built where
 * GV_TEST_MODULES=y is given, see Kbuild, and never installed.
 */
#include <linux/err.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/spinlock.h>

#include <gpuvirt/ops.h>

#define GV_PLAIN_NAME "gpuvirt-plain"
#define GV_PLAIN_VRAM (64 * GV_VRAM_GRANULE)
#define GV_PLAIN_PAGES (GV_PLAIN_VRAM >> PAGE_SHIFT)

struct gv_plain {
	struct gv_backend *be;
	struct mutex lock;		/* guards pages */
	spinlock_t count_lock;		/* guards limit and used */
	u64 limit;
	u64 used;
	struct page *pages[GV_PLAIN_PAGES];
};

/* quote: refusal */
static int gv_plain_set_limit(void *priv, u64 limit, struct gv_why *why)
{
	struct gv_plain *gpu = priv;
	int err = 0;

	spin_lock(&gpu->count_lock);
	if (limit < gpu->used)
		err = gv_fail(why, -EBUSY, GPUVIRT_REASON_BACKING_LIMIT,
			      GPUVIRT_A_GPU_BACKING_LIMIT,
			      "%llu KiB are backed already, the limit would be %llu",
			      gpu->used >> 10, limit >> 10);
	else
		gpu->limit = limit;
	spin_unlock(&gpu->count_lock);

	return err;
}

/* end */
static void gv_plain_backing(void *priv, u64 *limit, u64 *used)
{
	struct gv_plain *gpu = priv;

	spin_lock(&gpu->count_lock);
	*limit = gpu->limit;
	*used = gpu->used;
	spin_unlock(&gpu->count_lock);
}

static bool gv_plain_charge(struct gv_plain *gpu)
{
	bool fits;

	spin_lock(&gpu->count_lock);
	fits = gpu->used + PAGE_SIZE <= gpu->limit;
	if (fits)
		gpu->used += PAGE_SIZE;
	spin_unlock(&gpu->count_lock);

	return fits;
}

static void gv_plain_uncharge(struct gv_plain *gpu)
{
	spin_lock(&gpu->count_lock);
	gpu->used -= PAGE_SIZE;
	spin_unlock(&gpu->count_lock);
}

static struct page *gv_plain_back(struct gv_plain *gpu, struct gv_slice *slice)
{
	struct page *page;

	if (!gv_plain_charge(gpu))
		return ERR_PTR(-ENOSPC);
	page = alloc_page(GFP_KERNEL_ACCOUNT | __GFP_HIGHMEM | __GFP_ZERO);
	if (!page) {
		gv_plain_uncharge(gpu);
		return ERR_PTR(-ENOMEM);
	}
	atomic_long_inc(&slice->backed);
	return page;
}

/* quote: page */
static struct page *gv_plain_page(void *priv, struct gv_slice *slice,
				  unsigned long index, bool alloc)
{
	struct gv_plain *gpu = priv;
	struct page **place, *page;

	place = &gpu->pages[(slice->offset >> PAGE_SHIFT) + index];
	mutex_lock(&gpu->lock);
	page = *place;
	if (!page && alloc) {
		page = gv_plain_back(gpu, slice);
		if (!IS_ERR(page))
			*place = page;
	}
	if (!IS_ERR_OR_NULL(page))
		get_page(page);		/* the caller's */
	mutex_unlock(&gpu->lock);

	return page;
}

/* end */
/* Zero what is backed of a slice, and give it back if it is not kept. */
static void gv_plain_clear(struct gv_plain *gpu, struct gv_slice *slice,
			   bool keep)
{
	unsigned long i = slice->offset >> PAGE_SHIFT;
	unsigned long end = i + (slice->size >> PAGE_SHIFT);

	mutex_lock(&gpu->lock);
	for (; i < end; i++) {
		if (!gpu->pages[i])
			continue;
		clear_highpage(gpu->pages[i]);
		if (keep)
			continue;
		put_page(gpu->pages[i]);
		gpu->pages[i] = NULL;
		atomic_long_dec(&slice->backed);
		gv_plain_uncharge(gpu);
	}
	mutex_unlock(&gpu->lock);
}

static void gv_plain_zero(void *priv, struct gv_slice *slice)
{
	gv_plain_clear(priv, slice, true);
}

static void gv_plain_free(void *priv, struct gv_slice *slice)
{
	gv_plain_clear(priv, slice, false);
}

/* quote: ops */
static const struct gv_backend_ops gv_plain_ops = {
	.owner = THIS_MODULE,
	.name = GV_PLAIN_NAME,
	.vram_page = gv_plain_page,
	.vram_zero = gv_plain_zero,
	.vram_free = gv_plain_free,
	.backing = gv_plain_backing,
	.set_backing_limit = gv_plain_set_limit,
};

/* end */
/* quote: probe */
static int gv_plain_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	static const struct gv_backend_desc desc = {
		.model = "plain pages",
		.vram = GV_PLAIN_VRAM,	/* bytes, whole MiB */
		.max_vgpus = 8,
	};
	struct gv_plain *gpu;

	gpu = kvzalloc(sizeof(*gpu), GFP_KERNEL);
	if (!gpu)
		return -ENOMEM;
	mutex_init(&gpu->lock);
	spin_lock_init(&gpu->count_lock);
	gpu->limit = GV_PLAIN_VRAM;
	gpu->be = gv_backend_register(pdev, &gv_plain_ops, &desc, gpu);
	if (IS_ERR(gpu->be)) {
		int err = PTR_ERR(gpu->be);

		kvfree(gpu);
		return err;
	}
	pci_set_drvdata(pdev, gpu);
	return 0;
}

static void gv_plain_remove(struct pci_dev *pdev)
{
	struct gv_plain *gpu = pci_get_drvdata(pdev);

	gv_backend_unregister(gpu->be);
	kvfree(gpu);
}

/* end */
static const struct pci_device_id gv_plain_ids[] = {
	{ }
};

static struct pci_driver gv_plain_driver = {
	.name = GV_PLAIN_NAME,
	.id_table = gv_plain_ids,
	.probe = gv_plain_probe,
	.remove = gv_plain_remove,
};
module_pci_driver(gv_plain_driver);

MODULE_DESCRIPTION("smallest backend of gpuvirt, for its tests");
MODULE_LICENSE("GPL");
