/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a CPU with VMX or SVM lacks, and what that costs a hypervisor or its nested guests. Pure.
 */
#ifndef NESTCHECK_DIAGNOSE_MISSING_H
#define NESTCHECK_DIAGNOSE_MISSING_H

#include "lib/report.h"

/* name: a capability's, or the manual's of a control. */
struct missing_feature {
	const char *name;
	const char *cost;
};

/*
 * Of the first CPU of r, which has been through decode_caps(); what was not recorded is not told.
 * The list is in arena; how many.
 */
size_t missing_features(struct arena *a, const struct report *r, struct missing_feature **missing);

#endif
