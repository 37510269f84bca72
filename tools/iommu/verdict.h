/* SPDX-License-Identifier: GPL-2.0 */
/* What all that means for who wants to give a function to a virtual machine. */
#ifndef GV_VERDICT_H
#define GV_VERDICT_H

#include "../err.h"
#include "tree.h"

enum gv_verdict {
	GV_ISOLATED,		/* alone in its group, but for bridges */
	GV_COMPANIONS,		/* with functions of its own device */
	GV_SHARED,		/* with other devices */
	GV_NO_IOMMU,		/* in no group: nothing translates its DMA */
	GV_NOT_TRANSLATED,	/* isolated, but identity domain and host's */
	GV_NO_INTERRUPT_REMAPPING,
	GV_RMRR,		/* firmware wants it to reach host memory */
};

/**
 * struct gv_report - the verdict on a function
 * @verdict: in one word
 * @viable: VFIO takes it as soon as the members of its group are bound to it
 * @group: its group, or NULL
 * @members: functions in the group
 * @bridges: of these, bridges
 * @companions: of these, other functions of its device
 * @strangers: of these, functions of other devices
 * @stranger: the first of them
 * @rmrr: a range that firmware wants it to reach, or NULL
 * @remapped: whether its interrupts are remapped
 * @agrees: whether the kernel's group is the one that we reckon
 * @by_quirk: and a quirk of the kernel is part of the reckoning
 */
struct gv_report {
	enum gv_verdict verdict;
	bool viable;
	struct gv_group *group;
	unsigned int members;
	unsigned int bridges;
	unsigned int companions;
	unsigned int strangers;
	const struct gv_fn *stranger;
	const struct gv_region *rmrr;
	enum gv_maybe remapped;
	enum gv_maybe agrees;
	bool by_quirk;
};

void gv_report(const struct gv_tree *tree, const struct gv_fn *fn,
	       struct gv_report *report);
/* "isolated", "no-iommu" */
const char *gv_verdict_name(enum gv_verdict verdict);

/* In the kernel's group of fn, apart from fn itself. */
bool gv_companion(const struct gv_fn *fn, const struct gv_fn *other);
/* VFIO can take a group while this driver has a member of it. */
bool gv_driver_yields(const char *driver);
/* That is so for all members of its group. */
bool gv_group_yields(const struct gv_tree *tree, const struct gv_fn *fn);
bool gv_driver_is_vfio(const char *driver);

/*
 * Whether VFIO would take fn if the functions in bound (n of them, fn need not
 * be among them) had a VFIO driver. 0, or a negative errno with a sentence and
 * what to do in err.
 */
int gv_viable(const struct gv_tree *tree, const struct gv_fn *fn,
	      const struct gv_fn *const *bound, unsigned int n,
	      struct gv_err *err);

#endif
