// SPDX-License-Identifier: GPL-2.0-only
/* The findings of a fleet: each once, with its remedy and the machines that have it. Pure. */
#include <stdlib.h>
#include <string.h>

#include "fleet/fleet.h"

struct had {
	const struct finding *finding;
	size_t machine;
};

static const char *or_none(const char *s)
{
	return s ? s : "";
}

/* A machine may have a finding twice, about different CPUs. */
static int by_finding(const struct finding *a, const struct finding *b)
{
	int order = strcmp(a->id, b->id);

	if (!order && a->severity != b->severity)
		order = a->severity < b->severity ? -1 : 1;
	return order ? order : strcmp(or_none(a->remedy), or_none(b->remedy));
}

static int by_had(const void *pa, const void *pb)
{
	const struct had *a = pa, *b = pb;
	int order = by_finding(a->finding, b->finding);

	if (order)
		return order;
	if (a->machine != b->machine)
		return a->machine < b->machine ? -1 : 1;
	return a->finding < b->finding ? -1 : a->finding > b->finding;
}

static int by_weight(const void *pa, const void *pb)
{
	const struct fleet_finding *a = pa, *b = pb;

	if (a->finding->severity != b->finding->severity)
		return a->finding->severity < b->finding->severity ? -1 : 1;
	if (a->n != b->n)
		return a->n > b->n ? -1 : 1;
	return by_finding(a->finding, b->finding);
}

void fleet_find_findings(struct fleet *f)
{
	struct had *had = NULL;
	size_t n = 0;

	for (size_t i = 0; i < f->n_machines; i++) {
		const struct report *r = f->machines[i].at->report;

		for (size_t j = 0; r && j < r->n_findings; j++)
			*arena_push(&f->arena, &had, &n) = (struct had){ &r->findings[j], i };
	}
	if (n)
		qsort(had, n, sizeof(*had), by_had);
	for (size_t i = 0; i < n; i++) {
		struct fleet_finding *at;

		if (!i || by_finding(had[i - 1].finding, had[i].finding))
			arena_push(&f->arena, &f->findings, &f->n_findings)->finding =
				had[i].finding;
		at = &f->findings[f->n_findings - 1];
		if (!at->n || at->machines[at->n - 1] != had[i].machine)
			*arena_push(&f->arena, &at->machines, &at->n) = had[i].machine;
	}
	if (f->n_findings)
		qsort(f->findings, f->n_findings, sizeof(f->findings[0]), by_weight);
}
