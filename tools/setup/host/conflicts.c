// SPDX-License-Identifier: GPL-2.0-only
/*
 * The list of conflicts: the first ones, and the number of the others (see host.h).
 */
#include "setup/host/host.h"

struct conflict *conflict_add(struct arena *a, struct conflicts *out, enum conflict_weight weight,
			      const char *line, size_t len)
{
	struct conflict *found;

	out->overrides |= weight == CONFLICT_OVERRIDES;
	if (out->n == CONFLICTS_KEPT) {
		out->more++;
		return NULL;
	}
	found = &out->v[out->n++];
	*found = (struct conflict){ .weight = weight };
	if (len > CONFLICT_LINE_MAX)
		found->line = arena_printf(a, "%.*s...", CONFLICT_LINE_MAX, line);
	else
		found->line = arena_strndup(a, line, len);
	return found;
}
