// SPDX-License-Identifier: GPL-2.0
/*
 * A hostile guest that has a VF, and a hostile driver of the PF: the input is a
 * list of accesses to configuration space. Built from the sources of the module.
 */
#include "input.h"

#define VFS 2

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct input in = { data, size };
	struct gv_sim_function *fn;
	struct gv_sim *sim;
	unsigned int pos;
	u8 what;

	sim = gv_make_sim(VFS, get(&in, 1) % 4);
	gv_window_limit = 16;
	while (in.size) {
		what = get(&in, 1);
		fn = &sim->functions[what / 16 % sim->nr_functions];
		pos = what & 1 ? GV_SIM_CAP_MAILBOX + get(&in, 1) % GV_MBOX_SIZE :
		      get(&in, 2) % (GV_SIM_CONFIG_SIZE + 8);
		if (what & 1)
			pos &= ~3;
		if (what & 2)
			gv_sim_config_read(fn, pos, 1 << (what >> 2) % 3);
		else
			gv_sim_config_write(fn, pos, what & 1 ? 4 :
					    1 << (what >> 2) % 3, get(&in, 4));
		if (what & 8)
			gv_run_work(sim);
	}
	gv_run_work(sim);
	gv_drop_sim(sim);
	return 0;
}
