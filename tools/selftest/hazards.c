// SPDX-License-Identifier: GPL-2.0-only
/*
 * The hazards: case, kernels, the commit that mends it.
 */
#include "selftest/hazards.h"

#include <fnmatch.h>

const struct hazard hazards[] = {
	/* kvm_fetch_guest_virt() calls through arch.walk_mmu->gva_to_gpa, which is NULL then. */
	{ .cases = "svm_state_l1",
	  .kernels = { .since = { 5, 8 }, .fixed = { 5, 12 } },
	  .commit = NULL,
	  .what = "KVM_SET_NESTED_STATE makes KVM follow a null pointer" },
};

const size_t n_hazards = sizeof(hazards) / sizeof(hazards[0]);

const char *hazard_of(const char *case_name, const struct kernel_version *kernel)
{
	if (!kernel->major)
		return NULL;
	for (size_t i = 0; i < n_hazards; i++)
		if (fnmatch(hazards[i].cases, case_name, 0) == 0 &&
		    kernel_range_state(&hazards[i].kernels, kernel) == RANGE_INSIDE)
			return hazards[i].what;
	return NULL;
}
