// SPDX-License-Identifier: GPL-2.0
/*
 * A libkmod whose configuration is the file that GV_FAKE_KMOD names: a line is
 * an alias, a module, and "blacklist" if that is forbidden. It says what would
 * be loaded, and has its rules on blacklists from the one that it stands for.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <libkmod.h>

struct kmod_module {
	struct kmod_module *next;
	char name[64];
	bool alias;
	bool forbidden;
};

/* No list and no context are needed: these are only pointed to. */
static struct kmod_module *found;

#define FAKE_LIST(mod)	((struct kmod_list *)(mod))
#define FAKE_CTX	((struct kmod_ctx *)&found)

struct kmod_ctx *kmod_new(const char *dirname, const char *const *config)
{
	(void)dirname;
	(void)config;
	return FAKE_CTX;
}

struct kmod_ctx *kmod_unref(struct kmod_ctx *ctx)
{
	(void)ctx;
	return NULL;
}

void kmod_set_log_fn(struct kmod_ctx *ctx,
		     void (*log_fn)(void *data, int priority, const char *file,
				    int line, const char *fn,
				    const char *format, va_list args),
		     const void *data)
{
	(void)ctx;
	(void)log_fn;
	(void)data;
}

int kmod_load_resources(struct kmod_ctx *ctx)
{
	(void)ctx;
	return 0;
}

int kmod_module_new_from_lookup(struct kmod_ctx *ctx, const char *alias,
				struct kmod_list **list)
{
	struct kmod_module **end = &found, *mod;
	char line[256], known[128], name[64], rest[64];
	FILE *file = fopen(getenv("GV_FAKE_KMOD"), "re");
	int words;

	(void)ctx;
	while (file && fgets(line, sizeof(line), file)) {
		words = sscanf(line, "%127s %63s %63s", known, name, rest);
		if (words < 2 || (strcmp(alias, known) && strcmp(alias, name)))
			continue;
		mod = calloc(1, sizeof(*mod));
		strcpy(mod->name, name);
		mod->alias = !strcmp(alias, known);
		mod->forbidden = words == 3;
		*end = mod;
		end = &mod->next;
	}
	if (file)
		fclose(file);
	*list = FAKE_LIST(found);
	return 0;
}

struct kmod_list *kmod_list_next(const struct kmod_list *list,
				 const struct kmod_list *curr)
{
	(void)list;
	return FAKE_LIST(((const struct kmod_module *)curr)->next);
}

struct kmod_module *kmod_module_get_module(const struct kmod_list *entry)
{
	return (struct kmod_module *)entry;
}

const char *kmod_module_get_name(const struct kmod_module *mod)
{
	return mod->name;
}

int kmod_module_probe_insert_module(struct kmod_module *mod,
				    unsigned int flags, const char *extra,
				    int (*run)(struct kmod_module *m,
					       const char *cmdline,
					       void *data),
				    const void *data,
				    void (*print)(struct kmod_module *m,
						  bool install,
						  const char *options))
{
	(void)extra;
	(void)run;
	(void)data;
	(void)print;
	if (mod->forbidden && (flags & KMOD_PROBE_APPLY_BLACKLIST ||
			       (flags & KMOD_PROBE_APPLY_BLACKLIST_ALIAS_ONLY &&
				mod->alias)))
		return flags;
	printf("%s\n", mod->name);
	return 0;
}

struct kmod_module *kmod_module_unref(struct kmod_module *mod)
{
	(void)mod;
	return NULL;
}

int kmod_module_unref_list(struct kmod_list *list)
{
	struct kmod_module *mod;

	(void)list;
	while ((mod = found)) {
		found = mod->next;
		free(mod);
	}
	return 0;
}
