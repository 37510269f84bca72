// SPDX-License-Identifier: GPL-2.0
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "clean.h"

/* Bytes of the character at s, 0 if it is not UTF-8. */
static int gv_utf8(const unsigned char *s)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint32_t c;
	int len, i;

	if (s[0] < 0x80)
		return 1;
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	len = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	c = s[0] & (0xff >> (len + 1));
	for (i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return 0;
	return len;
}

/* Bytes of the character at s, 0 if a terminal is not to see it. */
static int gv_printable(const unsigned char *s)
{
	/* 0xc2 0x80-0x9f are control characters too */
	if (*s < 0x20 || *s == 0x7f || (*s == 0xc2 && s[1] < 0xa0))
		return 0;
	return gv_utf8(s);
}

/* What needs no change, which is most, goes out in one piece. */
void gv_clean_print(FILE *file, const char *text)
{
	const unsigned char *s = (const unsigned char *)text, *start;
	int len;

	while (*s) {
		start = s;
		while ((len = gv_printable(s)))
			s += len;
		fwrite(start, 1, s - start, file);
		if (*s)
			fprintf(file, "\\x%02x", *s++);
	}
}

char *gv_clean_utf8(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	char *clean = malloc(3 * strlen(text) + 1), *to = clean;
	int len;

	if (!clean)
		return NULL;
	while (*s) {
		len = gv_utf8(s);
		if (len) {
			memcpy(to, s, len);
			to += len;
			s += len;
		} else {
			memcpy(to, "\xef\xbf\xbd", 3);
			to += 3;
			s++;
		}
	}
	*to = 0;
	return clean;
}
