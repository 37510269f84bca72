// SPDX-License-Identifier: GPL-2.0
/*
 * Domains of the software IOMMU: which addresses a device can use, as a table of
 * pages; and the one place where a simulated function gets at memory.
 */
#include <linux/atomic.h>
#include <linux/iommu.h>
#include <linux/ioport.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/xarray.h>

#include "iommu.h"
#include "sim.h"

#define GV_ENTRY_READ 1UL
#define GV_ENTRY_WRITE 2UL
#define GV_ENTRY_SHIFT 2

/**
 * struct gv_sim_domain - addresses that devices can use
 * @domain: the core's part
 * @pages: what each page is mapped to, a page frame number and rights. Its lock
 *	is held while a page is accessed, so none is once its entry is erased.
 */
struct gv_sim_domain {
	struct iommu_domain domain;
	struct xarray pages;
};

/* Domains whose memory is not freed yet. */
static atomic_t gv_domains = ATOMIC_INIT(0);

static struct gv_sim_domain *to_gv_sim_domain(struct iommu_domain *domain)
{
	return container_of(domain, struct gv_sim_domain, domain);
}

/*
 * Waits for an access that is under way. A domain that lets everything through,
 * or nothing, is none for us: a function of ours never gets at memory by itself.
 */
static void gv_domain_set(struct device *dev, struct gv_sim_domain *domain)
{
	struct gv_sim_function *fn = gv_sim_function_of(to_pci_dev(dev));

	spin_lock(&fn->dma_lock);
	fn->domain = domain;
	spin_unlock(&fn->dma_lock);
}

static int gv_domain_map(struct iommu_domain *iommu_domain, unsigned long iova,
			 phys_addr_t paddr, size_t pgsize, size_t pgcount,
			 int prot, gfp_t gfp, size_t *mapped)
{
	struct gv_sim_domain *domain = to_gv_sim_domain(iommu_domain);
	unsigned long index = iova >> PAGE_SHIFT;
	unsigned long pfn = paddr >> PAGE_SHIFT;
	unsigned long rights = 0;
	size_t i;
	int err;

	if (prot & IOMMU_READ)
		rights |= GV_ENTRY_READ;
	if (prot & IOMMU_WRITE)
		rights |= GV_ENTRY_WRITE;
	for (i = 0; i < pgcount; i++) {
		err = xa_insert(&domain->pages, index + i,
				xa_mk_value((pfn + i) << GV_ENTRY_SHIFT | rights),
				gfp);
		if (err)
			return err == -EBUSY ? -EADDRINUSE : err;
		*mapped += pgsize;
	}
	return 0;
}

static size_t gv_domain_unmap(struct iommu_domain *iommu_domain,
			      unsigned long iova, size_t pgsize, size_t pgcount,
			      struct iommu_iotlb_gather *gather)
{
	struct gv_sim_domain *domain = to_gv_sim_domain(iommu_domain);
	unsigned long index = iova >> PAGE_SHIFT;
	size_t i;

	for (i = 0; i < pgcount; i++)
		if (!xa_erase(&domain->pages, index + i))
			break;
	return i * pgsize;
}

static phys_addr_t gv_domain_iova_to_phys(struct iommu_domain *iommu_domain,
					  dma_addr_t iova)
{
	struct gv_sim_domain *domain = to_gv_sim_domain(iommu_domain);
	void *entry = xa_load(&domain->pages, iova >> PAGE_SHIFT);

	if (!entry)
		return 0;
	return PFN_PHYS(xa_to_value(entry) >> GV_ENTRY_SHIFT) |
	       offset_in_page(iova);
}

static void gv_domain_free(struct iommu_domain *iommu_domain)
{
	struct gv_sim_domain *domain = to_gv_sim_domain(iommu_domain);

	xa_destroy(&domain->pages);
	kfree(domain);
	atomic_dec(&gv_domains);
}

static int gv_domain_attach(struct iommu_domain *domain,
			    struct device *dev GV_IOMMU_OLD_DOMAIN)
{
	gv_domain_set(dev, to_gv_sim_domain(domain));
	return 0;
}

static int gv_null_attach(struct iommu_domain *domain,
			  struct device *dev GV_IOMMU_OLD_DOMAIN)
{
	gv_domain_set(dev, NULL);
	return 0;
}

#ifdef GV_HAVE_IOMMU_BUS_OPS
static void gv_domain_detach(struct iommu_domain *domain, struct device *dev)
{
	gv_domain_set(dev, NULL);
}
#endif

static struct gv_sim_domain *gv_domain_alloc(void)
{
	struct gv_sim_domain *domain = kzalloc(sizeof(*domain), GFP_KERNEL);

	if (!domain)
		return NULL;
	xa_init(&domain->pages);
	domain->domain.pgsize_bitmap = PAGE_SIZE;
	domain->domain.geometry.aperture_end = DMA_BIT_MASK(48);
	domain->domain.geometry.force_aperture = true;
	atomic_inc(&gv_domains);
	return domain;
}

const struct iommu_domain_ops gv_domain_ops = {
	.attach_dev = gv_domain_attach,
#ifdef GV_HAVE_IOMMU_BUS_OPS
	.detach_dev = gv_domain_detach,
#endif
	.map_pages = gv_domain_map,
	.unmap_pages = gv_domain_unmap,
	.iova_to_phys = gv_domain_iova_to_phys,
	.free = gv_domain_free,
};

#ifdef GV_HAVE_IOMMU_BUS_OPS
static const struct iommu_domain_ops gv_null_ops = {
	.attach_dev = gv_null_attach,
	.detach_dev = gv_domain_detach,
	.free = gv_domain_free,
};

struct iommu_domain *gv_iommu_domain_alloc(unsigned int type)
{
	struct gv_sim_domain *domain;

	if (type != IOMMU_DOMAIN_IDENTITY && type != IOMMU_DOMAIN_BLOCKED &&
	    type != IOMMU_DOMAIN_UNMANAGED)
		return NULL;
	domain = gv_domain_alloc();
	if (!domain)
		return NULL;
	if (type != IOMMU_DOMAIN_UNMANAGED)
		domain->domain.ops = &gv_null_ops;
	return &domain->domain;
}
#else
static const struct iommu_domain_ops gv_null_ops = {
	.attach_dev = gv_null_attach,
};

struct iommu_domain gv_identity_domain = {
	.type = IOMMU_DOMAIN_IDENTITY,
	.ops = &gv_null_ops,
};

struct iommu_domain gv_blocked_domain = {
	.type = IOMMU_DOMAIN_BLOCKED,
	.ops = &gv_null_ops,
};

struct iommu_domain *gv_iommu_domain_alloc_paging(struct device *dev)
{
	struct gv_sim_domain *domain = gv_domain_alloc();

	return domain ? &domain->domain : ERR_PTR(-ENOMEM);
}

#endif

/**
 * gv_domains_exist() - are there domains whose memory is not freed yet
 *
 * Return: true if there are.
 */
bool gv_domains_exist(void)
{
	return atomic_read(&gv_domains);
}

/**
 * gv_domain_forget() - let no domain translate for a device
 * @dev: the device
 */
void gv_domain_forget(struct device *dev)
{
	gv_domain_set(dev, NULL);
}

static enum gv_sim_dma gv_domain_access(struct gv_sim_domain *domain, u64 iova,
					void *buf, size_t len, bool to_memory)
{
	void *entry = xa_load(&domain->pages, iova >> PAGE_SHIFT);
	unsigned long pfn, rights;
	u8 *memory;

	if (!entry)
		return GV_SIM_DMA_UNMAPPED;
	pfn = xa_to_value(entry) >> GV_ENTRY_SHIFT;
	rights = to_memory ? GV_ENTRY_WRITE : GV_ENTRY_READ;
	if (!(xa_to_value(entry) & rights))
		return GV_SIM_DMA_DENIED;
	/* VFIO maps the BARs of other devices, too. */
	if (!pfn_valid(pfn) || !page_is_ram(pfn))
		return GV_SIM_DMA_NOT_RAM;

	memory = kmap_local_page(pfn_to_page(pfn));
	if (to_memory)
		memcpy(memory + offset_in_page(iova), buf, len);
	else
		memcpy(buf, memory + offset_in_page(iova), len);
	kunmap_local(memory);
	return GV_SIM_DMA_OK;
}

/**
 * gv_sim_iommu_dma() - access memory as a device does
 * @fn: the function that does
 * @iova: address, by the function's domain
 * @buf: where the bytes come from or go to
 * @len: how many, within one page
 * @to_memory: it is a write
 *
 * When a page was unmapped or a domain detached, no access to it is under way
 * any more.
 *
 * Context: process.
 * Return: GV_SIM_DMA_OK, or what was wrong.
 */
enum gv_sim_dma gv_sim_iommu_dma(struct gv_sim_function *fn, u64 iova,
				 void *buf, size_t len, bool to_memory)
{
	struct gv_sim_domain *domain;
	enum gv_sim_dma ret;

	spin_lock(&fn->dma_lock);
	domain = fn->domain;
	if (!gv_sim_config_master(fn)) {
		ret = GV_SIM_DMA_NO_MASTER;
	} else if (!domain) {
		ret = GV_SIM_DMA_NO_DOMAIN;
	} else {
		xa_lock(&domain->pages);
		ret = gv_domain_access(domain, iova, buf, len, to_memory);
		xa_unlock(&domain->pages);
	}
	spin_unlock(&fn->dma_lock);

	return ret;
}
