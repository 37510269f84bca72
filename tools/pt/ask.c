// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

#include "ask.h"
#include "sys.h"

#define GV_PT_PATIENCE	2000	/* a healthy driver's probe may take so long */

struct gv_pt_answer {
	unsigned int item;
	unsigned int vfs;
	char override[GV_PT_NAME];
};

/* Whoever waits for the output, or for the locks, does not wait for this one. */
static void gv_pt_ask_detach(struct gv_pt_plan *plan)
{
	unsigned int i;

	gv_pt_detach();
	for (i = 0; i < plan->count; i++)
		gv_pt_record_leave(&plan->item[i].record);
}

__attribute__((noreturn))
static void gv_pt_answer(struct gv_pt_plan *plan, unsigned int from,
			 int fd)
{
	struct gv_pt_answer answer;
	struct gv_pt_func func;
	unsigned int i;

	gv_pt_ask_detach(plan);
	for (i = from; i < plan->count; i++) {
		func = plan->item[i].func;
		gv_pt_read_locked(&func);
		memset(&answer, 0, sizeof(answer));
		answer.item = i;
		answer.vfs = func.vfs;
		strcpy(answer.override, func.override);
		if (write(fd, &answer, sizeof(answer)) != sizeof(answer))
			break;
	}
	_exit(0);
}

/* The place of the first function that did not answer. */
static unsigned int gv_pt_listen(struct gv_pt_plan *plan, unsigned int from,
				 int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	struct gv_pt_answer answer;
	struct gv_pt_func *func;

	while (from < plan->count && poll(&pfd, 1, GV_PT_PATIENCE) == 1 &&
	       read(fd, &answer, sizeof(answer)) == sizeof(answer) &&
	       answer.item == from) {
		func = &plan->item[from].func;
		func->vfs = answer.vfs;
		strcpy(func->override, answer.override);
		from++;
	}
	return from;
}

static unsigned int gv_pt_ask_from(struct gv_pt_plan *plan, unsigned int from)
{
	int fd[2];
	pid_t pid;

	if (pipe2(fd, O_CLOEXEC))
		return from;
	fflush(NULL);	/* the child must not print it again */
	pid = fork();
	if (!pid) {
		close(fd[0]);
		gv_pt_answer(plan, from, fd[1]);
	}
	close(fd[1]);
	if (pid > 0)
		from = gv_pt_listen(plan, from, fd[0]);
	close(fd[0]);
	if (pid <= 0)
		return from;
	/* one that waits in the kernel goes when that lets it */
	if (from < plan->count)
		kill(pid, SIGKILL);
	else
		waitpid(pid, NULL, 0);
	return from;
}

void gv_pt_ask(struct gv_pt_plan *plan)
{
	unsigned int i = 0;

	while (i < plan->count) {
		/* it is known why that one would not answer */
		if (plan->item[i].record.busy) {
			plan->item[i++].func.locked = true;
			continue;
		}
		i = gv_pt_ask_from(plan, i);
		if (i < plan->count)
			plan->item[i++].func.locked = true;
	}
}
