/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A library that only some commands need is loaded by those: to link it, and what
 * it brings along, takes longer than all the rest of the start of the others.
 */
#ifndef GV_DLOPEN_H
#define GV_DLOPEN_H

#include <stdint.h>

/*
 * What packagers' tools read of such a library, as no DT_NEEDED tells of it: the
 * ELF note of https://systemd.io/ELF_DLOPEN_METADATA. One in a file.
 */
#define GV_DLOPEN_TEXT(feature, what, priority, soname)			\
	"[{\"feature\":\"" feature "\",\"description\":\"" what "\","	\
	"\"priority\":\"" priority "\",\"soname\":[\"" soname "\"]}]"

#define GV_DLOPEN_NOTE(feature, what, priority, soname)			\
	static const struct {						\
		uint32_t name_size, text_size, type;			\
		char name[4];						\
		char text[sizeof(GV_DLOPEN_TEXT(feature, what,		\
						priority, soname))];	\
	} gv_dlopen_note						\
	__attribute__((used, aligned(4), section(".note.dlopen"))) = {	\
		.name_size = sizeof("FDO"),				\
		.text_size = sizeof(gv_dlopen_note.text),		\
		.type = 0x407c0c0a,					\
		.name = "FDO",						\
		.text = GV_DLOPEN_TEXT(feature, what, priority, soname), \
	}

#endif
