/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GV_BIRTH_H
#define GV_BIRTH_H

#include <linux/types.h>

/* What can stand in place of a driver that VFs are born into. */
#define GV_BIRTH_NONE "none"
#define GV_BIRTH_HOST "host"
#define GV_BIRTH_VFIO "vfio-pci"
/* Takes the setting of a GPU back. */
#define GV_BIRTH_DEFAULT "default"

const char *gv_birth_choose(u16 vendor, const char *set, const char *asked);

#endif
