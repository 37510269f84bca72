// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <uuid/uuid.h>

#include "value.h"

static int gv_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 16;
}

/* Not strtoull(), which takes blanks, a sign and what is too large. */
static const char *gv_digits(const char *word, int base, uint64_t max,
			     uint64_t *value)
{
	const char *c;
	uint64_t v = 0;
	int digit;

	for (c = word; (digit = gv_digit(*c)) < base; c++) {
		if (v > (max - digit) / base || (uint64_t)digit > max)
			return NULL;
		v = v * base + digit;
	}
	if (c == word)
		return NULL;
	*value = v;
	return c;
}

bool gv_parse_hex(const char *word, uint64_t max, uint64_t *value)
{
	const char *end;

	if (word[0] == '0' && (word[1] == 'x' || word[1] == 'X'))
		word += 2;
	end = gv_digits(word, 16, max, value);
	return end && !*end;
}

bool gv_parse_number(const char *word, uint64_t max, uint64_t *value)
{
	const char *end;

	if (word[0] == '0' && (word[1] == 'x' || word[1] == 'X'))
		return gv_parse_hex(word, max, value);
	end = gv_digits(word, 10, max, value);
	return end && !*end;
}

bool gv_parse_id(const char *word, uint64_t *vendor, uint64_t *device)
{
	const char *end = gv_digits(word, 16, UINT16_MAX, vendor);

	if (!end || *end != ':')
		return false;
	end = gv_digits(end + 1, 16, UINT16_MAX, device);
	return end && !*end;
}

static bool gv_unit(const char *unit, unsigned int *shift)
{
	static const char letters[] = "KMGT";
	const char *letter;

	*shift = 0;
	if (!*unit)
		return true;
	letter = strchr(letters, toupper((unsigned char)*unit));
	if (!letter)
		return false;
	*shift = 10 * (letter - letters + 1);
	return !unit[1] || !strcasecmp(unit + 1, "iB");
}

bool gv_parse_size(const char *word, uint64_t *value)
{
	unsigned int shift;
	const char *unit;
	uint64_t v;

	unit = gv_digits(word, 10, UINT64_MAX, &v);
	if (!unit || !gv_unit(unit, &shift) || v > UINT64_MAX >> shift)
		return false;
	*value = v << shift;
	return true;
}

bool gv_parse_resolution(const char *word, uint64_t *xres, uint64_t *yres)
{
	const char *c;

	c = gv_digits(word, 10, UINT32_MAX, xres);
	if (!c || *c != 'x')
		return false;
	c = gv_digits(c + 1, 10, UINT32_MAX, yres);
	return c && !*c;
}

/* Up to max digits of one part of a PCI address, and what ends it. */
static const char *gv_address_part(const char *c, uint64_t max, char end,
				   uint64_t *value)
{
	c = gv_digits(c, 16, max, value);
	if (!c || *c != end)
		return NULL;
	return end ? c + 1 : c;
}

bool gv_parse_address(const char *word, char *buf)
{
	const char *c = word, *first = strchr(word, ':');
	uint64_t domain = 0, bus, slot, function;

	if (strlen(word) > 16)
		return false;
	if (first && strchr(first + 1, ':'))
		c = gv_address_part(c, UINT32_MAX, ':', &domain);
	if (c)
		c = gv_address_part(c, 0xff, ':', &bus);
	if (c)
		c = gv_address_part(c, 0x1f, '.', &slot);
	if (c)
		c = gv_address_part(c, 7, 0, &function);
	if (!c)
		return false;
	snprintf(buf, 17, "%04x:%02x:%02x.%x", (unsigned int)domain,
		 (unsigned int)bus, (unsigned int)slot,
		 (unsigned int)function);
	return true;
}

bool gv_parse_uuid(const char *word, char *buf)
{
	uuid_t uuid;

	if (uuid_parse(word, uuid))
		return false;
	uuid_unparse_lower(uuid, buf);
	return true;
}
