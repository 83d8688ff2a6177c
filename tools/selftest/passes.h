/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How often the cases are run, and on which CPU each time.
 */
#ifndef NESTCHECK_SELFTEST_PASSES_H
#define NESTCHECK_SELFTEST_PASSES_H

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>

struct case_outcome;
struct selftest_options;

/*
 * done: passes that are over. cpu: of the pass under way; where nothing is pinned, the CPU that
 * it started on. allowed: what the process may use.
 */
struct passes {
	unsigned int done, cpu;
	unsigned int repeat;
	uint64_t end; /* seconds; 0 where repeat counts */
	bool pin, each_cpu;
	cpu_set_t allowed;
};

void passes_start(struct passes *p, const struct selftest_options *o, uint64_t now);

/* Is there another pass to make? Then p->cpu is the CPU for it. Pure. */
bool passes_next(struct passes *p, uint64_t now);

/* This thread to p->cpu, if anything is pinned; and back to all. Negative errno. */
int passes_pin(const struct passes *p);
void passes_unpin(const struct passes *p);

/* The CPU behind this one among those in the set, round and round; pure. */
unsigned int passes_cpu_after(const cpu_set_t *set, unsigned int cpu);

/*
 * out: what came of a case in this pass; before: what stands of the passes ahead of it. The worst stays in out: a
 * failure that the passes go on after is no less one for the pass behind it.
 */
void passes_keep_worst(struct case_outcome *out, const struct case_outcome *before);

#endif
