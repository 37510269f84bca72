/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A kernel that speaks from a script, for tests. The environment names it:
 * GV_FAKE_SCRIPT (what to answer), GV_FAKE_LOG (what was asked for) and
 * GV_FAKE_ROOT (what goes before paths). Lines of a script:
 *
 *   no-family                  the module is not loaded
 *   join-error GROUP ERRNO     joining this multicast group fails
 *   write-error ERRNO          the next write to sysfs fails (in order)
 *   kernel                     writes to sysfs do what a PCI core would do
 *   when PATTERN COMMAND       after a write to such a path, the shell does this
 *   clock                      time passes by itself
 *   on COMMAND                 what follows answers this command; the answers
 *                              are used in order, the last one again and again
 *   reply ATTRIBUTE=VALUE...   one message; ?40=7 is an attribute number 40
 *   intr                       the next reply says that the dump was overtaken
 *   error ERRNO REASON TEXT [attr=NAME | miss=NAME]
 *   whole                      the error gives the request back whole
 *   done-error ERRNO TEXT      the last message of the dump says this
 *   silent                     no answer at all
 *   event COMMAND ATTRIBUTE=VALUE...   after the answer; at the start if it
 *                              stands before the first "on"
 *   stranger MS                a message of another family, after so long
 *   overrun                    events were lost
 *   gone                       the module is unloaded
 */
#ifndef GV_FAKE_H
#define GV_FAKE_H

#include <stdbool.h>

struct nl_msg;

#define FAKE_WORDS	64

struct fake_line {
	struct fake_line *next;
	int argc;
	char *argv[FAKE_WORDS + 1];
};

struct fake_stanza {
	struct fake_stanza *next;
	struct fake_line *lines;
	const char *command;
	bool used;
};

/* Reads the script once; ends the program if it is wrong. */
struct fake_stanza *fake_script(void);
/* The answer to a command, or NULL. */
struct fake_stanza *fake_find(const char *command);
/* The lines before the first "on". */
struct fake_line *fake_start(void);

int fake_number(const char *word);
/* The number of a command or attribute of the spec. */
int fake_command(const char *name);
/* Adds ATTRIBUTE=VALUE words. */
void fake_put(struct nl_msg *msg, int cmd, int argc, char *const argv[]);
int fake_attr(int cmd, const char *name);
/* 0 or -errno. */
int fake_pci_write(const char *path, const char *text);

__attribute__((format(printf, 1, 2)))
void fake_log(const char *fmt, ...);
__attribute__((format(printf, 1, 2), noreturn))
void fake_die(const char *fmt, ...);

#endif
