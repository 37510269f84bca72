// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../attr.h"
#include "../out.h"
#include "persist.h"
#include "plan.h"
#include "sys.h"

#define GV_PT_RULES	"/etc/udev/rules.d/60-gpuvirt-%s.rules"
#define GV_PT_MODPROBE	"/etc/modprobe.d/gpuvirt-%s.conf"
#define GV_PT_FILE	8192
/* Whose files it is that have this first line: they may be replaced. */
#define GV_PT_OURS_MARK	"# Written by `gpuvirt passthrough bind ... persist yes`."

struct gv_pt_file {
	char path[GV_PT_PATH];
	char text[GV_PT_FILE];
	size_t len;
};

__attribute__((format(printf, 2, 3)))
static void gv_pt_file_add(struct gv_pt_file *file, const char *fmt, ...)
{
	va_list ap;

	if (file->len >= sizeof(file->text))
		return;
	va_start(ap, fmt);
	file->len += vsnprintf(file->text + file->len,
			       sizeof(file->text) - file->len, fmt, ap);
	va_end(ap);
}

static void gv_pt_file_begin(struct gv_pt_file *file, const char *name,
			     const char *gpu)
{
	/* the name is one of the two above */
	file->len = 0;
	if (!strcmp(name, GV_PT_RULES))
		gv_pt_path(file->path, GV_PT_RULES, gpu);
	else
		gv_pt_path(file->path, GV_PT_MODPROBE, gpu);
	gv_pt_file_add(file, "%s\n# `gpuvirt passthrough unbind %s persist yes` removes it.\n",
		       GV_PT_OURS_MARK, gpu);
}

bool gv_pt_persists(const char *address)
{
	char path[GV_PT_PATH];

	return gv_pt_path(path, GV_PT_RULES, address) && gv_pt_exists(path);
}

/*
 * The ids are in it too: after a change of the hardware, the address may be
 * another device's. The probe is for a vfio-pci that is loaded already; the
 * one that is loaded then finds the function by itself.
 */
static void gv_pt_rules(const struct gv_pt_plan *plan, const char *gpu,
			struct gv_pt_file *file)
{
	const struct gv_pt_func *func;
	unsigned int i;

	gv_pt_file_begin(file, GV_PT_RULES, gpu);
	for (i = 0; i < plan->count; i++) {
		func = &plan->item[i].func;
		if (strcmp(plan->item[i].gpu, gpu))
			continue;
		gv_pt_file_add(file,
			       "ACTION==\"add\", SUBSYSTEM==\"pci\", KERNEL==\"%s\", ATTR{vendor}==\"0x%04x\", ATTR{device}==\"0x%04x\", ATTR{driver_override}=\"" GV_PT_DRIVER "\", ATTR{[subsystem/pci]drivers_probe}=\"$kernel\", RUN{builtin}+=\"kmod load " GV_PT_DRIVER "\"\n",
			       func->address, func->vendor, func->device);
	}
}

/* The module of the driver that the host gives the function. */
static void gv_pt_host_module(const struct gv_pt_item *item, char *module)
{
	char path[GV_PT_PATH], to[GV_PT_PATH];
	const char *last;
	ssize_t len;

	module[0] = 0;
	if (!gv_pt_is_vfio(&item->func)) {
		strcpy(module, item->func.module);
		return;
	}
	if (!item->record.driver[0] ||
	    !gv_pt_path(path, "/sys/bus/pci/drivers/%s/module",
			item->record.driver))
		return;
	len = readlink(path, to, sizeof(to) - 1);
	if (len <= 0)
		return;
	to[len] = 0;
	last = strrchr(to, '/');
	snprintf(module, GV_PT_NAME, "%.63s", last ? last + 1 : to);
}

/* False: no driver of the host is a module, so there is nothing to order. */
static bool gv_pt_softdeps(const struct gv_pt_plan *plan, const char *gpu,
			   struct gv_pt_file *file)
{
	char module[GV_PT_NAME], line[2 * GV_PT_NAME];
	bool any = false;
	unsigned int i;

	gv_pt_file_begin(file, GV_PT_MODPROBE, gpu);
	for (i = 0; i < plan->count; i++) {
		if (strcmp(plan->item[i].gpu, gpu))
			continue;
		gv_pt_host_module(&plan->item[i], module);
		snprintf(line, sizeof(line),
			 "softdep %s pre: " GV_PT_DRIVER "\n", module);
		if (!module[0] || strstr(file->text, line))
			continue;
		gv_pt_file_add(file, "%s", line);
		any = true;
	}
	return any;
}

static void gv_pt_file_print(const struct gv_pt_file *file, const char *verb)
{
	const char *line = file->text, *end;

	gv_out_object(NULL);
	gv_out_str("file", file->path);
	gv_out_str("action", verb);
	if (file->len)
		gv_out_str("text", file->text);
	gv_out_object_end();
	gv_out_text(0, "%s %s", verb, file->path);
	for (; file->len && *line; line = end + 1) {
		end = strchr(line, '\n');
		if (!end)
			break;
		gv_out_text(4, "%.*s", (int)(end - line), line);
	}
}

/* 1: there is none; 0: it is ours; -EEXIST: somebody else's. */
static int gv_pt_file_whose(const char *path)
{
	char line[256];
	int ret = gv_pt_line(path, line, sizeof(line));

	if (ret == -ENOENT)
		return 1;
	return !ret && !strcmp(line, GV_PT_OURS_MARK) ? 0 : -EEXIST;
}

static int gv_pt_file_failed(const char *path, int num, struct gv_err *err)
{
	gv_err_set(err, num, "%s: %s", path, strerror(num));
	if (num == EACCES || num == EPERM)
		err->reason = GPUVIRT_REASON_NOT_PERMITTED;
	return -num;
}

static int gv_pt_file_foreign(const char *path, struct gv_err *err)
{
	gv_err_set(err, EEXIST, "%s exists and was not written by gpuvirt",
		   path);
	gv_err_hint(err, "move it away first");
	return -EEXIST;
}

/* Complete under another name first: half a file never counts. */
static int gv_pt_file_write(const struct gv_pt_file *file, struct gv_err *err)
{
	char tmp[GV_PT_PATH + 8];
	FILE *to;
	int ret;

	if (gv_pt_file_whose(file->path) < 0)
		return gv_pt_file_foreign(file->path, err);
	snprintf(tmp, sizeof(tmp), "%s.new", file->path);
	to = fopen(tmp, "we");
	if (!to)
		return gv_pt_file_failed(tmp, errno, err);
	ret = fwrite(file->text, 1, file->len, to) != file->len ||
		fflush(to) || fsync(fileno(to)) ? errno : 0;
	if (fclose(to) && !ret)
		ret = errno;
	if (!ret && rename(tmp, file->path))
		ret = errno;
	if (ret)
		unlink(tmp);
	return ret ? gv_pt_file_failed(file->path, ret, err) : 0;
}

static int gv_pt_file_remove(const char *path, bool show, struct gv_err *err)
{
	struct gv_pt_file file = { .len = 0 };
	int whose = gv_pt_file_whose(path);

	if (whose > 0)
		return 0;
	if (whose < 0)
		return gv_pt_file_foreign(path, err);
	snprintf(file.path, sizeof(file.path), "%s", path);
	gv_pt_file_print(&file, "remove");
	if (!show && unlink(path) && errno != ENOENT)
		return gv_pt_file_failed(path, errno, err);
	return 0;
}

/* What can't be seen to from here: whoever loads a driver before the root. */
static void gv_pt_initramfs(const struct gv_pt_plan *plan)
{
	static const struct {
		const char *program;
		const char *hint;
	} tool[] = {
		{ "/usr/sbin/update-initramfs",
		  "if the initramfs loads the GPU's driver: a hook in /etc/initramfs-tools/hooks has to copy both files, then run `update-initramfs -u`" },
		{ "/usr/bin/dracut",
		  "if the initramfs loads the GPU's driver: name both files in install_items of /etc/dracut.conf.d, then run `dracut -f`" },
		{ "/usr/bin/mkinitcpio",
		  "if the initramfs loads the GPU's driver: name both files in FILES of /etc/mkinitcpio.conf, then run `mkinitcpio -P`" },
	};
	char path[GV_PT_PATH];
	unsigned int i;

	(void)plan;
	for (i = 0; i < sizeof(tool) / sizeof(tool[0]); i++) {
		if (gv_pt_path(path, "%s", tool[i].program) &&
		    gv_pt_exists(path))
			gv_out_text(0, "%s", tool[i].hint);
	}
}

int gv_pt_persist(const struct gv_pt_plan *plan, bool show,
		  struct gv_err *err)
{
	static struct gv_pt_file rules, softdeps;
	bool ordered;
	unsigned int i;
	int ret = 0;

	for (i = 0; !ret && i < plan->gpus.count; i++) {
		gv_pt_rules(plan, plan->gpus.func[i].address, &rules);
		ordered = gv_pt_softdeps(plan, plan->gpus.func[i].address,
					 &softdeps);
		gv_pt_file_print(&rules, "write");
		if (ordered)
			gv_pt_file_print(&softdeps, "write");
		if (show)
			continue;
		/* the rule last: it is what binds */
		if (ordered)
			ret = gv_pt_file_write(&softdeps, err);
		if (!ret)
			ret = gv_pt_file_write(&rules, err);
	}
	gv_pt_initramfs(plan);
	return ret;
}

int gv_pt_unpersist(const struct gv_pt_plan *plan, bool show,
		    struct gv_err *err)
{
	char path[GV_PT_PATH];
	const char *gpu;
	unsigned int i;
	int ret = 0;

	for (i = 0; !ret && i < plan->gpus.count; i++) {
		gpu = plan->gpus.func[i].address;
		gv_pt_path(path, GV_PT_RULES, gpu);
		ret = gv_pt_file_remove(path, show, err);
		gv_pt_path(path, GV_PT_MODPROBE, gpu);
		if (!ret)
			ret = gv_pt_file_remove(path, show, err);
	}
	return ret;
}
