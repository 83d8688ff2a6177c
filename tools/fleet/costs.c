// SPDX-License-Identifier: GPL-2.0-only
/*
 * What exits cost in each group: the spread, and the machines that are far from it. Pure.
 *
 * An outlier is further from the quartiles than 1.5 times their distance (Tukey, Exploratory Data
 * Analysis, 1977), and a tenth from the median at least: in a group of equal machines the quartiles
 * may be equal, and the next cycle is not worth a name. Fewer than five values have no outlier.
 */
#include <stdlib.h>

#include "fleet/fleet.h"

#define OUTLIERS_FROM 5

struct cost {
	uint64_t median;
	size_t machine;
};

static int by_median(const void *pa, const void *pb)
{
	const struct cost *a = pa, *b = pb;

	if (a->median != b->median)
		return a->median < b->median ? -1 : 1;
	return a->machine < b->machine ? -1 : a->machine > b->machine;
}

/* The value with `quarters` quarters of the n values below it, interpolated. */
static uint64_t quantile(const struct cost *c, size_t n, unsigned int quarters)
{
	size_t at = (n - 1) * quarters / 4, rest = (n - 1) * quarters % 4;
	uint64_t low = c[at].median, high = c[at + (rest != 0)].median;

	return low + (high - low) / 4 * rest + (high - low) % 4 * rest / 4;
}

static bool is_outlier(const struct fleet_spread *s, uint64_t value)
{
	uint64_t reach = s->high - s->low, far;

	reach += reach / 2;
	far = value > s->median ? value - s->median : s->median - value;
	if (far < s->median / 10 || far == 0)
		return false;
	return (value > s->high && value - s->high > reach) ||
	       (value < s->low && s->low - value > reach);
}

static void find_spread(struct fleet *f, const struct fleet_group *g, size_t cost, struct cost *c,
			struct fleet_spread *s)
{
	size_t n = 0;

	for (size_t i = 0; i < g->n; i++) {
		size_t machine = f->sorted[g->first + i];
		uint64_t median = f->machines[machine].at->report->selftest.costs[cost].median;

		if (median)
			c[n++] = (struct cost){ median, machine };
	}
	if (!n)
		return;
	qsort(c, n, sizeof(*c), by_median);
	*s = (struct fleet_spread){
		.n = n,
		.least = c[0].median,
		.low = quantile(c, n, 1),
		.median = quantile(c, n, 2),
		.high = quantile(c, n, 3),
		.most = c[n - 1].median,
	};
	for (size_t i = 0; n >= OUTLIERS_FROM && i < n; i++)
		if (is_outlier(s, c[i].median))
			*arena_push(&f->arena, &s->outliers, &s->n_outliers) = c[i].machine;
}

void fleet_find_costs(struct fleet *f)
{
	struct cost *c = arena_alloc(&f->arena, f->n_sorted * sizeof(*c));

	for (size_t i = 0; i < f->n_groups; i++)
		for (size_t j = 0; j < EXIT_COSTS; j++)
			find_spread(f, &f->groups[i], j, c, &f->groups[i].costs[j]);
}
