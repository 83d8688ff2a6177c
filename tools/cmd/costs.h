/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What was measured by the self-test, to standard output: a line for each operation, and for
 * VMREAD, VMLOAD and STGI whether the hardware does them without an exit. How it is measured
 * stands in l1/common/cost.c.
 */
#ifndef NESTCHECK_CMD_COSTS_H
#define NESTCHECK_CMD_COSTS_H

#include "lib/report.h"

void print_costs(const struct selftest_state *s);

#endif
