// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which volume is the boot medium (see medium.h).
 */
#include "lib/medium.h"

#include <stdio.h>
#include <string.h>

/* The candidates that are left. */
struct set {
	const struct medium_candidate *c[MEDIUM_MAX];
	size_t n;
};

typedef bool (*predicate)(const struct medium_candidate *c);

static bool is_this_build(const struct medium_candidate *c)
{
	return c->id == MEDIUM_THIS_BUILD;
}

static bool is_booted(const struct medium_candidate *c)
{
	return c->booted == MEDIUM_BOOTED;
}

static bool is_not_excluded(const struct medium_candidate *c)
{
	return c->booted != MEDIUM_NOT_BOOTED;
}

static bool is_removable(const struct medium_candidate *c)
{
	return c->removable;
}

/* Keeps those of which it is true; if it is true of none, keeps all and returns false. */
static bool keep(struct set *s, predicate is)
{
	struct set kept = { .n = 0 };

	for (size_t i = 0; i < s->n; i++)
		if (is(s->c[i]))
			kept.c[kept.n++] = s->c[i];
	if (kept.n)
		*s = kept;
	return kept.n;
}

/*
 * A stick has both an ISO 9660 volume, which begins with the disk and again with the first
 * partition, and a FAT, the only one of them that its owner can write to. Of two ISO 9660 volumes
 * the one that UEFI started counts: the order in which they were found says nothing.
 */
static int rank(const struct medium_candidate *c)
{
	return c->fat ? 2 : c->booted == MEDIUM_BOOTED;
}

static void one_per_disk(struct set *s)
{
	struct set kept = { .n = 0 };

	for (size_t i = 0; i < s->n; i++) {
		bool other = false;

		for (size_t k = 0; k < s->n; k++)
			other |= !strcmp(s->c[k]->disk, s->c[i]->disk) &&
				 (rank(s->c[k]) > rank(s->c[i]) ||
				  (rank(s->c[k]) == rank(s->c[i]) && k < i));
		if (s->c[i]->fat || !other)
			kept.c[kept.n++] = s->c[i];
	}
	*s = kept;
}

void medium_choose(const struct medium_candidate *c, size_t n, bool hinted,
		   struct medium_choice *choice)
{
	struct set s = { .n = 0 };

	*choice = (struct medium_choice){ .medium = NULL };
	if (n > MEDIUM_MAX) {
		snprintf(choice->why, sizeof(choice->why), "more than %d volumes are named like it",
			 MEDIUM_MAX);
		return;
	}
	for (size_t i = 0; i < n; i++)
		s.c[s.n++] = &c[i];
	if (!s.n)
		return;
	one_per_disk(&s);
	if (!keep(&s, is_this_build)) {
		snprintf(choice->why, sizeof(choice->why),
			 s.c[0]->id == MEDIUM_NO_ID ?
				 "%s is named like a boot medium, but has no " MEDIUM_ID_FILE :
				 "%s is of another build of nestcheck: its " MEDIUM_ID_FILE
				 " differs",
			 s.c[0]->name);
		return;
	}
	if (!keep(&s, is_booted) && !hinted && !keep(&s, is_not_excluded)) {
		snprintf(choice->why, sizeof(choice->why),
			 "%s has this build, but UEFI started it from another device",
			 s.c[0]->name);
		return;
	}
	keep(&s, is_removable);
	if (s.n > 1) {
		snprintf(choice->why, sizeof(choice->why),
			 "%s and %s both have this build: from which of them it was started is not "
			 "known",
			 s.c[0]->name, s.c[1]->name);
		return;
	}
	choice->medium = s.c[0];
	if (!s.c[0]->fat)
		snprintf(choice->why, sizeof(choice->why), "%s is read-only: ISO 9660, as on a CD",
			 s.c[0]->name);
	else if (!s.c[0]->removable && s.c[0]->booted != MEDIUM_BOOTED)
		snprintf(choice->why, sizeof(choice->why),
			 "%s is neither removable nor on USB, and no firmware says that it was "
			 "booted from",
			 s.c[0]->name);
	else
		choice->may_write = true;
}
