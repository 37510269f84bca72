// SPDX-License-Identifier: GPL-2.0
/* What the sources of the modules call and are not compiled here; fixtures. */
#include "fixture.h"
#include "bus.h"
#include "event.h"
#include "mdev.h"
#include "netlink.h"
#include "state.h"
#include "vgpu_list.h"

struct gv_vram_access gv_last_vram;
struct eventfd_ctx gv_eventfds[GV_EVENTFDS];
u8 gv_memory[GV_MEMORY];
unsigned int gv_window_pages, gv_window_limit, gv_msis;

static struct gv_gpu gpu;
static struct pci_dev pdev;

static struct {
	void *opaque;
	int (*handler)(void *opaque, void *data);
	void (*thread)(void *opaque, void *data);
	struct virqfd **slot;
} watch;

struct page *gv_shim_zero_page(void)
{
	static struct page page;

	return &page;
}

/* eventfd */
void eventfd_signal(struct eventfd_ctx *ctx)
{
	ctx->signalled++;
}

struct eventfd_ctx *eventfd_ctx_fdget(int fd)
{
	if (fd >= GV_EVENTFDS)
		return ERR_PTR(-EBADF);
	gv_eventfds[fd].refs++;
	return &gv_eventfds[fd];
}

void eventfd_ctx_put(struct eventfd_ctx *ctx)
{
	gv_expect(ctx->refs > 0, "a reference is given back twice");
	ctx->refs--;
}

int vfio_virqfd_enable(void *opaque, int (*handler)(void *, void *),
		       void (*thread)(void *, void *), void *data,
		       struct virqfd **pvirqfd, int fd)
{
	if (*pvirqfd)
		return -EBUSY;
	watch.opaque = opaque;
	watch.handler = handler;
	watch.thread = thread;
	watch.slot = pvirqfd;
	*pvirqfd = (struct virqfd *)&watch;
	return 0;
}

void vfio_virqfd_disable(struct virqfd **pvirqfd)
{
	*pvirqfd = NULL;
	watch.slot = NULL;
}

bool gv_fire_unmask(void)
{
	if (!watch.slot || !*watch.slot)
		return false;
	if (watch.handler(watch.opaque, NULL))
		watch.thread(watch.opaque, NULL);
	return true;
}

/* VFIO and mdev */
int vfio_info_add_capability(struct vfio_info_cap *caps,
			     struct vfio_info_cap_header *cap, size_t size)
{
	caps->buf = realloc(caps->buf, caps->size + size);
	memcpy((u8 *)caps->buf + caps->size, cap, size);
	caps->size += size;
	return 0;
}

int gv_mdev_register(struct gv_backend *be)
{
	return 0;
}

void gv_mdev_unregister(struct gv_backend *be)
{
}

int gv_mdev_type_add(struct gv_type *type)
{
	return 0;
}

void gv_mdev_type_del(struct gv_type *type)
{
	free(type);
}

void gv_mdev_types_changed(struct gv_backend *be)
{
}

void gv_event_type(u8 cmd, struct gv_type *type)
{
}

void gv_event_gpu(u8 cmd, struct gv_gpu *gpu)
{
}

int gv_vgpu_list_blame_open(const struct gv_backend *be, u16 attr,
			    struct gv_why *why)
{
	return -EBUSY;
}

/* There is one GPU. */
struct gv_gpu *gv_gpu_find(const char *address, u16 attr, struct gv_why *why)
{
	return &gpu;
}

struct gv_gpu *gv_gpu_next(struct gv_gpu *prev)
{
	return prev ? NULL : &gpu;
}

u64 gv_event_config_seq(void)
{
	return 1;
}

u64 gv_event_runtime_seq(void)
{
	return 1;
}

u32 gv_bus_changes(void)
{
	return 0;
}

void gv_event_stop(void)
{
}

struct gv_gpu *gv_gpu_find_pdev(const struct pci_dev *pdev)
{
	return NULL;
}

void gv_gpu_put(struct gv_gpu *gpu)
{
}

int gv_gpu_change_begin(struct gv_gpu *gpu, u16 attr, struct gv_why *why)
{
	return 0;
}

ssize_t gv_vgpu_vram_read(struct gv_vgpu *vgpu, u64 pos, char __user *buf,
			  size_t count)
{
	gv_last_vram = (struct gv_vram_access){ false, pos, count };
	return count;
}

ssize_t gv_vgpu_vram_write(struct gv_vgpu *vgpu, u64 pos,
			   const char __user *buf, size_t count)
{
	gv_last_vram = (struct gv_vram_access){ true, pos, count };
	return count;
}

/* Netlink */
struct sk_buff *gv_reply;

/* Handlers of other requests are not asked. */
#define ELSEWHERE(name)							\
int name(struct sk_buff *skb, struct genl_info *info)			\
{									\
	abort();							\
}

#define ELSEWHERE_DUMP(name)						\
int name(struct sk_buff *skb, struct netlink_callback *cb)		\
{									\
	abort();							\
}

ELSEWHERE(gpuvirt_nl_gpu_get_doit)
ELSEWHERE(gpuvirt_nl_gpu_set_doit)
ELSEWHERE(gpuvirt_nl_vgpu_get_doit)
ELSEWHERE(gpuvirt_nl_vgpu_retire_doit)
ELSEWHERE(gpuvirt_nl_vgpu_reset_doit)
ELSEWHERE(gpuvirt_nl_vf_get_doit)
ELSEWHERE(gpuvirt_nl_vf_enable_doit)
ELSEWHERE(gpuvirt_nl_vf_disable_doit)
ELSEWHERE(gpuvirt_nl_vf_reset_doit)
ELSEWHERE(gpuvirt_nl_id_get_doit)
ELSEWHERE(gpuvirt_nl_id_new_doit)
ELSEWHERE(gpuvirt_nl_id_del_doit)
ELSEWHERE(gpuvirt_nl_sim_new_doit)
ELSEWHERE(gpuvirt_nl_sim_del_doit)
ELSEWHERE(gpuvirt_nl_sim_set_doit)
ELSEWHERE(gpuvirt_nl_operation_get_doit)
ELSEWHERE(gpuvirt_nl_group_get_doit)
ELSEWHERE_DUMP(gpuvirt_nl_gpu_get_dumpit)
ELSEWHERE_DUMP(gpuvirt_nl_vgpu_get_dumpit)
ELSEWHERE_DUMP(gpuvirt_nl_vf_get_dumpit)
ELSEWHERE_DUMP(gpuvirt_nl_id_get_dumpit)
ELSEWHERE_DUMP(gpuvirt_nl_operation_get_dumpit)
ELSEWHERE_DUMP(gpuvirt_nl_group_get_dumpit)

/* A vGPU */
void gv_make_backend(struct gv_backend *be, u64 vram, u32 max_vgpus)
{
	memset(be, 0, sizeof(*be));
	gpu.pdev = &pdev;
	be->gpu = &gpu;
	gpu.be = be;
	be->max_vgpus = max_vgpus;
	gv_vram_init(&be->vram, vram);
	INIT_LIST_HEAD(&be->types);
}

u64 gv_some_framebuffer(void)
{
	u64 mib = gv_below(2) ? 4 + gv_below(64) : 4 + gv_below(1 << 17);

	return mib << 20;
}

void gv_some_mode(u64 framebuffer, u32 *xres, u32 *yres)
{
	do {
		*xres = 64 + 8 * gv_below(504);
		*yres = 64 + gv_below(4032);
	} while ((u64)*xres * *yres * 4 > gv_scanout_size(framebuffer) ||
		 gv_edid_clock(*xres, *yres) > GV_EDID_CLOCK_MAX);
}

struct gv_vgpu *gv_make_vgpu(u64 framebuffer, u32 xres, u32 yres)
{
	struct gv_vgpu *vgpu = calloc(1, sizeof(*vgpu));

	vgpu->type = calloc(1, sizeof(*vgpu->type));
	vgpu->type->params.xres = xres;
	vgpu->type->params.yres = yres;
	vgpu->type->params.framebuffer = framebuffer;
	vgpu->slice.size = framebuffer;
	vgpu->serial = gv_random();
	mutex_init(&vgpu->lock);
	gv_irq_init(vgpu);
	gv_config_init(vgpu);
	gv_mmio_init(vgpu);
	return vgpu;
}

void gv_drop_vgpu(struct gv_vgpu *vgpu)
{
	gv_irq_release(vgpu);
	free(vgpu->type);
	free(vgpu);
}

/* A simulated GPU. Its memory is mapped one to one, pages 2 and 3 read-only. */
bool queue_work(struct workqueue_struct *wq, struct work_struct *work)
{
	return true;
}

void gv_run_work(struct gv_sim *sim)
{
	unsigned int i;

	for (i = 0; i < sim->nr_functions; i++)
		sim->functions[i].work.func(&sim->functions[i].work);
}

enum gv_sim_dma gv_sim_iommu_dma(struct gv_sim_function *fn, u64 iova,
				 void *buf, size_t len, bool to_memory)
{
	gv_expect(iova % PAGE_SIZE + len <= PAGE_SIZE, "DMA crosses a page");
	if (!gv_sim_config_master(fn))
		return GV_SIM_DMA_NO_MASTER;
	if (iova >= GV_MEMORY)
		return GV_SIM_DMA_UNMAPPED;
	if (to_memory && (iova >> PAGE_SHIFT == 2 || iova >> PAGE_SHIFT == 3))
		return GV_SIM_DMA_DENIED;
	if (to_memory)
		memcpy(gv_memory + iova, buf, len);
	else
		memcpy(buf, gv_memory + iova, len);
	return GV_SIM_DMA_OK;
}

void gv_sim_msi_send(struct gv_sim_function *fn)
{
	gv_msis++;
}

struct page *gv_sim_vram_window_page(struct gv_sim *sim)
{
	if (gv_window_pages >= gv_window_limit)
		return NULL;
	gv_window_pages++;
	return calloc(1, sizeof(struct page));
}

void gv_sim_vram_window_free(struct gv_sim *sim, struct page *page)
{
	gv_window_pages--;
	free(page);
}

struct gv_sim *gv_make_sim(u32 total_vfs, enum gpuvirt_root_port port)
{
	unsigned int n = 1 + total_vfs + (port != GPUVIRT_ROOT_PORT_NONE);
	struct gv_sim *sim;

	sim = calloc(1, sizeof(*sim) + n * sizeof(sim->functions[0]));
	sim->total_vfs = total_vfs;
	sim->port = port;
	sim->nr_functions = n;
	gv_window_limit = ~0U;
	gv_sim_functions_init(sim);
	gv_sim_config_init(sim);
	return sim;
}

void gv_drop_sim(struct gv_sim *sim)
{
	gv_sim_functions_exit(sim);
	gv_expect(!gv_window_pages, "%u pages are lost", gv_window_pages);
	free(sim);
}
