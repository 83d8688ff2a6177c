/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A child process for what may kill it: the kernel kills the process in whose system call it oopses, and a process that
 * hangs there cannot be stopped. The report and the verdict have to survive that.
 */
#ifndef NESTCHECK_SELFTEST_GUARD_H
#define NESTCHECK_SELFTEST_GUARD_H

#include "lib/report.h"

struct guard;

/*
 * Runs work in a child and waits for it. Only its changes to r->selftest are kept, and its return value is returned.
 * If the child was killed or became silent, the result is -EIO: r->selftest is as it was at the last guard_at() or
 * guard_case(), error says how the child ended and in which step, and if the kernel's log blames KVM, the current case
 * or the chain has failed. Another negative errno, with error set, if no child could be started. A child that ends with STREAMS_LOST
 * (lib/streams.h) ends this process.
 */
int guard_run(struct report *r, int (*work)(struct report *r, struct guard *g, void *data),
	      void *data);

/*
 * In the child: the current step, a case or something else, and its time limit. g: NULL if no parent waits. c: the
 * known part of the case, which is not in the report's list before its first round.
 */
void guard_case(struct guard *g, const struct report *r, const struct case_outcome *c,
		unsigned int limit_ms);
void guard_at(struct guard *g, const struct report *r, const char *what, unsigned int limit_ms);
void guard_chain(struct guard *g, const struct report *r, unsigned int limit_ms);

/* In the child, if there are several rounds: the present one, from 1, and its CPU. For the error's text. */
void guard_round(struct guard *g, unsigned int round, unsigned int cpu);

#endif
