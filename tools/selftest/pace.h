/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Measures how long exits take here (lib/pace.h), by an L1's beats.
 */
#ifndef NESTCHECK_SELFTEST_PACE_H
#define NESTCHECK_SELFTEST_PACE_H

#include "selftest/l1.h"

/* What hardware needs a small part of; pace_scale() stretches it. */
#define CASE_TIMEOUT_MS 2000

/* For an L1 of which nothing is known yet, from its first instruction to L1_READY. */
#define START_TIMEOUT_MS 20000

#define BEATS_MAX 16

/* When each L1_BEAT came, in nanoseconds of L0's clock. */
struct l1_beats {
	uint64_t ns[BEATS_MAX];
	unsigned int n;
};

void l1_beat(struct l1_beats *b);

/*
 * Fills *p as far as it can be had: nothing for a vendor of neither VMX nor SVM. False where L1 did
 * not come back, within START_TIMEOUT_MS or, in L2, CASE_TIMEOUT_MS as L1's exits stretch it: that L1
 * is not to be used any more.
 */
bool pace_measure(struct l1 *l1, struct pace *p);

/* The same in a VM of its own, where r->selftest.pace is not there yet. */
void pace_find(struct report *r);

#endif
