// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "drill.h"
#include "nl_gpu.h"
#include "vmm.h"

#define GV_VMM_IOVA 0x100000

static __thread sigjmp_buf gv_vmm_jump;
static __thread volatile bool gv_vmm_careful;

/* A fault where one may come; any other ends the process. */
static void gv_vmm_fault(int sig)
{
	if (gv_vmm_careful)
		siglongjmp(gv_vmm_jump, sig);
	signal(sig, SIG_DFL);
	raise(sig);
}

/* Store to or load from a mapping: beyond the backing limit there is a SIGBUS. */
static void gv_vmm_touch(volatile uint8_t *p, bool write)
{
	if (!sigsetjmp(gv_vmm_jump, 1)) {
		gv_vmm_careful = true;
		if (write)
			*p = 0xa5;
		else
			(void)*p;
	}
	gv_vmm_careful = false;
}

static void gv_vmm_irqs(struct gv_vmm *vmm)
{
	vmm->intx = gv_eventfd();
	vmm->msi = gv_eventfd();
	vmm->req = gv_eventfd();
	if (gv_irq_fd(&vmm->v, GV_IRQ_REQ, VFIO_IRQ_SET_ACTION_TRIGGER,
		      vmm->req) ||
	    gv_irq_fd(&vmm->v, GV_IRQ_INTX, VFIO_IRQ_SET_ACTION_TRIGGER,
		      vmm->intx))
		gv_ktap_bail("no interrupts for a VMM");
}

int gv_vmm_open(struct gv_vmm *vmm, const char *uuid, size_t fb)
{
	struct sigaction act = { .sa_handler = gv_vmm_fault };
	int err;

	memset(vmm, 0, sizeof(*vmm));
	err = gv_vfio_open(&vmm->v, uuid);
	if (err)
		return err;
	sigaction(SIGBUS, &act, NULL);
	vmm->fb = fb;
	vmm->vram = gv_map(&vmm->v, GV_BAR_VRAM, 0, fb,
			   PROT_READ | PROT_WRITE);
	vmm->scanout = gv_map(&vmm->v, GV_BAR_SCANOUT, 0, GV_PAGE,
			      PROT_READ | PROT_WRITE);
	vmm->ram = mmap(NULL, GV_VMM_RAM, PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (!vmm->vram || !vmm->scanout || vmm->ram == MAP_FAILED)
		gv_ktap_bail("no memory for a VMM: %m");
	/* A child would keep the device by them. */
	madvise(vmm->vram, fb, MADV_DONTFORK);
	madvise(vmm->scanout, GV_PAGE, MADV_DONTFORK);
	gv_vmm_irqs(vmm);
	gv_dma_map(&vmm->v, GV_VMM_IOVA, vmm->ram, GV_VMM_RAM, GV_DMA_RW);
	return 0;
}

static void gv_vmm_file(struct gv_vmm *vmm, uint64_t *state)
{
	static const unsigned int regions[] = {
		GV_CONFIG, GV_BAR_ENGINE, GV_BAR_MMIO, GV_BAR_SCANOUT,
		GV_BAR_VRAM, GV_DISPLAY,
	};
	unsigned int region = regions[gv_below(state, 6)];
	uint64_t pos = gv_below(state, region == GV_BAR_VRAM ? vmm->fb : 4096);
	size_t len = 1 + gv_below(state, 4096);
	uint8_t buf[4096];

	if (gv_below(state, 2))
		len = 1 << gv_below(state, 4);
	memset(buf, gv_below(state, 256), sizeof(buf));
	if (gv_below(state, 2))
		gv_read(&vmm->v, region, pos, buf, len);
	else
		gv_write(&vmm->v, region, pos, buf, len);
}

static void gv_vmm_interrupts(struct gv_vmm *vmm, uint64_t *state)
{
	uint32_t causes = gv_random(state) >> 32;
	bool msi = gv_below(state, 2);

	switch (gv_below(state, 4)) {
	case 0:
		gv_irq_none(&vmm->v, GV_IRQ_INTX, VFIO_IRQ_SET_ACTION_TRIGGER,
			    0);
		gv_irq_none(&vmm->v, GV_IRQ_MSI, VFIO_IRQ_SET_ACTION_TRIGGER,
			    0);
		gv_irq_fd(&vmm->v, msi ? GV_IRQ_MSI : GV_IRQ_INTX,
			  VFIO_IRQ_SET_ACTION_TRIGGER,
			  msi ? vmm->msi : vmm->intx);
		break;
	case 1:
		gv_irq_none(&vmm->v, GV_IRQ_INTX, VFIO_IRQ_SET_ACTION_UNMASK, 1);
		break;
	case 2:
		gv_write(&vmm->v, GV_BAR_ENGINE, GV_ENGINE_ACK, &causes, 4);
		break;
	default:
		gv_write(&vmm->v, GV_BAR_ENGINE, GV_ENGINE_RAISE, &causes, 4);
	}
}

/* Mappings that overlap those there are; each ends as soon as it was made. */
static void gv_vmm_map(struct gv_vmm *vmm, uint64_t *state)
{
	uint64_t pos = gv_below(state, vmm->fb / GV_PAGE) * GV_PAGE;
	uint8_t *map = gv_map(&vmm->v, GV_BAR_VRAM, pos, GV_PAGE,
			      PROT_READ | PROT_WRITE);

	if (!map)
		return;
	gv_vmm_touch(map + gv_below(state, GV_PAGE), gv_below(state, 2));
	munmap(map, GV_PAGE);
}

void gv_vmm_step(struct gv_vmm *vmm, uint64_t *state)
{
	unsigned int i;

	switch (gv_below(state, 16)) {
	case 0 ... 4:
		gv_vmm_file(vmm, state);
		break;
	case 5 ... 9:
		/* As a guest that draws: many pages one after the other. */
		for (i = 0; vmm->vram && i < 16; i++)
			gv_vmm_touch(vmm->vram + gv_below(state, vmm->fb),
				     gv_below(state, 4));
		break;
	case 10 ... 12:
		gv_vmm_interrupts(vmm, state);
		break;
	case 13:
		gv_vmm_map(vmm, state);
		break;
	case 14:
		gv_dma_unmap(&vmm->v, GV_VMM_IOVA, GV_VMM_RAM);
		gv_dma_map(&vmm->v, GV_VMM_IOVA, vmm->ram, GV_VMM_RAM,
			   GV_DMA_RW);
		break;
	default:
		if (!gv_below(state, 8))
			gv_dev_ioctl(&vmm->v, VFIO_DEVICE_RESET, NULL);
		else if (vmm->scanout)
			gv_vmm_touch(vmm->scanout, true);
	}
}

/* What one of the steps of an end does; each is done once. */
static void gv_vmm_end(struct gv_vmm *vmm, unsigned int what)
{
	switch (what) {
	case 0:
		munmap(vmm->vram, vmm->fb);
		vmm->vram = NULL;
		break;
	case 1:
		munmap(vmm->scanout, GV_PAGE);
		vmm->scanout = NULL;
		break;
	case 2:
		munmap(vmm->ram, GV_VMM_RAM);
		vmm->ram = NULL;
		break;
	case 3:
		close(vmm->intx);
		close(vmm->msi);
		break;
	case 4:
		close(vmm->req);
		break;
	default:
		gv_vfio_close(&vmm->v);
	}
}

void gv_vmm_close(struct gv_vmm *vmm, uint64_t *state)
{
	unsigned int left = 6, order[6] = { 0, 1, 2, 3, 4, 5 }, i;

	while (left) {
		i = gv_below(state, left);
		/* A mapping keeps the device, whoever has closed its file. */
		if (vmm->vram && gv_below(state, 2))
			gv_vmm_touch(vmm->vram + gv_below(state, vmm->fb),
				     true);
		gv_vmm_end(vmm, order[i]);
		order[i] = order[--left];
	}
}
