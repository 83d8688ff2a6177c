/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What exits cost; the method is in cost.c.
 */
#ifndef NESTCHECK_L1_COMMON_COST_H
#define NESTCHECK_L1_COMMON_COST_H

#include "l1/common/l1.h"

/* Fills page->costs; run as a case. */
void measure_costs(void);

/* Of one operation of L1's, on top of the loop's own cost; as often as page->samples says. */
#define COST_WARMUP 3

void cost_of(enum l1_cost_id id, void (*operation)(void));

/* vmx/cost.c and svm/cost.c: the vendor's own instructions in L1. */
void vmx_costs(void);
void svm_costs(void);

#endif
