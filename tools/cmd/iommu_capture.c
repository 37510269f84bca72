// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>

#include "../iommu/capture.h"
#include "../iommu/netlink.h"
#include "../iommu/read.h"
#include "../out.h"
#include "../port.h"
#include "iommu.h"

const struct gv_param gv_iommu_capture_params[] = {
	{ "DIR", GV_KIND_DIR, GV_POS | GV_MUST, 0, 0,
	  "where to write it; must not exist" },
	{ 0 }
};

static int gv_capture_to(struct gv_ctx *ctx, const struct gv_tree *tree,
			 const char *dir)
{
	struct gv_copy copy;
	int ret;

	ret = gv_copy_open(&copy, dir);
	if (ret) {
		gv_err_set(&ctx->err, -ret, "%s: %s", dir, strerror(-ret));
		if (ret == -EEXIST)
			gv_err_hint(&ctx->err, "give a directory that does not exist");
		return ret;
	}
	gv_capture(tree, &copy);
	ret = gv_copy_close(&copy);
	if (ret)
		gv_err_set(&ctx->err, -ret, "%s/%s: %s", dir, copy.path,
			   strerror(-ret));
	return ret;
}

int gv_iommu_capture(struct gv_ctx *ctx, const struct gv_args *args)
{
	const char *dir = args->v[0].str;
	struct gv_tree tree;
	unsigned int hidden;
	int ret;

	ret = gv_tree_read(gv_port_root(), &tree, &ctx->err);
	if (ret)
		return ret;
	hidden = tree.hidden;
	gv_tree_ask(ctx, &tree);
	ret = gv_capture_to(ctx, &tree, dir);
	if (!ret) {
		gv_out_object(NULL);
		gv_out_str("directory", dir);
		gv_out_num("functions", tree.n);
		gv_out_num("groups", tree.n_groups);
		gv_out_num("hidden", hidden);
		gv_out_object_end();
		gv_out_text(0, "%s  functions %u  groups %u", dir, tree.n,
			    tree.n_groups);
	}
	if (!ret && hidden)
		gv_out_note("%u functions are without their ACS bits: root can read them",
			    hidden);
	gv_tree_free(&tree);
	return ret;
}
