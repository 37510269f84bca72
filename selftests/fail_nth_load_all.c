// SPDX-License-Identifier: GPL-2.0
/*
 * libs: libmnl
 * needs: long
 * timeout: 900
 *
 * All of fail_nth_load.c, with every fault.
 */
#define LAST 0
#include "fail_nth_load.c"
