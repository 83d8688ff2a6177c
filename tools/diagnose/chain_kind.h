/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What kind of failure of the chain it was: one finding for each. Private to this room.
 */
#ifndef NESTCHECK_DIAGNOSE_CHAIN_KIND_H
#define NESTCHECK_DIAGNOSE_CHAIN_KIND_H

#include "lib/report.h"

enum chain_kind {
	CHAIN_IS_FINE, /* or was not run */
	CHAIN_IS_TOO_SMALL,
	CHAIN_IS_L1_KERNEL, /* did not come to its init */
	CHAIN_IS_L1_NO_VMX, /* its KVM was not to be had */
	CHAIN_IS_L1_DIED,   /* after that */
	CHAIN_IS_L2_ENTRY,
	CHAIN_IS_L2_DIED,
	CHAIN_IS_L2_HUNG,
	CHAIN_IS_WRONG_DIGEST, /* or what computed was no nested guest */
	CHAIN_IS_OTHERWISE,    /* failed, as its reason says */
};

/* By level, stage and cause. A stored report has its findings, and no cause: CHAIN_IS_OTHERWISE. */
enum chain_kind chain_kind_of(const struct chain_state *c);

#endif
