/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finds items of a list by their names, for lists as long as a document makes them: sorted once,
 * so that n look-ups take n log n, whatever the names are. Pure.
 */
#ifndef NESTCHECK_LIB_LOOKUP_H
#define NESTCHECK_LIB_LOOKUP_H

#include "lib/arena.h"

/* A name, which is not copied, and the item's place in its list. */
struct lookup_entry {
	const char *name;
	size_t at;
};

/* Initialise it to zero. */
struct lookup {
	struct lookup_entry *e;
	size_t n;
};

/* In any order; names may be equal. */
void lookup_add(struct arena *a, struct lookup *l, const char *name, size_t at);

/* After the last lookup_add() and before the first look-up: sorts by name, then by place. */
void lookup_sort(struct lookup *l);

/* The entry of that name with the lowest place; NULL for none. */
const struct lookup_entry *lookup_find(const struct lookup *l, const char *name);

/* The next entry of the same name; NULL after the last. */
const struct lookup_entry *lookup_next(const struct lookup *l, const struct lookup_entry *e);

#endif
