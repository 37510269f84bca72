// SPDX-License-Identifier: GPL-2.0
/*
 * The PCI functions of a simulated GPU, and what takes them longer than an
 * access to their configuration space: resets and commands. One work item each
 * does both, so that they never meet.
 */
#include <linux/errno.h>
#include <linux/workqueue.h>

#include "sim.h"

/**
 * gv_sim_function_kick() - see whether a function has something to do
 * @fn: the function
 *
 * Context: any.
 */
void gv_sim_function_kick(struct gv_sim_function *fn)
{
	queue_work(fn->sim->wq, &fn->work);
}

/**
 * gv_sim_function_reset() - begin to reset a function
 * @fn: the function
 * @flr: it is a function-level reset, which can be made to stick
 *
 * Until it is done, the function answers no access.
 *
 * Context: under @fn->sim->config_lock.
 */
void gv_sim_function_reset(struct gv_sim_function *fn, bool flr)
{
	lockdep_assert_held(&fn->sim->config_lock);

	WRITE_ONCE(fn->reset, true);
	fn->flr = flr;
	gv_sim_function_kick(fn);
}

/**
 * gv_sim_functions_kick() - let functions notice that a fault was set or cleared
 * @sim: the simulated GPU
 *
 * Context: any.
 */
void gv_sim_functions_kick(struct gv_sim *sim)
{
	unsigned int i;

	for (i = 0; i < sim->nr_functions; i++)
		gv_sim_function_kick(&sim->functions[i]);
}

static void gv_sim_function_do_reset(struct gv_sim_function *fn)
{
	struct gv_sim *sim = fn->sim;
	unsigned long flags;

	gv_sim_engine_wipe(fn);
	raw_spin_lock_irqsave(&sim->config_lock, flags);
	gv_sim_config_fill(fn);
	fn->flr = false;
	WRITE_ONCE(fn->reset, false);
	raw_spin_unlock_irqrestore(&sim->config_lock, flags);
}

/* Do one thing, if there is one. */
static bool gv_sim_function_step(struct gv_sim_function *fn)
{
	struct gv_sim *sim = fn->sim;
	struct gv_sim_command cmd;
	unsigned long flags;
	bool reset, todo;

	raw_spin_lock_irqsave(&sim->config_lock, flags);
	reset = fn->reset;
	if (reset)
		todo = !fn->flr ||
		       !gv_sim_faulty(sim, GPUVIRT_SIM_FAULT_FLR_STUCK);
	else
		todo = gv_sim_mailbox_next(fn, &cmd);
	raw_spin_unlock_irqrestore(&sim->config_lock, flags);

	if (!todo)
		return false;
	if (reset) {
		gv_sim_function_do_reset(fn);
	} else {
		gv_sim_engine_run(fn, &cmd);
		gv_sim_mailbox_done(fn, &cmd);
	}
	return true;
}

static void gv_sim_function_work(struct work_struct *work)
{
	struct gv_sim_function *fn =
		container_of(work, struct gv_sim_function, work);

	/* Whoever has the function can keep it busy for ever. */
	while (gv_sim_function_step(fn))
		cond_resched();
}

/**
 * gv_sim_functions_init() - set the functions up
 * @sim: the simulated GPU, with its model and the number of functions
 *
 * Return: 0 or -ENOMEM.
 */
int gv_sim_functions_init(struct gv_sim *sim)
{
	struct gv_sim_function *fn;
	unsigned int i;

	/* Many at a time, so that one that is busy keeps no other from its turn. */
	sim->wq = alloc_workqueue("gpuvirt-sim", WQ_UNBOUND, 0);
	if (!sim->wq)
		return -ENOMEM;

	for (i = 0; i < sim->nr_functions; i++) {
		fn = &sim->functions[i];
		fn->sim = sim;
		fn->index = i;
		fn->kind = i == 0 ? GV_SIM_PF :
			   i <= sim->total_vfs ? GV_SIM_VF : GV_SIM_PORT;
		spin_lock_init(&fn->dma_lock);
		INIT_WORK(&fn->work, gv_sim_function_work);
	}
	return 0;
}

/**
 * gv_sim_functions_exit() - end what the functions do
 * @sim: a simulated GPU that is not on its bus
 */
void gv_sim_functions_exit(struct gv_sim *sim)
{
	unsigned int i;

	if (!sim->wq)
		return;
	destroy_workqueue(sim->wq);
	for (i = 0; i < sim->nr_functions; i++)
		gv_sim_engine_wipe(&sim->functions[i]);
}
