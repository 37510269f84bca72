// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <libkmod.h>

#include "port.h"

__attribute__((format(printf, 6, 0)))
static void gv_kmod_quiet(void *data, int priority, const char *file,
			  int line, const char *fn, const char *format,
			  va_list args)
{
	(void)data;
	(void)priority;
	(void)file;
	(void)line;
	(void)fn;
	(void)format;
	(void)args;
}

/* An alias may be several modules': one that loads is enough. */
static int gv_kmod_load(struct kmod_ctx *ctx, const char *alias)
{
	struct kmod_list *list = NULL, *entry;
	struct kmod_module *mod;
	int ret, best = -ENOENT;

	ret = kmod_module_new_from_lookup(ctx, alias, &list);
	if (ret < 0)
		return ret;
	kmod_list_foreach(entry, list) {
		mod = kmod_module_get_module(entry);
		ret = kmod_module_probe_insert_module(mod, 0, NULL, NULL,
						      NULL, NULL);
		kmod_module_unref(mod);
		if (ret >= 0)
			best = 0;
		else if (best)
			best = ret;
	}
	kmod_module_unref_list(list);
	return best;
}

int gv_port_modprobe(const char *alias)
{
	struct kmod_ctx *ctx = kmod_new(NULL, NULL);
	int ret;

	if (!ctx)
		return -ENOMEM;
	kmod_set_log_fn(ctx, gv_kmod_quiet, NULL);
	ret = kmod_load_resources(ctx);
	if (!ret)
		ret = gv_kmod_load(ctx, alias);
	kmod_unref(ctx);
	return ret;
}
