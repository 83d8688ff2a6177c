// SPDX-License-Identifier: GPL-2.0-only
/*
 * Groups of machines with equal capabilities and kernel, and in them the machines that are the same
 * in all that is compared. Pure.
 *
 * Whoever is unlike the usual machines of its model (the CPU and the product) is compared with
 * them: with those of its own group if they are more, else with those of the group where most are.
 */
#include <stdlib.h>
#include <string.h>

#include "fleet/fleet.h"

struct sorting {
	const struct fleet_machine *m;
	size_t at;
};

static int by_alike(const void *pa, const void *pb)
{
	const struct sorting *a = pa, *b = pb;
	const struct fleet_document *x = a->m->at, *y = b->m->at;
	int order = strcmp(x->key, y->key);

	order = order ? order : strcmp(x->model, y->model);
	order = order ? order : memcmp(x->fingerprint, y->fingerprint, SHA256_SIZE);
	if (order)
		return order;
	return a->at < b->at ? -1 : a->at > b->at;
}

static const struct fleet_document *first_of(const struct fleet *f, size_t first)
{
	return f->machines[f->sorted[first]].at;
}

static void sort_machines(struct fleet *f)
{
	struct sorting *s = arena_alloc(&f->arena, f->n_machines * sizeof(*s));
	size_t n = 0;

	for (size_t i = 0; i < f->n_machines; i++)
		if (f->machines[i].at->report)
			s[n++] = (struct sorting){ &f->machines[i], i };
	qsort(s, n, sizeof(*s), by_alike);
	f->sorted = arena_alloc(&f->arena, n * sizeof(*f->sorted));
	f->n_sorted = n;
	for (size_t i = 0; i < n; i++)
		f->sorted[i] = s[i].at;
}

static void add_groups(struct fleet *f)
{
	const struct fleet_document *before = NULL, *now;

	for (size_t i = 0; i < f->n_sorted; i++, before = now) {
		struct fleet_machine *m = &f->machines[f->sorted[i]];
		struct fleet_group *g;
		struct fleet_alike *k;

		now = m->at;
		if (!before || strcmp(before->key, now->key)) {
			g = arena_push(&f->arena, &f->groups, &f->n_groups);
			*g = (struct fleet_group){ .first = i, .first_alike = f->n_alikes };
			before = NULL;
		}
		g = &f->groups[f->n_groups - 1];
		if (!before || strcmp(before->model, now->model) ||
		    memcmp(before->fingerprint, now->fingerprint, SHA256_SIZE)) {
			k = arena_push(&f->arena, &f->alikes, &f->n_alikes);
			*k = (struct fleet_alike){ .group = f->n_groups - 1, .first = i };
			g->n_alikes++;
		}
		g->n++;
		g->verdicts[fleet_verdict(m)]++;
		f->alikes[f->n_alikes - 1].n++;
	}
}

/* The larger group first; then the one that sorts first. */
static int by_size(const void *pa, const void *pb)
{
	const struct fleet_group *a = pa, *b = pb;

	if (a->n != b->n)
		return a->n > b->n ? -1 : 1;
	return a->first < b->first ? -1 : a->first > b->first;
}

/* Groups were found in the order of their keys, their members are still in it. */
static void sort_groups(struct fleet *f)
{
	if (f->n_groups)
		qsort(f->groups, f->n_groups, sizeof(f->groups[0]), by_size);
	for (size_t i = 0; i < f->n_groups; i++) {
		const struct fleet_group *g = &f->groups[i];

		for (size_t j = 0; j < g->n_alikes; j++) {
			struct fleet_alike *k = &f->alikes[g->first_alike + j];

			k->group = i;
			for (size_t l = 0; l < k->n; l++) {
				f->machines[f->sorted[k->first + l]].group = i;
				f->machines[f->sorted[k->first + l]].alike = g->first_alike + j;
			}
		}
	}
}

static unsigned int rank(const struct fleet_document *d)
{
	static const unsigned char ranks[FLEET_VERDICTS] = {
		[VERDICT_PASS] = 4, [VERDICT_FAIL] = 3, [VERDICT_UNSUPPORTED] = 2, [VERDICT_ERROR] = 1
	};

	return d->doubt ? 0 : ranks[d->report->verdict.result];
}

/* Whether machines like those of k are more usual than those of other; PASS if both are as many. */
static bool more_usual(const struct fleet *f, const struct fleet_alike *k,
		       const struct fleet_alike *other)
{
	unsigned int mine = rank(first_of(f, k->first)), its = rank(first_of(f, other->first));

	if (k->n != other->n)
		return k->n > other->n;
	return mine != its ? mine > its : k->first < other->first;
}

struct model {
	const char *model;
	size_t alike; /* the most usual of it in a group */
};

static int by_model(const void *pa, const void *pb)
{
	const struct model *a = pa, *b = pb;
	int order = strcmp(a->model, b->model);

	if (order)
		return order;
	return a->alike < b->alike ? -1 : a->alike > b->alike;
}

/* Sets what is usual for each run of alikes of one model in one group; returns these usual ones. */
static struct model *usual_in_groups(struct fleet *f, size_t *n)
{
	struct model *models = NULL;
	size_t end, usual;

	*n = 0;
	for (size_t at = 0; at < f->n_alikes; at = end) {
		const struct fleet_document *d = first_of(f, f->alikes[at].first);

		usual = at;
		for (end = at; end < f->n_alikes && f->alikes[end].group == f->alikes[at].group &&
			       !strcmp(first_of(f, f->alikes[end].first)->model, d->model);
		     end++)
			if (more_usual(f, &f->alikes[end], &f->alikes[usual]))
				usual = end;
		for (size_t i = at; i < end; i++)
			f->alikes[i].usual = usual;
		*arena_push(&f->arena, &models, n) = (struct model){ d->model, usual };
	}
	return models;
}

/* The usual ones of a group are compared with those of the group where the model is most usual. */
static void usual_of_models(struct fleet *f, struct model *models, size_t n)
{
	size_t end, usual;

	if (n)
		qsort(models, n, sizeof(*models), by_model);
	for (size_t at = 0; at < n; at = end) {
		usual = models[at].alike;
		for (end = at; end < n && !strcmp(models[end].model, models[at].model); end++)
			if (more_usual(f, &f->alikes[models[end].alike], &f->alikes[usual]))
				usual = models[end].alike;
		for (size_t i = at; i < end; i++)
			f->alikes[models[i].alike].usual = usual;
	}
}

/* Causes first: a register explains a capability, and that a finding. */
static unsigned int section_rank(const char *section)
{
	static const char *const order[] = {
		"machine",  "registers",    "kernel",	   "kvm",
		"software", "capabilities", "kvm.offered", "findings",
	};

	for (unsigned int i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (!strcmp(order[i], section))
			return i;
	return sizeof(order) / sizeof(order[0]);
}

/* Copies those of a section behind the others. The verdict is told beside them. */
static void add_section(struct fleet_alike *k, const struct difference *d, size_t n,
			unsigned int rank)
{
	for (size_t i = 0; i < n; i++)
		if (section_rank(d[i].section) == rank && strcmp(d[i].section, "verdict"))
			k->differences[k->n_differences++] = d[i];
}

static void explain(struct fleet *f, struct fleet_alike *k)
{
	const struct report *usual = first_of(f, f->alikes[k->usual].first)->report;
	struct difference *d;
	size_t n = compare_reports(&f->arena, usual, first_of(f, k->first)->report, &d);

	k->differences = arena_alloc(&f->arena, n * sizeof(*d));
	for (unsigned int rank = 0; rank <= section_rank(""); rank++)
		add_section(k, d, n, rank);
}

bool fleet_cap_matters(const enum tri caps[CAP_COUNT], enum cap cap)
{
	if (cap <= CAP_APICV)
		return caps[CAP_VMX] == TRI_YES || caps[CAP_SVM] != TRI_YES;
	if (cap >= CAP_SVM && cap <= CAP_VNMI)
		return caps[CAP_SVM] == TRI_YES || caps[CAP_VMX] != TRI_YES;
	return true;
}

void fleet_find_groups(struct fleet *f)
{
	struct model *models;
	size_t n;

	sort_machines(f);
	add_groups(f);
	sort_groups(f);
	models = usual_in_groups(f, &n);
	usual_of_models(f, models, n);
	for (size_t i = 0; i < f->n_alikes; i++)
		if (f->alikes[i].usual != i)
			explain(f, &f->alikes[i]);
}
