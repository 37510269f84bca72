/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's loops as cppcheck shall see them: their variable gets a value. */
#define gv_for(pos, head) for ((pos) = gv_first(head); (pos); (pos) = gv_next(pos))
#define list_for_each_entry(pos, head, member) gv_for(pos, head)
#define list_for_each_entry_safe(pos, n, head, member) gv_for(pos, head)
#define hash_for_each_possible(head, pos, member, key) gv_for(pos, head)
