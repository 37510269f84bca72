/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The PCI functions of a machine, this one or a captured one, and what was
 * found out about their groups. Reading it (read.c, netlink.c), reasoning about
 * it (acs.c, group.c, verdict.c, fix.c) and printing it (show.c, explain.c) are
 * apart: what reasons calls neither the kernel nor stdio.
 */
#ifndef GV_TREE_H
#define GV_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config.h"

#define GV_ADDRESS_SIZE	17
#define GV_NO_GROUP	(-1)

/* By which rule of the kernel a function shares the group of another one. */
enum gv_rule {
	GV_RULE_ALONE,		/* by none */
	GV_RULE_BRIDGE_ALIAS,	/* its DMA carries the id of a bridge */
	GV_RULE_REAL_DMA,	/* or that of the device that emulates its bus */
	GV_RULE_PATH,		/* ACS is missing on its way to the root */
	GV_RULE_FUNCTION,	/* ACS is missing on functions of its device */
	GV_RULE_ALIAS,		/* its DMA carries the id of a neighbour */
};

/**
 * struct gv_fn - a PCI function
 * @address: as the kernel writes it
 * @domain: its domain
 * @bus: its bus
 * @devfn: its device and function
 * @vendor: vendor id, also of a VF
 * @device: device id, also of a VF
 * @class: class code, 24 bits
 * @driver: the bound driver, empty if none
 * @iommu: the IOMMU that translates for it, empty if not known
 * @group: its IOMMU group, or GV_NO_GROUP
 * @up: the bridge above it, NULL on a root bus
 * @owner: the function that owns its root bus (Intel VMD), or NULL
 * @pf: of a VF: the function that it is a VF of
 * @virtfn: it is a VF (@pf may be unknown)
 * @multifunction: as the kernel sees it
 * @gpu: it is a GPU or one of its VFs
 * @bits: from its configuration space
 * @rule: why it shares a group
 * @with: the function next to which that rule put it
 * @culprit: of GV_RULE_PATH: the first function on its way that lacks ACS
 * @set: the same number in all functions that share a group, by our reckoning
 * @raw: the same without the kernel's quirks
 */
struct gv_fn {
	char address[GV_ADDRESS_SIZE];
	uint32_t domain;
	uint8_t bus;
	uint8_t devfn;
	uint16_t vendor;
	uint16_t device;
	uint32_t class;
	char driver[64];
	char iommu[32];
	int group;
	struct gv_fn *up;
	struct gv_fn *owner;
	struct gv_fn *pf;
	bool virtfn;
	bool multifunction;
	bool gpu;
	struct gv_bits bits;
	enum gv_rule rule;
	struct gv_fn *with;
	struct gv_fn *culprit;
	unsigned int set;
	unsigned int raw;
};

enum gv_domain {
	GV_DOMAIN_UNKNOWN,
	GV_DOMAIN_DMA,
	GV_DOMAIN_IDENTITY,
	GV_DOMAIN_BLOCKED,
};

enum gv_maybe {
	GV_UNKNOWN,
	GV_NO,
	GV_YES,
};

#define GV_REGIONS_MAX	16

/* A range of addresses that DMA of a group treats in its own way. */
struct gv_region {
	uint64_t start;
	uint64_t end;
	char type[24];
};

/**
 * struct gv_group - an IOMMU group of the kernel
 * @number: its number
 * @read: the rest was read
 * @domain: type of its default domain
 * @domain_name: the same in the kernel's words
 * @regions: its reserved regions
 * @n_regions: how many
 * @others: members that are no PCI functions
 * @isolated_msi: whether interrupts of its devices are remapped
 * @owned: whether somebody has claimed its DMA: a driver or a VFIO user
 */
struct gv_group {
	int number;
	bool read;
	enum gv_domain domain;
	char domain_name[16];
	struct gv_region regions[GV_REGIONS_MAX];
	unsigned int n_regions;
	unsigned int others;
	enum gv_maybe isolated_msi;
	enum gv_maybe owned;
};

/**
 * struct gv_tree - a machine
 * @root: the directory it is read from, "" for this machine
 * @fns: its functions, by address
 * @n: how many
 * @groups: IOMMU groups, by number
 * @n_groups: how many
 * @cmdline: the kernel's command line
 * @release: the kernel's release
 * @iommus: whether an IOMMU is in use
 * @dmar: firmware describes an Intel IOMMU
 * @ivrs: firmware describes an AMD IOMMU
 * @ir: whether interrupts go through an IOMMU (of x86)
 * @unsafe: VFIO was told to do without that
 * @hidden: functions whose configuration space could not be read in full
 */
struct gv_tree {
	const char *root;
	struct gv_fn *fns;
	unsigned int n;
	struct gv_group *groups;
	unsigned int n_groups;
	char cmdline[4096];
	char release[64];
	bool iommus;
	bool dmar;
	bool ivrs;
	enum gv_maybe ir;
	bool unsafe;
	unsigned int hidden;
};

#define gv_for_each_fn(fn, tree)					\
	for ((fn) = (tree)->fns; (fn) < (tree)->fns + (tree)->n; (fn)++)

/* tree.c */
bool gv_address_split(const char *address, uint32_t *domain, uint8_t *bus,
		      uint8_t *devfn);
/* After functions were added, before any is looked for. */
void gv_tree_sort(struct gv_tree *tree);
struct gv_fn *gv_tree_find(const struct gv_tree *tree, const char *address);
struct gv_group *gv_tree_group(const struct gv_tree *tree, int number);
bool gv_same_bus(const struct gv_fn *a, const struct gv_fn *b);
bool gv_same_slot(const struct gv_fn *a, const struct gv_fn *b);
/* Whether the command line has this word, or one that starts so before "=". */
bool gv_tree_told(const struct gv_tree *tree, const char *word);
/* Linux 6.12 or later, say. */
bool gv_tree_since(const struct gv_tree *tree, unsigned int major,
		   unsigned int minor);
bool gv_is_bridge(const struct gv_fn *fn);

/* acs.c */
enum gv_acs_why {
	GV_ACS_SINGLE,		/* one function, nobody to protect from */
	GV_ACS_ON,		/* all bits it can have are set */
	GV_ACS_QUIRK,		/* a kernel quirk vouches for it */
	GV_ACS_UNKNOWN,		/* it can't be read */
	GV_ACS_CONVENTIONAL,	/* not PCI Express */
	GV_ACS_BRIDGE,		/* a bridge between PCI Express and PCI */
	GV_ACS_ABSENT,		/* no ACS capability */
	GV_ACS_OFF,		/* bits are missing */
};

/**
 * struct gv_acs - whether a function keeps others' transactions apart
 * @on: it does, in the kernel's eyes
 * @why: why, or why not
 * @missing: PCI_ACS_* bits that are not set
 * @quirk: of GV_ACS_QUIRK: what it is
 */
struct gv_acs {
	bool on;
	enum gv_acs_why why;
	uint16_t missing;
	const char *quirk;
};

void gv_acs(const struct gv_tree *tree, const struct gv_fn *fn, bool quirks,
	    struct gv_acs *acs);
/* Bits that a function with ACS must have on. */
uint16_t gv_acs_wanted(const struct gv_fn *fn);
/* "SV RR"; buf has room for 32 bytes. */
const char *gv_acs_names(uint16_t bits, char *buf);

/* quirk.c: 1, 0, or -1 if no quirk is for it; *what says which. */
int gv_quirk_acs(const struct gv_tree *tree, const struct gv_fn *fn,
		 uint16_t want, const char **what);
/* The device and function whose id its DMA carries, or -1. */
int gv_quirk_alias(const struct gv_fn *fn);
/* Transactions through this bridge keep their own id. */
bool gv_quirk_no_alias(const struct gv_fn *fn);
/* The IOMMU sits at this bridge. */
bool gv_quirk_xlate_root(const struct gv_fn *fn);
bool gv_quirk_vmd(const struct gv_fn *fn);

/* group.c: fills rule, with, culprit, set and raw of all functions in. */
void gv_groups(struct gv_tree *tree);

#endif
