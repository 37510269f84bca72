// SPDX-License-Identifier: GPL-2.0
#include "netlink.h"

static enum gv_maybe gv_ask_bool(const struct gv_obj *obj, unsigned int attr)
{
	if (!gv_obj_has(obj, attr))
		return GV_UNKNOWN;
	return gv_obj_num(obj, attr) ? GV_YES : GV_NO;
}

static void gv_ask_bits(const struct gv_obj *obj, struct gv_bits *bits)
{
	bits->pcie = gv_obj_has(obj, GPUVIRT_A_GROUP_PCIE_TYPE);
	bits->type = gv_obj_num(obj, GPUVIRT_A_GROUP_PCIE_TYPE);
	bits->acs = gv_obj_num(obj, GPUVIRT_A_GROUP_ACS);
	bits->acs_cap = gv_obj_num(obj, GPUVIRT_A_GROUP_ACS_CAP);
	bits->acs_ctrl = gv_obj_num(obj, GPUVIRT_A_GROUP_ACS_CTRL);
	bits->acs_vector = gv_obj_num(obj, GPUVIRT_A_GROUP_ACS_VECTOR);
	bits->sriov = gv_obj_has(obj, GPUVIRT_A_GROUP_TOTAL_VFS);
	bits->total_vfs = gv_obj_num(obj, GPUVIRT_A_GROUP_TOTAL_VFS);
	bits->num_vfs = gv_obj_num(obj, GPUVIRT_A_GROUP_NUM_VFS);
	bits->ats_on = gv_obj_num(obj, GPUVIRT_A_GROUP_ATS);
	bits->ats |= bits->ats_on;
	bits->known = !bits->acs || gv_obj_has(obj, GPUVIRT_A_GROUP_ACS_CAP);
}

static void gv_ask_member(struct gv_tree *tree, const struct gv_obj *obj)
{
	struct gv_group *group;
	struct gv_fn *fn;

	fn = gv_tree_find(tree, gv_obj_word(obj, GPUVIRT_A_GROUP_ADDRESS));
	if (!fn)
		return;
	/* a scan of the bus can mark VFs, which changes nothing for them */
	if (!fn->virtfn)
		fn->multifunction = gv_obj_num(obj,
					       GPUVIRT_A_GROUP_MULTIFUNCTION);
	if (!fn->bits.known && gv_obj_has(obj, GPUVIRT_A_GROUP_ACS)) {
		gv_ask_bits(obj, &fn->bits);
		tree->hidden -= fn->bits.known;
	}
	group = gv_tree_group(tree, fn->group);
	/* it may have moved since sysfs was read */
	if (!group || gv_obj_num(obj, GPUVIRT_A_GROUP_GROUP) !=
	    (uint64_t)fn->group)
		return;
	group->isolated_msi = gv_ask_bool(obj, GPUVIRT_A_GROUP_ISOLATED_MSI);
	group->owned = gv_ask_bool(obj, GPUVIRT_A_GROUP_DMA_OWNER);
}

/* Accelerators that are not of the display class, and their VFs. */
static void gv_ask_gpu(struct gv_tree *tree, const struct gv_obj *obj)
{
	struct gv_fn *gpu, *fn;

	gpu = gv_tree_find(tree, gv_obj_word(obj, GPUVIRT_A_GPU_ADDRESS));
	if (!gpu)
		return;
	gv_for_each_fn(fn, tree) {
		if (fn == gpu || fn->pf == gpu)
			fn->gpu = true;
	}
}

static int gv_ask_dump(struct gv_ctx *ctx, struct gv_tree *tree,
		       unsigned int cmd,
		       void (*use)(struct gv_tree *tree,
				   const struct gv_obj *obj))
{
	struct gv_list list;
	struct gv_obj *obj;
	int ret;

	gv_list_init(&list);
	ret = gv_get_all(ctx, cmd, NULL, &list);
	for (obj = ret ? NULL : list.first; obj; obj = obj->next)
		use(tree, obj);
	gv_list_free(&list);
	return ret;
}

void gv_tree_ask(struct gv_ctx *ctx, struct gv_tree *tree)
{
	struct gv_err keep = ctx->err;

	/* none of this is an error: sysfs has told what it can */
	if (!gv_ctx_nl(ctx) &&
	    !gv_ask_dump(ctx, tree, GPUVIRT_CMD_GROUP_GET, gv_ask_member))
		gv_ask_dump(ctx, tree, GPUVIRT_CMD_GPU_GET, gv_ask_gpu);
	ctx->err = keep;
}
