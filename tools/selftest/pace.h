/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Measures how long exits take here (lib/pace.h), by L1's beats.
 */
#ifndef NESTCHECK_SELFTEST_PACE_H
#define NESTCHECK_SELFTEST_PACE_H

#include "selftest/l1.h"

/* Hardware needs a small part of it; multiplied by pace_scale(). */
#define CASE_TIMEOUT_MS 2000

/* From L1's first instruction to L1_READY, at an unknown pace. */
#define START_TIMEOUT_MS 20000

#define BEATS_MAX 16

/* The times of the L1_BEATs, in nanoseconds of L0's clock. */
struct l1_beats {
	uint64_t ns[BEATS_MAX];
	unsigned int n;
};

/*
 * Fills in *p as far as possible: nothing if KVM offers neither VMX nor SVM. False if L1 did not
 * return within START_TIMEOUT_MS, or for L2 within CASE_TIMEOUT_MS scaled by the pace of L1's exits:
 * that L1 must not be used any more.
 */
bool pace_measure(struct l1 *l1, struct pace *p);

/* The same in a separate VM, unless r->selftest.pace is already known. */
void pace_find(struct report *r);

#endif
