// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

#include "../attr.h"
#include "../out.h"
#include "persist.h"
#include "plan.h"
#include "sys.h"

#define GV_PT_RULES	"/etc/udev/rules.d/60-gpuvirt-%s.rules"
#define GV_PT_MODPROBE	"/etc/modprobe.d/gpuvirt-%s.conf"
/* Whose files it is that have this first line: they may be replaced. */
#define GV_PT_OURS_MARK	"# Written by `gpuvirt passthrough bind ... persist yes`."

/* Of a GPU. The rule is what binds: it comes last, and goes first. */
enum {
	GV_PT_FILE_RULES,
	GV_PT_FILE_SOFTDEPS,
	GV_PT_FILES,
};

struct gv_pt_file {
	char path[GV_PT_PATH];
	FILE *to;		/* makes the text grow */
	char *text;		/* NULL: no such file is needed */
	size_t len;
};

/* For all GPUs of a command: none is begun unless all can be written. */
struct gv_pt_files {
	struct gv_pt_file file[GV_PT_FILES * GV_PT_MAX];
	unsigned int count;
};

static bool gv_pt_file_path(char *path, int which, const char *gpu)
{
	return which == GV_PT_FILE_RULES ?
		gv_pt_path(path, GV_PT_RULES, gpu) :
		gv_pt_path(path, GV_PT_MODPROBE, gpu);
}

static int gv_pt_file_begin(struct gv_pt_file *file, int which,
			    const char *gpu)
{
	file->text = NULL;
	if (!gv_pt_file_path(file->path, which, gpu))
		return -ENAMETOOLONG;
	file->to = open_memstream(&file->text, &file->len);
	if (!file->to)
		return -ENOMEM;
	fprintf(file->to, "%s\n# `gpuvirt passthrough unbind %s persist yes` removes it.\n",
		GV_PT_OURS_MARK, gpu);
	return 0;
}

static void gv_pt_file_drop(struct gv_pt_file *file)
{
	free(file->text);
	file->text = NULL;
}

/* Whatever could not be added for want of memory shows now. */
static int gv_pt_file_end(struct gv_pt_file *file)
{
	bool bad = ferror(file->to);

	if (!fclose(file->to) && !bad)
		return 0;
	gv_pt_file_drop(file);
	return -ENOMEM;
}

static void gv_pt_files_free(struct gv_pt_files *files)
{
	while (files->count)
		gv_pt_file_drop(&files->file[--files->count]);
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

bool gv_pt_persists(const char *address)
{
	char path[GV_PT_PATH];

	return gv_pt_file_path(path, GV_PT_FILE_RULES, address) &&
		!gv_pt_file_whose(path);
}

void gv_pt_persist_hint(const char *address, struct gv_err *err)
{
	if (gv_pt_persists(address))
		gv_err_hint(err, "files that bind it at boot are left, which may be removed: " GV_PT_RULES " and " GV_PT_MODPROBE,
			    address, address);
}

/*
 * The ids are in it too: after a change of the hardware, the address may be
 * another device's. The probe is for a vfio-pci that is loaded already; the
 * one that is loaded then finds the function by itself.
 */
static int gv_pt_rules(const struct gv_pt_plan *plan, const char *gpu,
		       struct gv_pt_file *file)
{
	const struct gv_pt_func *func;
	unsigned int i;
	int ret;

	ret = gv_pt_file_begin(file, GV_PT_FILE_RULES, gpu);
	if (ret)
		return ret;
	for (i = 0; i < plan->count; i++) {
		func = &plan->item[i].func;
		if (strcmp(plan->item[i].gpu, gpu))
			continue;
		fprintf(file->to,
			"ACTION==\"add\", SUBSYSTEM==\"pci\", KERNEL==\"%s\", ATTR{vendor}==\"0x%04x\", ATTR{device}==\"0x%04x\", ATTR{driver_override}=\"" GV_PT_DRIVER "\", ATTR{[subsystem/pci]drivers_probe}=\"$kernel\", RUN{builtin}+=\"kmod load " GV_PT_DRIVER "\"\n",
			func->address, func->vendor, func->device);
	}
	return gv_pt_file_end(file);
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

/* Without a text if no driver of the host is a module: nothing is to order. */
static int gv_pt_softdeps(const struct gv_pt_plan *plan, const char *gpu,
			  struct gv_pt_file *file)
{
	char module[GV_PT_NAME], line[2 * GV_PT_NAME];
	bool any = false;
	unsigned int i;
	int ret;

	ret = gv_pt_file_begin(file, GV_PT_FILE_SOFTDEPS, gpu);
	if (ret)
		return ret;
	for (i = 0; i < plan->count; i++) {
		if (strcmp(plan->item[i].gpu, gpu))
			continue;
		gv_pt_host_module(&plan->item[i], module);
		snprintf(line, sizeof(line),
			 "softdep %s pre: " GV_PT_DRIVER "\n", module);
		if (!module[0] || fflush(file->to) ||
		    strstr(file->text, line))
			continue;
		fputs(line, file->to);
		any = true;
	}
	ret = gv_pt_file_end(file);
	if (!any)
		gv_pt_file_drop(file);
	return ret;
}

static void gv_pt_file_print(const struct gv_pt_file *file, const char *verb)
{
	const char *line = file->text ? file->text : "", *end;

	gv_out_object(NULL);
	gv_out_str("file", file->path);
	gv_out_str("action", verb);
	if (file->text)
		gv_out_str("text", file->text);
	gv_out_object_end();
	gv_out_text(0, "%s %s", verb, file->path);
	for (; *line; line = end + 1) {
		end = strchr(line, '\n');
		if (!end)
			break;
		gv_out_text(4, "%.*s", (int)(end - line), line);
	}
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

/* Each is to be ours, or not there. */
static int gv_pt_files_ours(const struct gv_pt_plan *plan, struct gv_err *err)
{
	char path[GV_PT_PATH];
	unsigned int i;
	int which;

	for (i = 0; i < plan->gpus.count; i++) {
		for (which = 0; which < GV_PT_FILES; which++) {
			if (gv_pt_file_path(path, which,
					    plan->gpus.func[i].address) &&
			    gv_pt_file_whose(path) < 0)
				return gv_pt_file_foreign(path, err);
		}
	}
	return 0;
}

static void gv_pt_file_new(const struct gv_pt_file *file, char *path)
{
	snprintf(path, GV_PT_PATH + 8, "%s.new", file->path);
}

/* Complete under another name first: half a file never counts. */
static int gv_pt_file_stage(const struct gv_pt_file *file, struct gv_err *err)
{
	char path[GV_PT_PATH + 8];
	FILE *to;
	int ret;

	gv_pt_file_new(file, path);
	to = fopen(path, "we");
	if (!to)
		return gv_pt_file_failed(path, errno, err);
	ret = fwrite(file->text, 1, file->len, to) != file->len ||
		fflush(to) || fchmod(fileno(to), 0644) || fsync(fileno(to)) ?
		errno : 0;
	if (fclose(to) && !ret)
		ret = errno;
	return ret ? gv_pt_file_failed(path, ret, err) : 0;
}

static int gv_pt_file_commit(const struct gv_pt_file *file, struct gv_err *err)
{
	char path[GV_PT_PATH + 8];

	gv_pt_file_new(file, path);
	return rename(path, file->path) ?
		gv_pt_file_failed(file->path, errno, err) : 0;
}

static void gv_pt_file_unstage(const struct gv_pt_file *file)
{
	char path[GV_PT_PATH + 8];

	gv_pt_file_new(file, path);
	unlink(path);
}

/* All of them are there before the first one counts. */
static int gv_pt_files_write(const struct gv_pt_files *files,
			     struct gv_err *err)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; !ret && i < files->count; i++)
		ret = gv_pt_file_stage(&files->file[i], err);
	if (ret)
		gv_err_hint(err, "none of these files was written");
	for (i = files->count; !ret && i-- > 0;) {
		ret = gv_pt_file_commit(&files->file[i], err);
		if (ret)
			gv_err_hint(err, "not all of these files were written");
	}
	for (i = 0; ret && i < files->count; i++)
		gv_pt_file_unstage(&files->file[i]);
	return ret;
}

static int gv_pt_file_remove(const char *path, bool show, struct gv_err *err)
{
	struct gv_pt_file file = { .text = NULL };

	if (gv_pt_file_whose(path))
		return 0;
	snprintf(file.path, sizeof(file.path), "%s", path);
	gv_pt_file_print(&file, "remove");
	if (show || !unlink(path) || errno == ENOENT)
		return 0;
	gv_pt_file_failed(path, errno, err);
	gv_err_hint(err, "it was not removed");
	return -err->num;
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
			gv_out_tell("%s", tool[i].hint);
	}
}

static int gv_pt_files_make(const struct gv_pt_plan *plan,
			    struct gv_pt_files *files)
{
	struct gv_pt_file *file;
	const char *gpu;
	unsigned int i;
	int ret = 0;

	files->count = 0;
	for (i = 0; !ret && i < plan->gpus.count; i++) {
		gpu = plan->gpus.func[i].address;
		ret = gv_pt_rules(plan, gpu, &files->file[files->count]);
		if (ret)
			break;
		file = &files->file[++files->count];
		ret = gv_pt_softdeps(plan, gpu, file);
		if (file->text)
			files->count++;
	}
	return ret;
}

int gv_pt_persist(const struct gv_pt_plan *plan, bool show,
		  struct gv_err *err)
{
	static struct gv_pt_files files;
	unsigned int i;
	int ret;

	ret = gv_pt_files_ours(plan, err);
	if (ret)
		return ret;
	if (gv_pt_files_make(plan, &files))
		ret = gv_err_memory(err);
	/* shown first, so that it is seen of what a failure speaks */
	for (i = 0; !ret && i < files.count; i++)
		gv_pt_file_print(&files.file[i], "write");
	fflush(stdout);
	if (!ret && !show)
		ret = gv_pt_files_write(&files, err);
	gv_pt_files_free(&files);
	if (!ret)
		gv_pt_initramfs(plan);
	return ret;
}

int gv_pt_unpersist(const struct gv_pt_plan *plan, bool show,
		    struct gv_err *err)
{
	char path[GV_PT_PATH];
	unsigned int i;
	int ret, which;

	ret = gv_pt_files_ours(plan, err);
	for (i = 0; !ret && i < plan->gpus.count; i++) {
		for (which = 0; !ret && which < GV_PT_FILES; which++) {
			if (gv_pt_file_path(path, which,
					    plan->gpus.func[i].address))
				ret = gv_pt_file_remove(path, show, err);
		}
	}
	return ret;
}
