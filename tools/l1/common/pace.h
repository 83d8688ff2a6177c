/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Beats, by which the driver learns how long exits take here.
 */
#ifndef NESTCHECK_L1_COMMON_PACE_H
#define NESTCHECK_L1_COMMON_PACE_H

/*
 * Run as cases: page->samples + 1 times L1_BEAT is rung from L1. beat_l1(): with nothing in between.
 * beat_l2(): each but the first after an exit of L2's.
 */
void beat_l1(void);
void beat_l2(void);

#endif
