/* SPDX-License-Identifier: GPL-2.0 */
/* What cppcheck shall see of macros that it can't look up: loops give a value. */
#define gv_for(pos, head) for ((pos) = gv_first(head); (pos); (pos) = gv_next(pos))
#define list_for_each_entry(pos, head, member) gv_for(pos, head)
#define list_for_each_entry_safe(pos, n, head, member) gv_for(pos, head)
#define hash_for_each_possible(head, pos, member, key) gv_for(pos, head)

/* What some kernels have members for, and others not. */
#define GV_VFIO_MATCH_TOKEN_OP(fn)
#define GV_VFIO_REGION_INFO_OP(fn)
#define GV_VFIO_IOMMUFD_PHYSICAL_OPS
#define GV_VFIO_IOMMUFD_OPS
