/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which features a CPU with VMX or SVM lacks, and what that costs a hypervisor or its nested
 * guests. Pure.
 */
#ifndef NESTCHECK_DIAGNOSE_FEATURE_COSTS_H
#define NESTCHECK_DIAGNOSE_FEATURE_COSTS_H

#include "lib/report.h"

/* name: a capability's name, or the manual's name of a control. */
struct missing_feature {
	const char *name;
	const char *cost;
};

/*
 * Lists what the first CPU of r lacks, in arena, and returns the number. Call decode_caps() first.
 * What was not recorded is not listed.
 */
size_t missing_features(struct arena *a, const struct report *r, struct missing_feature **missing);

#endif
