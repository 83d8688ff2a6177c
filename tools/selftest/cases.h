/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The case tables of the L1 binary.
 */
#ifndef NESTCHECK_SELFTEST_CASES_H
#define NESTCHECK_SELFTEST_CASES_H

#include "selftest/l1.h"

/* As selftest_list(), but by what KVM offers to L1, not by the CPU's vendor. */
size_t l1_cases(struct arena *a, enum l1_vendor vendor, struct selftest_case **cases);

#endif
