// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tree.h"

bool gv_address_split(const char *address, uint32_t *domain, uint8_t *bus,
		      uint8_t *devfn)
{
	unsigned int d, b, s, f;
	char back[32];

	if (sscanf(address, "%8x:%2x:%2x.%1x", &d, &b, &s, &f) != 4 ||
	    s > 0x1f || f > 7)
		return false;
	/* in the kernel's own spelling, and nothing behind it */
	snprintf(back, sizeof(back), "%04x:%02x:%02x.%x", d, b, s, f);
	if (strcmp(back, address))
		return false;
	*domain = d;
	*bus = b;
	*devfn = s << 3 | f;
	return true;
}

static int gv_fn_order(const void *a, const void *b)
{
	const struct gv_fn *x = a, *y = b;

	if (x->domain != y->domain)
		return x->domain < y->domain ? -1 : 1;
	if (x->bus != y->bus)
		return x->bus < y->bus ? -1 : 1;
	return (int)x->devfn - (int)y->devfn;
}

void gv_tree_sort(struct gv_tree *tree)
{
	if (tree->n)
		qsort(tree->fns, tree->n, sizeof(*tree->fns), gv_fn_order);
}

struct gv_fn *gv_tree_find(const struct gv_tree *tree, const char *address)
{
	struct gv_fn key = { 0 };

	if (!gv_address_split(address, &key.domain, &key.bus, &key.devfn))
		return NULL;
	return tree->n ? bsearch(&key, tree->fns, tree->n,
				 sizeof(*tree->fns), gv_fn_order) : NULL;
}

struct gv_group *gv_tree_group(const struct gv_tree *tree, int number)
{
	unsigned int i;

	for (i = 0; i < tree->n_groups; i++) {
		if (tree->groups[i].number == number)
			return &tree->groups[i];
	}
	return NULL;
}

bool gv_same_bus(const struct gv_fn *a, const struct gv_fn *b)
{
	return a->domain == b->domain && a->bus == b->bus;
}

bool gv_same_slot(const struct gv_fn *a, const struct gv_fn *b)
{
	return gv_same_bus(a, b) && a->devfn >> 3 == b->devfn >> 3;
}

bool gv_is_bridge(const struct gv_fn *fn)
{
	return fn->class >> 8 == 0x0604 || fn->bits.bridge;
}

bool gv_tree_told(const struct gv_tree *tree, const char *word)
{
	const char *at = tree->cmdline;
	size_t len = strlen(word);

	for (; (at = strstr(at, word)); at += len) {
		if ((at == tree->cmdline || at[-1] == ' ') &&
		    (word[len - 1] == '=' || !at[len] || at[len] == ' ' ||
		     at[len] == '\n' || at[len] == ','))
			return true;
	}
	return false;
}

bool gv_tree_since(const struct gv_tree *tree, unsigned int major,
		   unsigned int minor)
{
	unsigned int x, y;

	if (sscanf(tree->release, "%u.%u", &x, &y) != 2)
		return false;
	return x > major || (x == major && y >= minor);
}
