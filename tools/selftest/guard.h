/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A process of its own for what may end it: the kernel kills whoever made the system call that it oopsed in, and what
 * hangs there cannot be told to stop. The report and the verdict are not to go down with it.
 */
#ifndef NESTCHECK_SELFTEST_GUARD_H
#define NESTCHECK_SELFTEST_GUARD_H

#include "lib/report.h"

struct guard;

/*
 * Runs work in a child and waits for it: what it did to r->selftest is done, and nothing else. Its return value is
 * ours. Where the child was killed or went silent, r->selftest is as it was at its last guard_at() or guard_case(),
 * error says how it ended and in what, and the case, or the chain, that the kernel's log blames KVM for has failed. -EIO then;
 * another negative errno, with error set, where no child could be started.
 */
int guard_run(struct report *r, int (*work)(struct report *r, struct guard *g, void *data),
	      void *data);

/*
 * In the child: this is under way from here on, a case or something else, and takes no longer than that. g: NULL
 * where nobody waits. c: what is known of the case, which is not in the report's list yet in its first pass.
 */
void guard_case(struct guard *g, const struct report *r, const struct case_outcome *c,
		unsigned int limit_ms);
void guard_at(struct guard *g, const struct report *r, const char *what, unsigned int limit_ms);
void guard_chain(struct guard *g, const struct report *r, unsigned int limit_ms);

#endif
