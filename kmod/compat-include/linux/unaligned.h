/* SPDX-License-Identifier: GPL-2.0 */
/* Mirrors <linux/unaligned.h>, which is <asm/unaligned.h> before 6.12. */
#ifndef GV_COMPAT_LINUX_UNALIGNED_H
#define GV_COMPAT_LINUX_UNALIGNED_H

#ifdef GV_HAVE_LINUX_UNALIGNED
#include_next <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif

#endif
