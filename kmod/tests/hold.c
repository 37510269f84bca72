// SPDX-License-Identifier: GPL-2.0
/*
 * Holds one call of a function, so that a test can do, meanwhile, what it would
 * have to be lucky to do in the right moment:
 *
 *	echo FUNCTION [N [CALLER]] >/sys/module/gpuvirt_hold/parameters/call
 *
 * makes the N-th call from now on wait, of those made by functions whose name
 * begins with CALLER; "held" has 1 while it waits; "none" lets it go. Whatever locks
 * the caller has are held, too. Built where GV_TEST_MODULES=y is given, see Kbuild,
 * and never installed.
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
#define GV_HOLD_LIMIT (120 * HZ)

typedef unsigned long (*gv_hold_fn)(unsigned long a, unsigned long b,
				    unsigned long c, unsigned long d,
				    unsigned long e, unsigned long f);

/* Of parameters, which the lock of a module's parameters guards. */
static bool gv_hold_armed;

/* Written before the call is armed only. */
static char gv_hold_caller[GV_HOLD_NAME_MAX + 1];
static gv_hold_fn gv_hold_original;

static atomic_t gv_hold_calls;	/* so many more, and this one */
static bool gv_hold_closed;
static bool gv_hold_held;

/* In place of the function that is held. */
static noinline unsigned long gv_hold(unsigned long a, unsigned long b,
				      unsigned long c, unsigned long d,
				      unsigned long e, unsigned long f)
{
	unsigned long end = jiffies + GV_HOLD_LIMIT, ret;

	WRITE_ONCE(gv_hold_held, true);
	while (READ_ONCE(gv_hold_closed) && time_before(jiffies, end))
		schedule_timeout_idle(1);
	if (READ_ONCE(gv_hold_closed))
		pr_warn("gpuvirt-hold: nobody lets the call go, so it goes\n");
	ret = gv_hold_original(a, b, c, d, e, f);
	WRITE_ONCE(gv_hold_held, false);
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
	gv_hold_original = (gv_hold_fn)ip;
	regs->ip = (unsigned long)gv_hold;
}

static struct ftrace_ops gv_hold_ops = {
	.func = gv_hold_call,
	.flags = FTRACE_OPS_FL_SAVE_REGS | FTRACE_OPS_FL_IPMODIFY,
};

static void gv_hold_disarm(void)
{
	WRITE_ONCE(gv_hold_closed, false);
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
	WRITE_ONCE(gv_hold_closed, true);
	err = register_ftrace_function(&gv_hold_ops);
	if (err) {
		WRITE_ONCE(gv_hold_closed, false);
		return err;
	}
	gv_hold_armed = true;
	return 0;
}

static int gv_hold_set(const char *val, const struct kernel_param *kp)
{
	char function[GV_HOLD_NAME_MAX + 1], caller[GV_HOLD_NAME_MAX + 1] = "";
	int nth = 1;

	if (sscanf(val, "%63s %d %63s", function, &nth, caller) < 1 || nth < 1)
		return -EINVAL;
	gv_hold_disarm();
	if (!strcmp(function, "none"))
		return 0;
	if (READ_ONCE(gv_hold_held))
		return -EBUSY;
	strscpy(gv_hold_caller, caller, sizeof(gv_hold_caller));
	return gv_hold_arm(function, nth);
}

static const struct kernel_param_ops gv_hold_param = {
	.set = gv_hold_set,
};
module_param_cb(call, &gv_hold_param, NULL, 0200);
MODULE_PARM_DESC(call, "FUNCTION [N [CALLER]] to hold, or none");
module_param_named(held, gv_hold_held, bool, 0444);
MODULE_PARM_DESC(held, "a call is being held");

static int __init gv_hold_init(void)
{
	return 0;
}

static void __exit gv_hold_exit(void)
{
	gv_hold_disarm();
	/* Whoever was held may not have left our text yet. */
	synchronize_rcu_tasks();
	/* Not before: it must not be used after that. */
	ftrace_free_filter(&gv_hold_ops);
}

module_init(gv_hold_init);
module_exit(gv_hold_exit);

MODULE_DESCRIPTION("holds calls for tests of gpuvirt");
MODULE_LICENSE("GPL");
