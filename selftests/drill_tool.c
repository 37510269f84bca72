// SPDX-License-Identifier: GPL-2.0
/*
 * libs: libmnl
 * config: VFIO_MDEV
 * timeout: 1200
 *
 * R16: the tool is killed in the midst of a batch, or while it waits for an
 * operation. What is there afterwards is what a number of whole commands leaves,
 * never something between; a vGPU that was being deleted is gone or can be used;
 * an operation goes on to its end by itself.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drill.h"
#include "neighbour.h"
#include "nl_gpu.h"
#include "vfio.h"

#define COMMANDS 24
#define TYPES 4
#define VGPUS 6
#define FIRST 0x1600
#define BATCH "/tmp/drill-batch"

static struct gv_drill drill;
static struct gv_nl nl;
static struct gv_gpu gpu;

/* A bit for each type, and for each vGPU the number of its type and one more. */
struct state {
	bool type[TYPES];
	unsigned int vgpu[VGPUS];
};

static bool type_used(const struct state *s, unsigned int type)
{
	unsigned int i;

	for (i = 0; i < VGPUS; i++)
		if (s->vgpu[i] == type + 1)
			return true;
	return false;
}

/* A command that succeeds in this state, and what it makes of it. */
static bool command(FILE *file, struct state *s)
{
	unsigned int type = gv_drill_below(&drill, TYPES);
	unsigned int vgpu = gv_drill_below(&drill, VGPUS);
	char uuid[GV_UUID_LEN + 1];

	gv_uuid(uuid, FIRST + vgpu);
	switch (gv_drill_below(&drill, 5)) {
	case 0:
		if (s->type[type])
			return false;
		fprintf(file, "type new %s t%u framebuffer 4MiB\n", gpu.address,
			type);
		s->type[type] = true;
		break;
	case 1:
		if (!s->type[type] || type_used(s, type))
			return false;
		fprintf(file, "type del %s t%u\n", gpu.address, type);
		s->type[type] = false;
		break;
	case 2:
		if (!s->type[type] || s->vgpu[vgpu])
			return false;
		fprintf(file, "vgpu new %s t%u uuid %s\n", gpu.address, type,
			uuid);
		s->vgpu[vgpu] = type + 1;
		break;
	case 3:
		if (!s->vgpu[vgpu])
			return false;
		fprintf(file, "vgpu del %s\n", uuid);
		s->vgpu[vgpu] = 0;
		break;
	default:
		if (!s->vgpu[vgpu])
			return false;
		fprintf(file, "vgpu reset %s\n", uuid);
	}
	return true;
}

static void read_type(const struct gv_msg *msg, void *arg)
{
	const char *name = gv_str(msg, GPUVIRT_A_TYPE_NAME);
	struct state *s = arg;

	if (!strcmp(gv_str(msg, GPUVIRT_A_TYPE_GPU), gpu.address) &&
	    name[0] == 't')
		s->type[atoi(name + 1)] = true;
}

static void read_vgpu(const struct gv_msg *msg, void *arg)
{
	const char *uuid = gv_str(msg, GPUVIRT_A_VGPU_ID);
	const char *name = gv_str(msg, GPUVIRT_A_VGPU_TYPE);
	unsigned long number = strtoul(uuid + 24, NULL, 16);
	struct state *s = arg;

	if (number >= FIRST && number < FIRST + VGPUS)
		s->vgpu[number - FIRST] = atoi(name + 1) + 1;
}

static void read_state(struct state *s)
{
	memset(s, 0, sizeof(*s));
	gv_nl_dump_cmd(&nl, GPUVIRT_CMD_TYPE_GET, read_type, s);
	gv_nl_dump_cmd(&nl, GPUVIRT_CMD_VGPU_GET, read_vgpu, s);
}

/* Nobody has a mark left on what is there: it can be opened, and deleted. */
static void tear_down(const struct state *s)
{
	char uuid[GV_UUID_LEN + 1], name[8];
	unsigned int i, tries = 200;
	struct gv_vfio v;

	for (i = 0; i < VGPUS; i++) {
		if (!s->vgpu[i])
			continue;
		gv_uuid(uuid, FIRST + i);
		if (gv_vfio_open(&v, uuid))
			gv_drill_failed(&drill, "%s can't be opened", uuid);
		else
			gv_vfio_close(&v);
		while (gv_vgpu_remove(uuid) && gv_vgpu_exists(uuid) && tries--)
			gv_msleep(20);
	}
	for (i = 0; i < TYPES; i++) {
		snprintf(name, sizeof(name), "t%u", i);
		if (s->type[i] && gv_type_del(&nl, gpu.address, name))
			gv_drill_failed(&drill, "type %s can't be deleted",
					name);
	}
}

/* Start the tool, and kill it a while later. */
static bool kill_tool(char *const argv[], unsigned int max_ms)
{
	unsigned int us = gv_drill_below(&drill, max_ms * gv_drill_slow() * 1000);
	int status = 0, null;
	pid_t pid = fork();

	if (!pid) {
		null = open("/dev/null", O_RDWR);
		dup2(null, 1);
		dup2(null, 2);
		execvp(argv[0], argv);
		_exit(127);
	}
	usleep(us);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	if (WIFEXITED(status) && WEXITSTATUS(status))
		gv_drill_failed(&drill, "the tool ended with %d",
				WEXITSTATUS(status));
	return WIFSIGNALED(status);
}

static unsigned int killed, at_least_one, all_of_it;

static void kill_batch(void)
{
	char *const argv[] = { "gpuvirt", "-b", BATCH, NULL };
	struct state after[COMMANDS + 1], now;
	FILE *file = fopen(BATCH, "we");
	unsigned int i;

	if (!file)
		gv_ktap_bail("no batch can be written");
	memset(after, 0, sizeof(after));
	for (i = 0; i < COMMANDS; i++) {
		after[i + 1] = after[i];
		while (!command(file, &after[i + 1]))
			;
	}
	fclose(file);
	killed += kill_tool(argv, 250);

	read_state(&now);
	for (i = COMMANDS + 1; i--;)
		if (!memcmp(&after[i], &now, sizeof(now)))
			break;
	if (i == ~0U)
		gv_drill_failed(&drill, "no number of commands leaves that");
	at_least_one += i > 0;
	all_of_it += i == COMMANDS;
	tear_down(&now);
}

struct other {
	char address[GPUVIRT_ADDRESS_MAX + 1];
	unsigned int n;
	bool whole;
};

static void read_other(const struct gv_msg *msg, void *arg)
{
	const char *address = gv_str(msg, GPUVIRT_A_GPU_ADDRESS);
	struct other *other = arg;

	if (strncmp(gv_str(msg, GPUVIRT_A_GPU_DRIVER), "gpuvirt-sim", 11) ||
	    !strcmp(address, gpu.address))
		return;
	strcpy(other->address, address);
	other->n++;
	other->whole = gv_u64(msg, GPUVIRT_A_GPU_VRAM_FREE) == 64 * GV_MIB;
}

/* A GPU is made and removed, or not, as a whole. */
static void kill_operation(void)
{
	char *const add[] = { "gpuvirt", "sim", "add", "vram", "64MiB", NULL };
	struct other other = { "", 0, false };
	char *del[] = { "gpuvirt", "sim", "del", other.address, NULL };

	killed += kill_tool(add, 60);
	gv_settle(&nl);
	gv_nl_dump_cmd(&nl, GPUVIRT_CMD_GPU_GET, read_other, &other);
	at_least_one += other.n;
	if (!other.n)
		return;
	if (other.n > 1 || !other.whole) {
		gv_drill_failed(&drill, "%u GPUs are half made", other.n);
		return;
	}
	killed += kill_tool(del, 60);
	gv_settle(&nl);
	other.n = 0;
	gv_nl_dump_cmd(&nl, GPUVIRT_CMD_GPU_GET, read_other, &other);
	if (!other.n)
		all_of_it++;
	else if (!other.whole)
		gv_drill_failed(&drill, "a GPU is half removed");
	else if (gv_gpu_del(&nl, other.address))
		gv_drill_failed(&drill, "the GPU can't be removed any more");
}

int main(int argc, char **argv)
{
	const struct gv_sim sim = { .vram = 64 * GV_MIB };
	struct gv_neighbour neighbour;
	bool moves = true;

	gv_ktap_plan(3);
	gv_drill_begin(&drill, argc, argv, "R16",
		       "tools killed in batches and operations",
		       (struct gv_goals){ { 40, 500, 3000 } });
	gv_nl_open(&nl);
	gv_gpu_new(&nl, &sim, &gpu);
	gv_neighbour_start(&neighbour, &nl, gpu.address, drill.seed);
	while (gv_drill_goes_on(&drill) && moves) {
		drill.tried++;
		if (gv_drill_below(&drill, 4))
			kill_batch();
		else
			kill_operation();
		moves = gv_neighbour_moves(&neighbour);
	}
	gv_ktap_note("%u were killed in time, %u had done something, %u all",
		     killed, at_least_one, all_of_it);
	unlink(BATCH);
	if (!killed || !at_least_one)
		gv_drill_failed(&drill, "each was killed too early, or too late");
	gv_drill_check(&drill, 5);
	gv_ktap_check(moves & gv_neighbour_end(&neighbour),
		      "the neighbour got on, and keeps its VRAM");
	gv_ktap_check(!gv_gpu_del(&nl, gpu.address), "the GPU goes");
	return gv_ktap_end();
}
