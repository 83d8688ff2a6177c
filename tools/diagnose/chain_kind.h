/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kinds of failure of the chain, one finding for each. Private to this room.
 */
#ifndef NESTCHECK_DIAGNOSE_CHAIN_KIND_H
#define NESTCHECK_DIAGNOSE_CHAIN_KIND_H

#include "lib/report.h"

enum chain_kind {
	CHAIN_IS_FINE, /* or was not run */
	CHAIN_IS_TOO_SMALL,
	CHAIN_IS_L1_KERNEL, /* did not reach its init */
	CHAIN_IS_L1_NO_VMX, /* its KVM could not be used */
	CHAIN_IS_L1_DIED,   /* after that */
	CHAIN_IS_L2_ENTRY,
	CHAIN_IS_L2_DIED,
	CHAIN_IS_L2_HUNG,
	CHAIN_IS_WRONG_DIGEST, /* or nested_run says that no nested guest computed it */
	CHAIN_IS_OTHER,	       /* any other; c->reason says what */
};

/* By level, stage and cause. A stored report has findings but no cause: CHAIN_IS_OTHER. */
enum chain_kind chain_kind_of(const struct chain_state *c);

#endif
