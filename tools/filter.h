/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GV_FILTER_H
#define GV_FILTER_H

#include <stdint.h>

/*
 * Of a family's messages, let a socket have those of one command only; all of
 * other families. 0 or -errno.
 */
int gv_filter_attach(int fd, uint16_t family, uint8_t cmd);

#endif
