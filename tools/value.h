/* SPDX-License-Identifier: GPL-2.0 */
/* One word into one value; each returns false if it is not one. */
#ifndef GV_VALUE_H
#define GV_VALUE_H

#include <stdbool.h>
#include <stdint.h>

/* Decimal, or hexadecimal after 0x; no sign, no blank, nothing behind it. */
bool gv_parse_number(const char *word, uint64_t max, uint64_t *value);
/* Hexadecimal, with or without 0x. */
bool gv_parse_hex(const char *word, uint64_t max, uint64_t *value);
/* A number with K, M, G, T or KiB, MiB, GiB, TiB; bytes without. */
bool gv_parse_size(const char *word, uint64_t *value);
/* 1920x1080 */
bool gv_parse_resolution(const char *word, uint64_t *xres, uint64_t *yres);
/* 65:00.0 becomes 0000:65:00.0; buf has room for 17 bytes. */
bool gv_parse_address(const char *word, char *buf);
/* 1b36:0010 */
bool gv_parse_id(const char *word, uint64_t *vendor, uint64_t *device);
/* Becomes lower case; buf has room for 37 bytes. */
bool gv_parse_uuid(const char *word, char *buf);

#endif
