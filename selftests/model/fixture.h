/* SPDX-License-Identifier: GPL-2.0 */
/* A vGPU and a simulated GPU, as the modules would have made them. */
#ifndef GV_FIXTURE_H
#define GV_FIXTURE_H

#include "vgpu.h"
#include "sim/sim.h"

#include "model.h"

/* The VRAM is only numbers: what would be read or written there is noted. */
struct gv_vram_access {
	bool write;
	u64 pos;
	size_t count;
};

extern struct gv_vram_access gv_last_vram;

void gv_make_backend(struct gv_backend *be, u64 vram, u32 max_vgpus);
struct gv_vgpu *gv_make_vgpu(u64 framebuffer, u32 xres, u32 yres);
void gv_drop_vgpu(struct gv_vgpu *vgpu);
/* The modes that a type may have, by chance. */
void gv_some_mode(u64 framebuffer, u32 *xres, u32 *yres);
u64 gv_some_framebuffer(void);

/* An eventfd by its number, which is also its descriptor. */
#define GV_EVENTFDS 8
struct eventfd_ctx {
	unsigned int signalled;
	int refs;
};

extern struct eventfd_ctx gv_eventfds[GV_EVENTFDS];
/* The watch that unmasks INTx: calls what it was set up for. */
bool gv_fire_unmask(void);

/* Memory that the simulated GPU's DMA reaches. */
#define GV_MEMORY (16 * 4096)
extern u8 gv_memory[GV_MEMORY];

struct gv_sim *gv_make_sim(u32 total_vfs, enum gpuvirt_root_port port);
void gv_drop_sim(struct gv_sim *sim);
/* Let the functions do what they have queued. */
void gv_run_work(struct gv_sim *sim);
/* Pages that back windows now. */
extern unsigned int gv_window_pages;
extern unsigned int gv_window_limit;
extern unsigned int gv_msis;

#endif
