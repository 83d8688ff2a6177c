// SPDX-License-Identifier: GPL-2.0-only
/*
 * The hazards: case, kernels, the commit that fixes it.
 */
#include "selftest/hazards.h"

#include <stddef.h>

#include "lib/glob_list.h"

const struct hazard hazards[] = {
	/*
	 * svm_set_nested_state() leaves vcpu->arch.nested_mmu all zeros; when KVM first emulates an
	 * instruction of L2 after a move it calls walk_mmu->gva_to_gpa, NULL, in
	 * kvm_fetch_guest_virt(): the host's kernel oopses. Since KVM_SET_NESTED_STATE supports SVM
	 * (cc440cdad5b7). 232f75d3b4b5 (5.13) initialises it before guest mode is entered, which has
	 * no effect. Seen on 5.10.262. Covers all cases that are moved in L2, whether or not KVM then
	 * emulates; none that is moved in L1 or before: README.md.
	 */
	{ .cases = "svm_state_l2*,svm_state_virq,svm_state_area",
	  .kernels = { .since = { 5, 8 },
		       .fixed = { 5, 17 },
		       .in = { { 5, 16, 0, 11 }, { 5, 15, 0, 25 } } },
	  .commit = "e1779c2714c3",
	  .what = "KVM_SET_NESTED_STATE in L2 makes KVM call through a null pointer" },
	/*
	 * CVE-2019-7221. A vCPU that is freed in L2 left its emulated preemption timer armed
	 * (vmx_free_vcpu() calls free_nested() without hrtimer_cancel(), and without the exit that
	 * cancels it): the timer fires in freed memory some milliseconds later. The move of
	 * vmx_state_timer frees the old VM in exactly that state. Since f4124500c2c1.
	 */
	{ .cases = "vmx_state_timer",
	  .kernels = { .since = { 3, 15 },
		       .fixed = { 5, 0 },
		       .in = { { 4, 20, 0, 8 }, { 4, 19, 0, 21 }, { 4, 14, 0, 99 } } },
	  .commit = "ecec76885bcf",
	  .what = "the preemption timer of an L2 whose VM was freed fires in freed memory "
		  "(CVE-2019-7221)" },
	/*
	 * CVE-2022-3344. A shutdown of L2 that L1 does not intercept resets the vCPU in L2 and frees
	 * the VMCB that is in use. Since KVM has two VMCBs (5.13). 16ae56d7e052 belongs to the fix.
	 */
	{ .cases = "svm_shutdown_own,svm_shutdown_own_paging",
	  .kernels = { .since = { 5, 13 },
		       .fixed = { 6, 1 },
		       .in = { { 6, 0, 0, 11 }, { 5, 15, 0, 81 } } },
	  .commit = "ed129ec9057f",
	  .what = "L2's shutdown that L1 does not intercept frees the VMCB that is in use "
		  "(CVE-2022-3344)" },
	/*
	 * A nested CR3 outside of L1's memory: mmu_check_root() requests a triple fault, whose exit happens
	 * while VMRUN is still pending, and nested_svm_vmexit() warns about that: fatal for a host with
	 * panic_on_warn. Since L2's triple faults exit to L1 (5.13); 6.6 loads a dummy root instead. Stable
	 * releases have the check at VMRUN. From the source, not observed: no such kernel is available.
	 */
	{ .cases = "svm_invalid_npt",
	  .kernels = { .since = { 5, 13 },
		       .fixed = { 6, 6 },
		       .in = { { 6, 1, 0, 175 }, { 5, 15, 0, 209 } } },
	  .commit = "b71138fcc362",
	  .what = "a nested CR3 outside of memory makes the host's kernel warn" },
	/* CVE-2021-3656. Only if KVM uses virtual VMLOAD and VMSAVE, from family 17h on. */
	{ .cases = "svm_vmsave_host_address",
	  .kernels = { .since = { 4, 13 },
		       .fixed = { 5, 14 },
		       .in = { { 5, 13, 0, 12 },
			       { 5, 10, 0, 60 },
			       { 5, 4, 0, 142 },
			       { 4, 19, 0, 205 } } },
	  .commit = "c7dfa4009965",
	  .what = "L2's VMSAVE writes into the host's memory (CVE-2021-3656)" },
};

const size_t n_hazards = sizeof(hazards) / sizeof(hazards[0]);

const struct hazard *hazard_of(const char *case_name, const struct kernel_version *kernel)
{
	if (!kernel->major)
		return NULL;
	for (size_t i = 0; i < n_hazards; i++)
		if (glob_list_matches(hazards[i].cases, case_name) &&
		    kernel_range_may_have(&hazards[i].kernels, kernel))
			return &hazards[i];
	return NULL;
}
