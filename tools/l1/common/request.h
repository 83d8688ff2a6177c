/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Requests to the driver (abi.h); from L1 and from L2.
 */
#ifndef NESTCHECK_L1_COMMON_REQUEST_H
#define NESTCHECK_L1_COMMON_REQUEST_H

#include "l1/common/l1.h"

/* Into a fresh VM; checks that it happened, and where KVM said that the vCPU was. */
void ask_move(enum l1_level level);

void ask_leave(void);

#endif
