// SPDX-License-Identifier: GPL-2.0
/*
 * Modules are loaded by libkmod, which is itself loaded when that is asked for: it
 * brings libcrypto with it.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <libkmod.h>

#include "dlopen.h"
#include "port.h"

#define GV_LIBKMOD "libkmod.so.2"

GV_DLOPEN_NOTE("kmod", "Loads kernel modules", "required", GV_LIBKMOD);

#define GV_KMOD_CALLS(call) \
	call(new) \
	call(unref) \
	call(set_log_fn) \
	call(load_resources) \
	call(module_new_from_lookup) \
	call(module_get_module) \
	call(module_get_name) \
	call(module_probe_insert_module) \
	call(module_unref) \
	call(module_unref_list) \
	call(list_next)

#define GV_KMOD_POINTER(name) __typeof__(&kmod_##name) name;

struct gv_kmod {
	GV_KMOD_CALLS(GV_KMOD_POINTER)
};

#define GV_KMOD_FIND(name) \
	*(void **)&kmod->name = dlsym(lib, "kmod_" #name); \
	if (!kmod->name) \
		return -ELIBACC;

static int gv_kmod_open(struct gv_kmod *kmod)
{
	void *lib = dlopen(GV_LIBKMOD, RTLD_LAZY | RTLD_LOCAL);

	if (!lib)
		return -ELIBACC;
	GV_KMOD_CALLS(GV_KMOD_FIND)
	return 0;
}

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

/*
 * An alias may be several modules': one that loads is enough. What the
 * administrator has forbidden is not loaded because a device would match it,
 * only by its own name.
 */
static int gv_kmod_load(const struct gv_kmod *kmod, struct kmod_ctx *ctx,
			const char *alias)
{
	struct kmod_list *list = NULL, *entry;
	struct kmod_module *mod;
	int ret, best = -ENOENT;

	ret = kmod->module_new_from_lookup(ctx, alias, &list);
	if (ret < 0)
		return ret;
	for (entry = list; entry; entry = kmod->list_next(list, entry)) {
		mod = kmod->module_get_module(entry);
		ret = kmod->module_probe_insert_module(mod,
				KMOD_PROBE_APPLY_BLACKLIST_ALIAS_ONLY, NULL,
				NULL, NULL, NULL);
		kmod->module_unref(mod);
		if (ret > 0)
			continue;
		if (!ret)
			best = 0;
		else if (best)
			best = ret;
	}
	kmod->module_unref_list(list);
	return best;
}

static int gv_kmod_variant(const struct gv_kmod *kmod, struct kmod_ctx *ctx,
			   const char *alias, char *module, size_t size)
{
	struct kmod_list *list = NULL, *entry;
	struct kmod_module *mod;
	int ret, found = -ENOENT;
	const char *name;

	ret = kmod->module_new_from_lookup(ctx, alias, &list);
	if (ret < 0)
		return ret;
	for (entry = list; entry && found;
	     entry = kmod->list_next(list, entry)) {
		mod = kmod->module_get_module(entry);
		name = kmod->module_get_name(mod);
		if (strcmp(name, "vfio_pci") &&
		    snprintf(module, size, "%s", name) < (int)size) {
			/* Nobody has named it, so it may be forbidden. */
			ret = kmod->module_probe_insert_module(mod,
					KMOD_PROBE_APPLY_BLACKLIST, NULL, NULL,
					NULL, NULL);
			found = ret > 0 ? -ENOENT : ret;
		}
		kmod->module_unref(mod);
	}
	kmod->module_unref_list(list);
	return found;
}

/* A context for the modules of the running kernel. */
static int gv_kmod_begin(struct gv_kmod *kmod, struct kmod_ctx **ctx)
{
	int ret;

	ret = gv_kmod_open(kmod);
	if (ret)
		return ret;
	*ctx = kmod->new(NULL, NULL);
	if (!*ctx)
		return -ENOMEM;
	kmod->set_log_fn(*ctx, gv_kmod_quiet, NULL);
	ret = kmod->load_resources(*ctx);
	if (ret)
		kmod->unref(*ctx);
	return ret;
}

int gv_port_modprobe(const char *alias)
{
	struct kmod_ctx *ctx;
	struct gv_kmod kmod;
	int ret;

	ret = gv_kmod_begin(&kmod, &ctx);
	if (ret)
		return ret;
	ret = gv_kmod_load(&kmod, ctx, alias);
	kmod.unref(ctx);
	return ret;
}

int gv_port_variant(const char *alias, char *module, size_t size)
{
	struct kmod_ctx *ctx;
	struct gv_kmod kmod;
	int ret;

	ret = gv_kmod_begin(&kmod, &ctx);
	if (ret)
		return ret;
	ret = gv_kmod_variant(&kmod, ctx, alias, module, size);
	kmod.unref(ctx);
	return ret;
}
