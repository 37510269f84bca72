/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GV_CMD_PASSTHROUGH_H
#define GV_CMD_PASSTHROUGH_H

#include "../cmd.h"

/* passthrough_show.c */
extern const struct gv_param gv_pt_show_params[];
int gv_pt_show(struct gv_ctx *ctx, const struct gv_args *args);

#endif
