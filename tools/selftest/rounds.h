/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rounds through the cases (the JSON's "passes"): how many, and on which CPU each.
 */
#ifndef NESTCHECK_SELFTEST_ROUNDS_H
#define NESTCHECK_SELFTEST_ROUNDS_H

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>

struct case_outcome;
struct selftest_options;

/*
 * done: finished rounds. cpu: of the current round; if nothing is pinned, the CPU that it started
 * on. allowed: the CPUs that the process may use.
 */
struct rounds {
	unsigned int done, cpu;
	unsigned int repeat;
	uint64_t end; /* seconds; 0 if repeat counts */
	bool pin, each_cpu;
	cpu_set_t allowed;
};

void rounds_start(struct rounds *p, const struct selftest_options *o, uint64_t now);

/* Whether there is another round; sets p->cpu to its CPU. Pure. */
bool rounds_next(struct rounds *p, uint64_t now);

/* Pins this thread to p->cpu, if anything is pinned, or unpins it. 0 or a negative errno. */
int rounds_pin(const struct rounds *p);
void rounds_unpin(const struct rounds *p);

/* The next CPU after this one in the set, cyclically; pure. */
unsigned int rounds_cpu_after(const cpu_set_t *set, unsigned int cpu);

/*
 * out: a case's outcome in this round, which did not end the rounds; before: its worst outcome in earlier rounds.
 * Keeps the worse of both in out, so that a tolerated failure is not lost in a later round. Of two failures that are
 * alike it keeps the first: it says in which round it was. Returns whether it kept `before`; then what out pointed to
 * is no longer used.
 */
bool rounds_keep_worst(struct case_outcome *out, const struct case_outcome *before);

#endif
