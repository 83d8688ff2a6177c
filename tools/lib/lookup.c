// SPDX-License-Identifier: GPL-2.0-only
/*
 * Look-ups by name in a sorted list (see lookup.h).
 */
#include "lib/lookup.h"

#include <stdlib.h>
#include <string.h>

void lookup_add(struct arena *a, struct lookup *l, const char *name, size_t at)
{
	*arena_push(a, &l->e, &l->n) = (struct lookup_entry){ name, at };
}

static int by_name(const void *pa, const void *pb)
{
	const struct lookup_entry *a = pa, *b = pb;
	int order = strcmp(a->name, b->name);

	if (order)
		return order;
	return a->at < b->at ? -1 : a->at > b->at;
}

void lookup_sort(struct lookup *l)
{
	if (l->n)
		qsort(l->e, l->n, sizeof(l->e[0]), by_name);
}

const struct lookup_entry *lookup_find(const struct lookup *l, const char *name)
{
	size_t low = 0, high = l->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(l->e[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < l->n && !strcmp(l->e[low].name, name) ? &l->e[low] : NULL;
}

const struct lookup_entry *lookup_next(const struct lookup *l, const struct lookup_entry *e)
{
	const struct lookup_entry *next = e + 1;

	return next < l->e + l->n && !strcmp(next->name, e->name) ? next : NULL;
}
