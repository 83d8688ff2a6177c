/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Prints the self-test's measurements to standard output: a line for each operation, and for
 * VMREAD, VMLOAD and STGI whether the hardware executes them without an exit. l1/common/cost.c
 * measures them.
 */
#ifndef NESTCHECK_CMD_COSTS_H
#define NESTCHECK_CMD_COSTS_H

#include "lib/report.h"

void print_costs(const struct selftest_state *s);

#endif
