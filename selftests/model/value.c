// SPDX-License-Identifier: GPL-2.0
/* What the tool reads from words: by 128 bits, and by writing it down again. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "value.h"

#include "model.h"

typedef unsigned __int128 wide;

/* Digits from *word on; what they mean, or one more than 64 bits hold. */
static wide digits(const char **word, unsigned int base, bool *any)
{
	static const char all[] = "0123456789abcdef";
	wide v = 0, most = (wide)1 << 64;
	const char *at;

	for (*any = false; **word; (*word)++, *any = true) {
		at = memchr(all, tolower((unsigned char)**word), base);
		if (!at)
			break;
		v = v * base + (at - all);
		if (v > most)
			v = most;
	}
	return v;
}

static bool number(const char *word, uint64_t max, uint64_t *value)
{
	bool hex = word[0] == '0' && tolower((unsigned char)word[1]) == 'x', any;
	const char *c = word + (hex ? 2 : 0);
	wide v = digits(&c, hex ? 16 : 10, &any);

	*value = v;
	return any && !*c && v <= max;
}

static bool size(const char *word, uint64_t *value)
{
	static const char *const units[] = {
		"", "k", "m", "g", "t", "kib", "mib", "gib", "tib",
	};
	const char *c = word;
	bool any;
	wide v = digits(&c, 10, &any);
	unsigned int i, shift;

	if (!any)
		return false;
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (!strcasecmp(c, units[i]))
			break;
	if (i == sizeof(units) / sizeof(units[0]))
		return false;
	shift = i ? 10 * ((i - 1) % 4 + 1) : 0;
	v <<= shift;
	*value = v;
	return v >> 64 == 0;
}

static void some_word(char *word, unsigned int max)
{
	static const char *const tails[] = {
		"K", "MiB", "g", "TIB", "b", "KB", " ", "0", "9",
	};
	static const char set[] = "00119fFxX:.-kKmMgGtTiIbB \t+,e";
	unsigned int n = gv_below(max), i;
	uint64_t v = gv_awkward();

	if (gv_below(4)) {
		n = snprintf(word, max, gv_below(2) ? "%llu" : "0x%llx",
			     (unsigned long long)v);
		if (gv_below(2))
			return;
		snprintf(word + n, max - n, "%s", tails[gv_below(9)]);
		return;
	}
	for (i = 0; i < n; i++)
		word[i] = set[gv_below(sizeof(set) - 1)];
	word[n] = '\0';
}

static void address(void)
{
	unsigned int d = gv_awkward(), b = gv_random() & 0xff,
		     s = gv_random() & 0x1f, f = gv_random() & 7;
	char word[64], want[64], buf[32];

	snprintf(want, sizeof(want), "%04x:%02x:%02x.%x", d, b, s, f);
	snprintf(word, sizeof(word), "%x:%x:%x.%x", d, b, s, f);
	gv_expect(gv_parse_address(word, buf) && !strcmp(buf, want), "%s", word);
	snprintf(word, sizeof(word), "%x:%x:%x.%x", d, b + 256, s, f);
	gv_expect(!gv_parse_address(word, buf), "%s", word);
	snprintf(word, sizeof(word), "%x:%x:%x.%x", d, b, s + 32, f);
	gv_expect(!gv_parse_address(word, buf), "%s", word);
	snprintf(word, sizeof(word), "%x:%x:%x.%x", d, b, s, f + 8);
	gv_expect(!gv_parse_address(word, buf), "%s", word);
}

void gv_model_value(uint64_t n)
{
	uint64_t a, b, max;
	char word[40], buf[32];
	bool ok;

	while (n--) {
		gv_case();
		some_word(word, sizeof(word));
		max = gv_below(2) ? UINT64_MAX : gv_awkward();
		ok = number(word, max, &a);
		gv_expect(gv_parse_number(word, max, &b) == ok &&
			  (!ok || a == b), "'%s' up to %llx", word,
			  (unsigned long long)max);
		ok = size(word, &a);
		gv_expect(gv_parse_size(word, &b) == ok && (!ok || a == b),
			  "'%s'", word);
		gv_parse_address(word, buf);
		address();
	}
}
