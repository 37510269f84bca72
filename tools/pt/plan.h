/* SPDX-License-Identifier: GPL-2.0 */
/* What a command changes: GPUs and what goes along with them. */
#ifndef GV_PT_PLAN_H
#define GV_PT_PLAN_H

#include "change.h"

struct gv_tree;

struct gv_pt_item {
	struct gv_pt_func func;
	struct gv_pt_record record;
	enum gv_pt_state state;
	const char *gpu;	/* address of the GPU it goes with */
	bool change;		/* it is not as it should be yet */
	bool done;		/* act touched it */
};

/* Sorted by address. */
struct gv_pt_plan {
	struct gv_pt_item item[GV_PT_MAX];
	unsigned int count;
	struct gv_pt_list gpus;	/* that were named */
	bool bind;
	bool force;
	bool stuck;	/* the child goes on: its files stay as they are */
};

/*
 * Finds the functions; with lock, locks them, for whoever wants to change
 * them. 0, or -errno with err set.
 */
int gv_pt_plan_make(struct gv_pt_plan *plan, const char *const *address,
		    unsigned int count, bool lock, struct gv_err *err);
void gv_pt_plan_end(struct gv_pt_plan *plan);
const struct gv_pt_item *gv_pt_plan_find(const struct gv_pt_plan *plan,
					 const char *address);

/* Whether the kernel will give the groups to a VM; -errno with err set. */
int gv_pt_viable(const struct gv_pt_plan *plan, struct gv_err *err);
int gv_pt_viable_in(const struct gv_pt_plan *plan, const struct gv_tree *tree,
		    struct gv_err *err);
/* Nothing and nobody is in the way of the change; -errno with err set. */
int gv_pt_unheld(const struct gv_pt_plan *plan, struct gv_err *err);
/* The same of one function, just before it is taken, except what force is for. */
int gv_pt_still_unused(const struct gv_pt_func *func, struct gv_err *err);
/* Who holds one function, for a sentence; "" if nobody is seen. */
void gv_pt_who(const char *address, char *buf, size_t size);
/* The same, of those that gv_pt_unheld() saw. */
void gv_pt_still(const char *address, char *buf, size_t size);
/* The functions to be changed, or all. */
void gv_pt_plan_funcs(const struct gv_pt_plan *plan, bool all,
		      struct gv_pt_list *list);

/* The worker's part; arg is the plan. */
int gv_pt_bind_act(struct gv_pt_worker *worker, void *arg,
		   struct gv_err *err);
void gv_pt_bind_back(struct gv_pt_worker *worker, void *arg);
int gv_pt_unbind_act(struct gv_pt_worker *worker, void *arg,
		     struct gv_err *err);
void gv_pt_unbind_back(struct gv_pt_worker *worker, void *arg);
void gv_pt_act_end(void *arg);

#endif
