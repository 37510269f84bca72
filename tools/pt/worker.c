// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "../out.h"
#include "../port.h"
#include "sys.h"
#include "worker.h"

#define GV_PT_TICK	200

enum {
	GV_PT_MSG_STEP,
	GV_PT_MSG_NOTE,
	GV_PT_MSG_FAULT,
	GV_PT_MSG_END,
};

struct gv_pt_msg {
	int type;
	int ret;
	char address[20];
	char text[320];
	struct gv_err err;
};

struct gv_pt_worker {
	int fd;
	bool back;
};

static bool gv_pt_send(int fd, const struct gv_pt_msg *msg)
{
	return send(fd, msg, sizeof(*msg), MSG_NOSIGNAL) == sizeof(*msg);
}

void gv_pt_step(struct gv_pt_worker *worker, const char *address,
		const char *fmt, ...)
{
	struct gv_pt_msg msg = { .type = GV_PT_MSG_STEP };
	va_list ap;

	snprintf(msg.address, sizeof(msg.address), "%s", address);
	va_start(ap, fmt);
	vsnprintf(msg.text, sizeof(msg.text), fmt, ap);
	va_end(ap);
	gv_pt_send(worker->fd, &msg);
}

__attribute__((format(printf, 3, 0)))
static void gv_pt_tell(struct gv_pt_worker *worker, int type, const char *fmt,
		       va_list ap)
{
	struct gv_pt_msg msg = { .type = type };

	vsnprintf(msg.text, sizeof(msg.text), fmt, ap);
	gv_pt_send(worker->fd, &msg);
}

void gv_pt_note(struct gv_pt_worker *worker, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	gv_pt_tell(worker, GV_PT_MSG_NOTE, fmt, ap);
	va_end(ap);
}

void gv_pt_fault(struct gv_pt_worker *worker, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	gv_pt_tell(worker, GV_PT_MSG_FAULT, fmt, ap);
	va_end(ap);
}

bool gv_pt_given_up(struct gv_pt_worker *worker)
{
	char c;

	return !worker->back &&
		!recv(worker->fd, &c, 1, MSG_DONTWAIT | MSG_PEEK);
}

/*
 * The parent's word is what counts: only if it has taken the success, and
 * will tell it, do the changes stay.
 */
static bool gv_pt_taken(int fd)
{
	struct gv_pt_msg end = { .type = GV_PT_MSG_END };
	char ack;

	return gv_pt_send(fd, &end) && recv(fd, &ack, 1, 0) == 1;
}

__attribute__((noreturn))
static void gv_pt_child(const struct gv_pt_job *job, int fd)
{
	struct gv_pt_worker worker = { .fd = fd };
	struct gv_pt_msg end = { .type = GV_PT_MSG_END };

	gv_pt_detach();
	end.ret = job->act(&worker, job->arg, &end.err);
	worker.back = end.ret || !gv_pt_taken(fd);
	if (worker.back)
		job->back(&worker, job->arg);
	job->end(job->arg);
	if (end.ret)
		gv_pt_send(fd, &end);
	_exit(0);
}

/* The child's end without a word: killed, or out of memory. */
static int gv_pt_lost(const struct gv_pt_stuck *stuck, struct gv_err *err)
{
	gv_err_set(err, EIO, "process %d, which makes the change, was ended%s%s%s%s",
		   (int)stuck->pid, stuck->step[0] ? " while " : "",
		   stuck->step, stuck->step[0] ? " of " : "",
		   stuck->address);
	gv_err_hint(err, "see how far it came with `gpuvirt passthrough show`; bind or unbind again");
	return -EIO;
}

static int gv_pt_end(int fd, const struct gv_pt_msg *msg, struct gv_err *err)
{
	if (msg->ret)
		*err = msg->err;
	else
		send(fd, "", 1, MSG_NOSIGNAL);
	return msg->ret;
}

/* 1: not at its end yet. */
static int gv_pt_hear(int fd, bool late, struct gv_pt_stuck *stuck,
		      struct gv_err *err)
{
	struct gv_pt_msg msg;
	ssize_t len;

	len = recv(fd, &msg, sizeof(msg), MSG_DONTWAIT);
	if (len < 0 && (errno == EAGAIN || errno == EINTR))
		return late ? -ETIMEDOUT : 1;
	if (len != sizeof(msg))
		return gv_pt_lost(stuck, err);
	switch (msg.type) {
	case GV_PT_MSG_STEP:
		memcpy(stuck->address, msg.address, sizeof(stuck->address));
		snprintf(stuck->step, sizeof(stuck->step), "%.119s", msg.text);
		return 1;
	case GV_PT_MSG_FAULT:
		stuck->fault = true;
		/* fall through */
	case GV_PT_MSG_NOTE:
		gv_out_note("%s", msg.text);
		return 1;
	}
	/* a success that is not taken any more will be put back */
	if (late && !msg.ret)
		return -ETIMEDOUT;
	return gv_pt_end(fd, &msg, err);
}

static int gv_pt_wait(const struct gv_pt_job *job, int fd,
		      struct gv_pt_stuck *stuck, struct gv_err *err)
{
	int64_t start = gv_port_now(), now;
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	bool late = false;
	int ret;

	for (;;) {
		ret = gv_pt_hear(fd, late, stuck, err);
		if (ret <= 0)
			return ret;
		now = gv_port_now();
		if (now - start >= job->timeout && !late) {
			shutdown(fd, SHUT_WR);
			late = true;
			continue;
		}
		gv_out_progress(job->what, (now - start) / 1000);
		poll(&pfd, 1, GV_PT_TICK);
	}
}

int gv_pt_work(const struct gv_pt_job *job, struct gv_pt_stuck *stuck,
	       struct gv_err *err)
{
	int fd[2], ret;
	pid_t pid;

	memset(stuck, 0, sizeof(*stuck));
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fd))
		return gv_err_set(err, errno, "no socket: %m");
	fflush(NULL);	/* the child must not print it again */
	pid = fork();
	if (pid < 0) {
		ret = gv_err_set(err, errno, "no child process: %m");
		close(fd[0]);
		close(fd[1]);
		return ret;
	}
	if (!pid) {
		close(fd[0]);
		gv_pt_child(job, fd[1]);
	}
	close(fd[1]);
	stuck->pid = pid;
	ret = gv_pt_wait(job, fd[0], stuck, err);
	gv_out_progress(NULL, 0);
	close(fd[0]);
	/* its locks go with it; one that hangs can't be waited for */
	if (ret != -ETIMEDOUT)
		waitpid(pid, NULL, 0);
	return ret;
}
