// SPDX-License-Identifier: GPL-2.0
/*
 * The simulated GPU's functions: the model is a window of bytes and a memory of
 * bytes, moved one by one; and of configuration space, that what no driver may
 * change does not change.
 */
#include "fixture.h"

#define WINDOW (256 * 1024)
#define VFS 3

struct model {
	u8 window[VFS + 1][WINDOW];
	u8 memory[GV_MEMORY];
	bool master[VFS + 1];
	u32 faults[VFS + 1];
};

static struct model *m;

static u32 mbox(struct gv_sim_function *fn, unsigned int reg)
{
	return gv_sim_config_read(fn, GV_SIM_CAP_MAILBOX + reg, 4);
}

static void set(struct gv_sim_function *fn, unsigned int reg, u32 val)
{
	gv_sim_config_write(fn, GV_SIM_CAP_MAILBOX + reg, 4, val);
}

/* Why a byte of memory can't be had; 0 if it can. */
static u32 fault_at(unsigned int i, u64 iova, bool write)
{
	if (!m->master[i])
		return GV_SIM_DMA_NO_MASTER;
	if (iova >= GV_MEMORY)
		return GV_SIM_DMA_UNMAPPED;
	if (write && (iova / 4096 == 2 || iova / 4096 == 3))
		return GV_SIM_DMA_DENIED;
	return 0;
}

/* Byte by byte; what was done before a fault stays done. */
static u32 carry_out(unsigned int i, const struct gv_sim_command *cmd,
		     u32 *dma, u64 *at)
{
	u64 n;

	if (cmd->op == 0)
		return 0;
	if (cmd->op > 3)
		return GV_MBOX_ERROR_COMMAND;
	if ((u64)cmd->offset + cmd->length > WINDOW)
		return GV_MBOX_ERROR_RANGE;
	if (cmd->op == 3 && (cmd->offset % 4 || cmd->length % 4))
		return GV_MBOX_ERROR_RANGE;
	if (cmd->op != 3 && cmd->length && cmd->iova + cmd->length < cmd->iova)
		return GV_MBOX_ERROR_RANGE;
	for (n = 0; n < cmd->length; n++) {
		u8 *byte = &m->window[i][cmd->offset + n];

		if (cmd->op == 3) {
			*byte = cmd->pattern >> (8 * (n % 4));
			continue;
		}
		*dma = fault_at(i, cmd->iova + n, cmd->op == 2);
		if (*dma) {
			*at = cmd->iova + n;
			return GV_MBOX_ERROR_FAULT;
		}
		if (cmd->op == 2)
			m->memory[cmd->iova + n] = *byte;
		else
			*byte = m->memory[cmd->iova + n];
	}
	return 0;
}

static void command(struct gv_sim *sim, unsigned int i)
{
	struct gv_sim_function *fn = &sim->functions[i];
	struct gv_sim_command cmd = {
		.op = gv_below(16) ? 1 + gv_below(3) : gv_below(256),
		.irq = gv_below(2),
		.iova = gv_below(8) ? gv_below(GV_MEMORY + 4096) : gv_awkward(),
		.length = gv_below(8) ? gv_below(12000) : (u32)gv_awkward(),
		.offset = gv_below(8) ? gv_below(WINDOW) : (u32)gv_awkward(),
		.pattern = gv_random(),
		.fence = gv_random(),
	};
	u32 dma = 0, error, fence = mbox(fn, GV_MBOX_FENCE_DONE);
	unsigned int msis = gv_msis;
	u64 at = 0;

	if (gv_below(2)) {
		cmd.offset &= ~3;
		cmd.length &= ~3;
	}
	set(fn, GV_MBOX_IOVA_LO, cmd.iova);
	set(fn, GV_MBOX_IOVA_HI, cmd.iova >> 32);
	set(fn, GV_MBOX_LENGTH, cmd.length);
	set(fn, GV_MBOX_OFFSET, cmd.offset);
	set(fn, GV_MBOX_PATTERN, cmd.pattern);
	set(fn, GV_MBOX_FENCE, cmd.fence);
	set(fn, GV_MBOX_CAUSE, ~0U);
	set(fn, GV_MBOX_FAULT, ~0U);
	set(fn, GV_MBOX_COMMAND, cmd.op | (cmd.irq ? GV_MBOX_IRQ : 0));
	/* what is written while it is busy changes nothing of the command */
	set(fn, GV_MBOX_LENGTH, gv_random());
	set(fn, GV_MBOX_COMMAND, gv_random());
	gv_expect(mbox(fn, GV_MBOX_STATUS) == GV_MBOX_BUSY, "busy");
	gv_run_work(sim);

	error = carry_out(i, &cmd, &dma, &at);
	gv_expect(mbox(fn, GV_MBOX_STATUS) == error << GV_MBOX_ERROR_SHIFT,
		  "op %u %x at %x: %x, not %x", cmd.op, cmd.length, cmd.offset,
		  mbox(fn, GV_MBOX_STATUS), error);
	gv_expect(mbox(fn, GV_MBOX_FENCE_DONE) == (error ? fence : cmd.fence),
		  "fence");
	gv_expect(gv_msis == msis + cmd.irq, "interrupt");
	if (error == GV_MBOX_ERROR_FAULT) {
		m->faults[i]++;
		gv_expect(mbox(fn, GV_MBOX_FAULT_LO) == (u32)at &&
			  mbox(fn, GV_MBOX_FAULT_HI) == at >> 32, "%llx", at);
		gv_expect(mbox(fn, GV_MBOX_FAULT) ==
			  (1 | (cmd.op == 2 ? 2 : 0) | dma << 4), "fault");
	}
	gv_expect(mbox(fn, GV_MBOX_FAULTS) == m->faults[i], "faults");
	gv_expect(mbox(fn, GV_MBOX_CAUSE) ==
		  (error == GV_MBOX_ERROR_FAULT ? 3 : 1), "cause");
}

static void compare(struct gv_sim *sim, unsigned int i)
{
	struct gv_sim_function *fn = &sim->functions[i];
	unsigned int page;
	bool same;

	for (page = 0; page < GV_SIM_WINDOW_PAGES; page++) {
		struct page *p = fn->window[page] ?: gv_shim_zero_page();

		same = !memcmp(p->data, m->window[i] + page * 4096, 4096);
		gv_expect(same, "page %u of function %u", page, i);
	}
	same = !memcmp(gv_memory, m->memory, GV_MEMORY);
	gv_expect(same, "memory");
}

/* Function-level reset: all that was is gone, and nothing of others. */
static void reset(struct gv_sim *sim, unsigned int i)
{
	struct gv_sim_function *fn = &sim->functions[i];
	u32 devctl = GV_SIM_CAP_EXP + PCI_EXP_DEVCTL;

	gv_sim_config_write(fn, devctl, 2, PCI_EXP_DEVCTL_BCR_FLR);
	gv_expect(gv_sim_config_read(fn, 0, 4) == ~0U, "it answers");
	gv_sim_config_write(fn, 4, 2, 0xffff);
	gv_run_work(sim);
	gv_expect(gv_sim_config_read(fn, 0, 4) != ~0U || i, "it is away");
	gv_expect(!gv_sim_config_read(fn, 4, 2), "command is not 0");
	memset(m->window[i], 0, WINDOW);
	m->master[i] = false;
	m->faults[i] = 0;
}

static void put_master(struct gv_sim *sim, unsigned int i, bool on)
{
	gv_sim_config_write(&sim->functions[i], 4, 2, on ? 4 : 0);
	m->master[i] = on;
}

/* Anything anywhere but the mailbox: what is read-only stays. */
static void poke(struct gv_sim *sim, unsigned int i)
{
	struct gv_sim_function *fn = &sim->functions[i];
	unsigned int size = 1 << gv_below(3), pos, n;
	static u8 before[GV_SIM_CONFIG_SIZE];
	u32 ids = get_unaligned_le32(fn->config);

	pos = gv_below(2) ? gv_below(0x98) : 0x100 + gv_below(4096 - 0x100 + 8);
	memcpy(before, fn->config, sizeof(before));
	gv_sim_config_write(fn, pos, size, gv_awkward());
	/* what began by it, ends */
	gv_run_work(sim);
	for (n = 0; n < GV_SIM_CONFIG_SIZE; n++)
		gv_expect((n >= pos && n < pos + size) ||
			  fn->config[n] == before[n] || fn->config[4] == 0,
			  "byte %x by a write at %x", n, pos);
	gv_expect(get_unaligned_le32(fn->config) == ids, "ids");
}

/* VFs that are enabled keep their number; disabled, they lose what they had. */
static void enable(struct gv_sim *sim)
{
	struct gv_sim_function *pf = &sim->functions[0];
	unsigned int ctrl = GV_SIM_EXT_SRIOV + PCI_SRIOV_CTRL, i;
	unsigned int number = GV_SIM_EXT_SRIOV + PCI_SRIOV_NUM_VF;
	u16 n = gv_below(VFS + 1), other = gv_random();

	gv_sim_config_write(pf, number, 2, n);
	gv_sim_config_write(pf, ctrl, 2, PCI_SRIOV_CTRL_VFE);
	gv_sim_config_write(pf, number, 2, other);
	gv_sim_config_write(pf, number + gv_below(2), 1, other);
	gv_expect(gv_sim_config_read(pf, number, 2) == n, "%u VFs, not %u",
		  gv_sim_config_read(pf, number, 2), n);
	gv_sim_config_write(pf, ctrl, 2, 0);
	for (i = 1; i <= VFS; i++) {
		gv_expect(gv_sim_config_read(&sim->functions[i], 4, 2) ==
			  0xffffffff, "VF %u answers", i);
		memset(m->window[i], 0, WINDOW);
		m->master[i] = false;
		m->faults[i] = 0;
	}
	gv_run_work(sim);
}

void gv_model_sim(uint64_t n)
{
	unsigned int i, k;
	struct gv_sim *sim;

	m = malloc(sizeof(*m));
	for (; n >= 100; n -= 100) {
		memset(m, 0, sizeof(*m));
		for (i = 0; i < GV_MEMORY; i++)
			m->memory[i] = gv_random();
		memcpy(gv_memory, m->memory, GV_MEMORY);
		sim = gv_make_sim(VFS, gv_below(4));
		for (k = 0; k < 80; k++) {
			gv_case();
			i = gv_below(VFS + 1);
			if (!gv_below(8))
				put_master(sim, i, gv_below(4));
			else if (!gv_below(16))
				reset(sim, i);
			else if (!gv_below(32))
				enable(sim);
			else
				command(sim, i);
		}
		for (i = 0; i <= VFS; i++)
			compare(sim, i);
		for (k = 0; k < 20; k++) {
			gv_case();
			poke(sim, gv_below(sim->nr_functions));
		}
		gv_drop_sim(sim);
	}
	free(m);
}
