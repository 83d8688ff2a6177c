/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The case tables of the L1 binary; the names that `only` and `skip` take.
 */
#ifndef NESTCHECK_SELFTEST_CASES_H
#define NESTCHECK_SELFTEST_CASES_H

#include "selftest/l1.h"

/* As selftest_list(), by L1's own table: what KVM offers decides, not the CPU's name. */
size_t l1_cases(struct arena *a, enum l1_vendor vendor, struct selftest_case **cases);

/* list: fnmatch(3) patterns with commas between them; an empty one matches nothing. */
bool glob_list_matches(const char *list, const char *name);

#endif
