// SPDX-License-Identifier: GPL-2.0
/*
 * Holds one call of a function, so that a test can do, meanwhile, what it would
 * have to be lucky to do in the right moment:
 *
 *	echo FUNCTION [N [CALLER]] >/sys/module/gpuvirt_hold/parameters/call
 *
 * makes the N-th call from now on wait, of those made by functions whose name
 * begins with CALLER; "held" has Y while it waits; "none" lets it go, and "held" has
 * N when it has returned. Another one to be held lets it go as well, as soon as that
 * can't be missed any more. Whatever locks the caller has are held, too. Built where
 * GV_TEST_MODULES=y is given, see Kbuild, and never installed.
 *
 * By way of ftrace, as kernels are patched: the call goes to a function of ours,
 * which calls the held one itself. All that is held has at most six arguments, each
 * in a register.
 */
#include <linux/ftrace.h>
#include <linux/kallsyms.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

#define GV_HOLD_NAME_MAX 63
/* Longer than a test waits for anything, on the slowest kernel. */
#define GV_HOLD_LIMIT (300 * HZ)

typedef unsigned long (*gv_hold_fn)(unsigned long a, unsigned long b,
				    unsigned long c, unsigned long d,
				    unsigned long e, unsigned long f);

/* Of parameters, which the lock of a module's parameters guards. */
static bool gv_hold_armed;
static unsigned int gv_hold_turn;	/* the last, of those that were to be held */

/* Written before the call is armed only. */
static char gv_hold_caller[GV_HOLD_NAME_MAX + 1];
static gv_hold_fn gv_hold_original;

static atomic_t gv_hold_calls;	/* so many more, and this one */
static atomic_t gv_hold_inside;	/* calls that have not returned */
static unsigned int gv_hold_held;	/* turn of the last that was */
static unsigned int gv_hold_gone;	/* turn of the last that was let go */

static bool gv_hold_closed(unsigned int turn)
{
	return (int)(turn - READ_ONCE(gv_hold_gone)) > 0;
}

/* In place of the function that is held. */
static noinline unsigned long gv_hold(unsigned long a, unsigned long b,
				      unsigned long c, unsigned long d,
				      unsigned long e, unsigned long f)
{
	unsigned long end = jiffies + GV_HOLD_LIMIT, ret;
	unsigned int turn = READ_ONCE(gv_hold_turn);
	gv_hold_fn original = gv_hold_original;

	/* Pairs with gv_hold_held_get(): from here on the next may be written. */
	smp_store_release(&gv_hold_held, turn);
	while (gv_hold_closed(turn) && time_before(jiffies, end))
		schedule_timeout_idle(1);
	if (gv_hold_closed(turn))
		pr_warn("gpuvirt-hold: nobody lets the call go, so it goes\n");
	ret = original(a, b, c, d, e, f);
	atomic_dec(&gv_hold_inside);
	module_put(THIS_MODULE);

	return ret;
}

static bool notrace gv_hold_wanted(unsigned long parent_ip)
{
	char symbol[KSYM_SYMBOL_LEN];

	/* Our own call of what was held. */
	if (within_module(parent_ip, THIS_MODULE))
		return false;
	if (!gv_hold_caller[0])
		return true;
	sprint_symbol(symbol, parent_ip);
	return !strncmp(symbol, gv_hold_caller, strlen(gv_hold_caller));
}

static void notrace gv_hold_call(unsigned long ip, unsigned long parent_ip,
				 struct ftrace_ops *ops,
				 struct ftrace_regs *fregs)
{
	struct pt_regs *regs = ftrace_get_regs(fregs);

	if (!regs || !gv_hold_wanted(parent_ip) ||
	    atomic_dec_return(&gv_hold_calls))
		return;
	__module_get(THIS_MODULE);
	atomic_inc(&gv_hold_inside);
	gv_hold_original = (gv_hold_fn)ip;
	regs->ip = (unsigned long)gv_hold;
}

static struct ftrace_ops gv_hold_ops = {
	.func = gv_hold_call,
	.flags = FTRACE_OPS_FL_SAVE_REGS | FTRACE_OPS_FL_IPMODIFY,
};

static void gv_hold_disarm(void)
{
	if (!gv_hold_armed)
		return;
	unregister_ftrace_function(&gv_hold_ops);
	gv_hold_armed = false;
}

static int gv_hold_arm(const char *function, int nth)
{
	char name[GV_HOLD_NAME_MAX + 1];
	int err;

	strscpy(name, function, sizeof(name));
	err = ftrace_set_filter(&gv_hold_ops, (unsigned char *)name,
				strlen(name), 1);
	if (err)
		return err;
	atomic_set(&gv_hold_calls, nth);
	WRITE_ONCE(gv_hold_turn, gv_hold_turn + 1);
	err = register_ftrace_function(&gv_hold_ops);
	gv_hold_armed = !err;
	return err;
}

static int gv_hold_set(const char *val, const struct kernel_param *kp)
{
	char function[GV_HOLD_NAME_MAX + 1], caller[GV_HOLD_NAME_MAX + 1] = "";
	unsigned int before = gv_hold_turn;
	int nth = 1, err;

	if (sscanf(val, "%63s %d %63s", function, &nth, caller) < 1 || nth < 1)
		return -EINVAL;
	gv_hold_disarm();
	if (!strcmp(function, "none")) {
		WRITE_ONCE(gv_hold_gone, before);
		return 0;
	}
	strscpy(gv_hold_caller, caller, sizeof(gv_hold_caller));
	err = gv_hold_arm(function, nth);
	/* What can't be held holds nothing up. */
	WRITE_ONCE(gv_hold_gone, err ? gv_hold_turn : before);
	return err;
}

static const struct kernel_param_ops gv_hold_param = {
	.set = gv_hold_set,
};
module_param_cb(call, &gv_hold_param, NULL, 0200);
MODULE_PARM_DESC(call, "FUNCTION [N [CALLER]] to hold, or none");

static int gv_hold_held_get(char *buf, const struct kernel_param *kp)
{
	/* Pairs with gv_hold(). */
	bool held = smp_load_acquire(&gv_hold_held) == gv_hold_turn;

	if (!gv_hold_closed(gv_hold_turn))
		held = true;
	/* It may have gone by itself. */
	held = held && atomic_read(&gv_hold_inside);
	return sysfs_emit(buf, "%c\n", held ? 'Y' : 'N');
}

static const struct kernel_param_ops gv_hold_held_param = {
	.get = gv_hold_held_get,
};
module_param_cb(held, &gv_hold_held_param, NULL, 0444);
MODULE_PARM_DESC(held, "a call is being held");

static int __init gv_hold_init(void)
{
	return 0;
}

static void __exit gv_hold_exit(void)
{
	gv_hold_disarm();
	WRITE_ONCE(gv_hold_gone, gv_hold_turn);
	/* Whoever was held may not have left our text yet. */
	synchronize_rcu_tasks();
	/* Not before: it must not be used after that. */
	ftrace_free_filter(&gv_hold_ops);
}

module_init(gv_hold_init);
module_exit(gv_hold_exit);

MODULE_DESCRIPTION("holds calls for tests of gpuvirt");
MODULE_LICENSE("GPL");
