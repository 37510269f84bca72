# SPDX-License-Identifier: GPL-2.0
# the type by which the ktype is learnt is a whole one
# file: kmod/mdev.c
# test: mdev_race
/^static int gv_mdev_learn_ktype/,/^}/{
s/static struct gv_type type = .*/static struct mdev_type mtype = { .sysfs_name = "gpuvirt" };/
s/&type\.mtype/\&mtype/
s/type\.mtype\.kobj/mtype.kobj/
}
