// SPDX-License-Identifier: GPL-2.0-only
/*
 * The hazards: case, kernels, the commit that mends it.
 */
#include "selftest/hazards.h"

#include <stddef.h>

#include "lib/glob_list.h"

const struct hazard hazards[] = {
	/*
	 * svm_set_nested_state() leaves vcpu->arch.nested_mmu as it was made, all zeros; the first
	 * instruction of L2 that KVM emulates after a move calls walk_mmu->gva_to_gpa, NULL, in
	 * kvm_fetch_guest_virt(): the host's kernel oopses. Since KVM_SET_NESTED_STATE takes SVM's
	 * (cc440cdad5b7). 232f75d3b4b5 (5.13) does it before guest mode is entered, in vain. Seen on
	 * 5.10.262. All cases that are moved in mid-L2, whether or not KVM then emulates.
	 */
	{ .cases = "svm_state_l2*,svm_state_virq,svm_state_area",
	  .kernels = { .since = { 5, 8 }, .fixed = { 5, 17 }, .in = { { 5, 16, 0, 11 } } },
	  .commit = "e1779c2714c3",
	  .what = "KVM_SET_NESTED_STATE in mid-L2 makes KVM call through a null pointer (fixed in "
		  "Linux 5.17)" },
};

const size_t n_hazards = sizeof(hazards) / sizeof(hazards[0]);

const char *hazard_of(const char *case_name, const struct kernel_version *kernel)
{
	if (!kernel->major)
		return NULL;
	for (size_t i = 0; i < n_hazards; i++)
		if (glob_list_matches(hazards[i].cases, case_name) &&
		    kernel_range_state(&hazards[i].kernels, kernel) == RANGE_INSIDE)
			return hazards[i].what;
	return NULL;
}
