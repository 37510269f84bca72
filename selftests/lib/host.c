// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "host.h"
#include "ktap.h"

#define GV_SAID_MAX 65536

char gv_said[GV_SAID_MAX];

static int gv_vrun(const char *fmt, va_list ap)
{
	size_t len = 0, got;
	char cmd[1024];
	FILE *pipe;
	int status;

	if (vsnprintf(cmd, sizeof(cmd) - 5, fmt, ap) >= (int)sizeof(cmd) - 5)
		gv_ktap_bail("a command is too long");
	strcat(cmd, " 2>&1");
	pipe = popen(cmd, "re");
	if (!pipe)
		gv_ktap_bail("can't run a shell: %m");
	while ((got = fread(gv_said + len, 1, GV_SAID_MAX - 1 - len, pipe)))
		len += got;
	gv_said[len] = '\0';
	status = pclose(pipe);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

int gv_run(const char *fmt, ...)
{
	va_list ap;
	int status;

	va_start(ap, fmt);
	status = gv_vrun(fmt, ap);
	va_end(ap);
	return status;
}

void gv_must(const char *fmt, ...)
{
	va_list ap;
	int status;

	va_start(ap, fmt);
	status = gv_vrun(fmt, ap);
	va_end(ap);
	if (status) {
		gv_ktap_note("%s", gv_said);
		gv_ktap_bail("status %d of: %s", status, fmt);
	}
}

bool gv_said_all(const char *first, ...)
{
	const char *word, *at = gv_said;
	va_list ap;

	va_start(ap, first);
	for (word = first; word; word = va_arg(ap, const char *)) {
		at = strstr(at, word);
		if (!at) {
			gv_ktap_note("it lacks \"%s\": %s", word, gv_said);
			va_end(ap);
			return false;
		}
		at += strlen(word);
	}
	va_end(ap);
	return true;
}

void gv_host_begin(void)
{
	int status = 0;
	pid_t pid;

	pid = fork();
	if (pid < 0)
		gv_ktap_bail("fork: %m");
	if (!pid) {
		setpgid(0, 0);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		gv_must("modprobe -a vfio_iommu_type1 gpuvirt");
		return;
	}

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	kill(-pid, SIGKILL);
	/* What was killed lets go of its vGPUs a moment later. */
	if (!access("/sys/module/gpuvirt_sim", F_OK) &&
	    !gv_until(10000, !gv_run("gpuvirt sim del all"))) {
		gv_ktap_note("%s", gv_said);
		exit(1);
	}
	if (WIFSIGNALED(status))
		gv_ktap_bail("killed by signal %d", WTERMSIG(status));
	exit(WEXITSTATUS(status));
}

void gv_host_sim_add(char gpu[GV_GPU_MAX], const char *args)
{
	gv_must("gpuvirt sim add %s", args);
	gv_said[strcspn(gv_said, "\n ")] = '\0';
	snprintf(gpu, GV_GPU_MAX, "%.16s", gv_said);
}

void gv_host_type_new(const char *gpu, const char *name, const char *args)
{
	gv_must("gpuvirt type new %s %s %s", gpu, name, args);
}

void gv_host_vgpu_new(const char *gpu, const char *type, const char *id)
{
	gv_must("gpuvirt vgpu new %s %s uuid %s", gpu, type, id);
}

void gv_host_vgpu_del(const char *id)
{
	gv_must("gpuvirt vgpu del %s", id);
}

uint64_t gv_num(const char *object, const char *handle, const char *key)
{
	char word[64];
	const char *at;

	gv_must("gpuvirt -j %s show %s", object, handle);
	snprintf(word, sizeof(word), "\"%s\":", key);
	at = strstr(gv_said, word);
	if (!at)
		return ~0ULL;
	at += strlen(word);
	if (!strncmp(at, "true", 4))
		return 1;
	return strtoull(at, NULL, 0);
}

int64_t gv_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

void gv_sleep(unsigned int ms)
{
	struct timespec time = { ms / 1000, ms % 1000 * 1000000L };

	nanosleep(&time, NULL);
}

int gv_host_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int ret = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		ret = -errno;
	close(fd);
	return ret;
}

pid_t gv_file_write_child(const char *path, const char *text)
{
	pid_t pid = fork();
	int max;

	if (pid < 0)
		gv_ktap_bail("fork: %m");
	if (pid)
		return pid;
	/* It must not hold open what the write waits for. */
	for (max = 3; max < 256; max++)
		close(max);
	_exit(-gv_host_write(path, text));
}

int64_t gv_patience(unsigned int ms)
{
	const char *slow = getenv("GV_SLOW");

	return (int64_t)ms * (slow && atoi(slow) > 1 ? atoi(slow) : 1);
}

int gv_child_status(pid_t pid, unsigned int ms)
{
	int status = 0;

	if (!gv_until(ms, waitpid(pid, &status, WNOHANG) == pid))
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}
