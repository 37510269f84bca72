/* SPDX-License-Identifier: GPL-2.0 */
/* A small VFIO client: what a VMM does with a vGPU, one call at a time. */
#ifndef GV_VFIO_H
#define GV_VFIO_H

#include <linux/vfio.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/types.h>

#define GV_BAR_SCANOUT 0
#define GV_BAR_ENGINE 1
#define GV_BAR_MMIO 2
#define GV_BAR_VRAM 4
#define GV_CONFIG VFIO_PCI_CONFIG_REGION_INDEX
#define GV_DISPLAY VFIO_PCI_NUM_REGIONS
#define GV_NR_REGIONS (VFIO_PCI_NUM_REGIONS + 2)

#define GV_IRQ_INTX VFIO_PCI_INTX_IRQ_INDEX
#define GV_IRQ_MSI VFIO_PCI_MSI_IRQ_INDEX
#define GV_IRQ_MSIX VFIO_PCI_MSIX_IRQ_INDEX
#define GV_IRQ_ERR VFIO_PCI_ERR_IRQ_INDEX
#define GV_IRQ_REQ VFIO_PCI_REQ_IRQ_INDEX

/* Registers of BAR1. */
#define GV_ENGINE_ID 0x00
#define GV_ENGINE_STATUS 0x18
#define GV_ENGINE_RAISE 0x1c
#define GV_ENGINE_ACK 0x20
#define GV_ENGINE_SCRATCH 0x24

/* DISPI register n of BAR2. */
#define GV_DISPI(n) (0x500 + 2 * (n))
#define GV_DISPI_ID 0
#define GV_DISPI_XRES 1
#define GV_DISPI_YRES 2
#define GV_DISPI_BPP 3
#define GV_DISPI_ENABLE 4
#define GV_DISPI_VIRT_WIDTH 6
#define GV_DISPI_X_OFFSET 8
#define GV_DISPI_Y_OFFSET 9
#define GV_DISPI_MEMORY 10

#define GV_MIB (1ULL << 20)
#define GV_PAGE 4096UL

struct gv_vfio {
	int container;
	int group;
	int device;
	unsigned int number;	/* of the group */
	char id[40];
};

/*
 * By its UUID, or its PCI address. 0 or a negative errno; nothing is left open
 * after an error.
 */
int gv_vfio_open(struct gv_vfio *v, const char *id);
void gv_vfio_close(struct gv_vfio *v);
/* The same, and end the test if it can't be opened. */
void gv_vfio_must_open(struct gv_vfio *v, const char *id);

/* An ioctl on the device: its result or a negative errno. */
int gv_dev_ioctl(const struct gv_vfio *v, unsigned long cmd, void *arg);

/* Where an access to a region goes to in the file. */
static inline uint64_t gv_at(unsigned int region, uint64_t pos)
{
	return ((uint64_t)region << 40) + pos;
}

/* Number of bytes or a negative errno. */
ssize_t gv_read(const struct gv_vfio *v, unsigned int region, uint64_t pos,
		void *buf, size_t len);
ssize_t gv_write(const struct gv_vfio *v, unsigned int region, uint64_t pos,
		 const void *buf, size_t len);

/* Of registers; the test ends if they can't be accessed. */
uint32_t gv_get(const struct gv_vfio *v, unsigned int region, uint64_t pos,
		size_t len);
void gv_put(const struct gv_vfio *v, unsigned int region, uint64_t pos,
	    size_t len, uint32_t val);

/* NULL and errno if it can't be mapped. */
void *gv_map(const struct gv_vfio *v, unsigned int region, uint64_t pos,
	     size_t len, int prot);

/* Set a mode: 32 bits a pixel unless bpp says otherwise. */
void gv_mode(const struct gv_vfio *v, unsigned int xres, unsigned int yres,
	     unsigned int bpp);

/* VFIO_DEVICE_SET_IRQS with any data: 0 or a negative errno. */
int gv_irq(const struct gv_vfio *v, uint32_t index, uint32_t flags,
	   uint32_t start, uint32_t count, const void *data, size_t size);
int gv_irq_fd(const struct gv_vfio *v, uint32_t index, uint32_t action, int fd);
int gv_irq_none(const struct gv_vfio *v, uint32_t index, uint32_t action,
		uint32_t count);
int gv_irq_bool(const struct gv_vfio *v, uint32_t index, uint32_t action,
		uint8_t val);

int gv_eventfd(void);
/* How often it was signalled, waiting that long for the first time. */
uint64_t gv_fired(int fd, int ms);

/* Memory that the device can get at by an address: 0 or a negative errno. */
#define GV_DMA_RW (VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE)
int gv_dma_map(const struct gv_vfio *v, uint64_t iova, void *memory,
	       size_t size, uint32_t flags);
int gv_dma_unmap(const struct gv_vfio *v, uint64_t iova, size_t size);

bool gv_all(const void *buf, size_t len, uint8_t val);

#endif
