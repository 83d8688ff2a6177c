/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the cases of nested paging share: an L2 that loads, stores or jumps (npt.c).
 */
#ifndef NESTCHECK_L1_SVM_NPT_H
#define NESTCHECK_L1_SVM_NPT_H

#include "l1/svm/svm.h"

#define NPT_MAGIC_A 0xaaaa1111aaaa1111
#define NPT_MAGIC_B 0xbbbb2222bbbb2222

/* Where L2 loads from into npt_seen, stores NPT_MAGIC_B to, or jumps to. */
extern volatile uint64_t *npt_target;
extern volatile uint64_t npt_seen;
void npt_l2_loads(void);
void npt_l2_stores(void);
void npt_l2_jumps(void);

/* The last exit is a nested page fault with these information words. */
void npt_expect_fault(const struct l2 *l2, uint64_t info, uint64_t address);

#endif
