// SPDX-License-Identifier: GPL-2.0-only
/*
 * Equal CPUs are stored once: 512 of them are one complete CPU and 511 lists of the few keys that
 * differ (APIC ids and what is derived from them). A CPU of another kind (the other core type of a
 * hybrid, another model in a second socket) is stored completely.
 */
#include "facts/collect.h"

#include <string.h>

static bool same_leaf(const struct cpuid_fact *a, const struct cpuid_fact *b)
{
	return a->eax == b->eax && a->ebx == b->ebx && a->ecx == b->ecx && a->edx == b->edx;
}

static bool same_msr(const struct msr_fact *a, const struct msr_fact *b)
{
	return a->refused == b->refused && a->value == b->value;
}

/*
 * How many entries differ; -1 if the keys differ: `like` can express another value, not a missing
 * key. Both lists are in the same order.
 */
static int differences(const struct cpu_facts *a, const struct cpu_facts *b)
{
	int n = 0;

	if (a->n_cpuid != b->n_cpuid || a->n_msr != b->n_msr)
		return -1;
	for (size_t i = 0; i < a->n_cpuid; i++) {
		if (a->cpuid[i].leaf != b->cpuid[i].leaf ||
		    a->cpuid[i].subleaf != b->cpuid[i].subleaf)
			return -1;
		n += !same_leaf(&a->cpuid[i], &b->cpuid[i]);
	}
	for (size_t i = 0; i < a->n_msr; i++) {
		if (a->msr[i].index != b->msr[i].index)
			return -1;
		n += !same_msr(&a->msr[i], &b->msr[i]);
	}
	return n;
}

/* The earlier complete CPU with the fewest differences; -1 if there is none. */
static int nearest(const struct facts *f, const struct cpu_facts *c)
{
	int best = -1, fewest = (int)(c->n_cpuid + c->n_msr) / 2;

	for (size_t i = 0; i < f->n_cpus; i++) {
		int n;

		if (f->cpus[i].like >= 0)
			continue;
		n = differences(&f->cpus[i], c);
		if (n < 0 || n >= fewest)
			continue;
		fewest = n;
		best = (int)i;
	}
	return best;
}

void facts_add_cpu(struct arena *a, struct facts *f, const struct cpu_facts *c)
{
	int like = nearest(f, c);
	const struct cpu_facts *base;
	struct cpu_facts *out = arena_push(a, &f->cpus, &f->n_cpus);

	base = like >= 0 ? &f->cpus[like] : NULL;
	out->id = c->id;
	out->like = like;
	for (size_t i = 0; i < c->n_cpuid; i++)
		if (!base || !same_leaf(&base->cpuid[i], &c->cpuid[i]))
			*arena_push(a, &out->cpuid, &out->n_cpuid) = c->cpuid[i];
	for (size_t i = 0; i < c->n_msr; i++)
		if (!base || !same_msr(&base->msr[i], &c->msr[i]))
			*arena_push(a, &out->msr, &out->n_msr) = c->msr[i];
}
