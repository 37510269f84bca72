/* SPDX-License-Identifier: GPL-2.0 */
/*
 * KTAP for tests in C. A test makes a plan, gives that many results and
 * returns gv_ktap_end():
 *
 *	gv_ktap_plan(2);
 *	gv_ktap_check(fd >= 0, "the device opens");
 *	gv_ktap_skip("it wakes up", "no such event on this kernel");
 *	return gv_ktap_end();
 */

#ifndef GV_KTAP_H
#define GV_KTAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#define GV_KTAP_PRINTF(n) \
	__attribute__((unused, format(printf, n, n + 1)))

static struct {
	unsigned int planned;
	unsigned int given;
	unsigned int failed;
} gv_ktap;

static inline void gv_ktap_plan(unsigned int n)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("KTAP version 1\n1..%u\n", n);
	gv_ktap.planned = n;
}

/* A line of comment, for whoever reads why it failed. */
GV_KTAP_PRINTF(1)
static void gv_ktap_note(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("# ", stdout);
	vprintf(fmt, ap);
	putchar('\n');
	va_end(ap);
}

/* One result. Gives the condition back, for what depends on it. */
GV_KTAP_PRINTF(2)
static bool gv_ktap_check(bool good, const char *fmt, ...)
{
	va_list ap;

	if (!good)
		gv_ktap.failed++;
	va_start(ap, fmt);
	printf("%sok %u ", good ? "" : "not ", ++gv_ktap.given);
	vprintf(fmt, ap);
	putchar('\n');
	va_end(ap);
	return good;
}

static inline void gv_ktap_skip(const char *what, const char *why)
{
	printf("ok %u %s # SKIP %s\n", ++gv_ktap.given, what, why);
}

/* Nothing of this test can run here: end it as skipped. */
static inline void gv_ktap_skip_all(const char *why)
{
	printf("KTAP version 1\n1..0 # SKIP %s\n", why);
	exit(4);
}

/* What the rest rests on is broken: end the test as failed. */
GV_KTAP_PRINTF(1)
static void gv_ktap_bail(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("Bail out! ", stdout);
	vprintf(fmt, ap);
	putchar('\n');
	va_end(ap);
	exit(1);
}

/* The exit status of the test. */
static inline int gv_ktap_end(void)
{
	if (gv_ktap.given != gv_ktap.planned)
		gv_ktap_bail("planned %u results, gave %u", gv_ktap.planned,
			     gv_ktap.given);
	return gv_ktap.failed ? 1 : 0;
}

#endif
