/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All printing. Objects and arrays are what JSON shows; titles, lines and
 * notes are what text shows; the rest is in both.
 */
#ifndef GV_OUT_H
#define GV_OUT_H

#include <stdbool.h>
#include <stdint.h>

#include "attr.h"
#include "err.h"

/* Before the first output. */
void gv_out_init(bool json, bool pretty);
bool gv_out_json(void);

/* Ends a JSON document, if there is one, and flushes. */
void gv_out_end(void);
/* The output can't be written: a command without an end must stop. */
bool gv_out_failed(void);
/* 0, or GV_EXIT_FAILED when the output could not be written. */
int gv_out_close(void);

/* key is NULL at the top and in an array. */
void gv_out_array(const char *key);
void gv_out_array_end(void);
void gv_out_object(const char *key);
/* An object with all attributes that obj has. */
void gv_out_obj(const char *key, const struct gv_obj *obj);
void gv_out_object_end(void);

/* Members; text shows nothing of them. */
void gv_out_str(const char *key, const char *value);
void gv_out_num(const char *key, uint64_t value);
void gv_out_bool(const char *key, bool value);

/*
 * One line of text: indented words, and attributes by name, of which those
 * that obj lacks are left out; a line without any is not printed. attrs
 * ends with 0. Strings come from the kernel: control characters are escaped.
 */
__attribute__((format(printf, 2, 3)))
void gv_out_text(int indent, const char *fmt, ...);
void gv_out_line(int indent, const struct gv_obj *obj,
		 const unsigned int *attrs);
/* The same on one line with a title. */
void gv_out_titled(int indent, const char *title, const struct gv_obj *obj,
		   const unsigned int *attrs);
/* 16 GiB, 2560 MiB: exact; buf has room for 32 bytes. */
const char *gv_out_size(uint64_t bytes, char *buf);

/* To standard error, whatever the format. prefix may be NULL. */
void gv_out_error(const char *prefix, const struct gv_err *err);
__attribute__((format(printf, 1, 2)))
void gv_out_note(const char *fmt, ...);
/* A line of text; with JSON a note, as it is for who sits there. */
__attribute__((format(printf, 1, 2)))
void gv_out_tell(const char *fmt, ...);
/* On a terminal only; NULL wipes it out. */
void gv_out_progress(const char *what, unsigned int seconds);

/* Plain text for help and for what completion reads. */
__attribute__((format(printf, 1, 2)))
void gv_out_plain(const char *fmt, ...);

#endif
