// SPDX-License-Identifier: GPL-2.0-only
/*
 * L2's page attribute table under nested paging (APM 15.25.4). A bare machine has one of L2's own,
 * from the VMCB's g_pat. KVM 6.12 does not (nested.c, nested_vmcb02_compute_g_pat()): L2's is
 * L1's, both ways. So here is what holds with both: L2's own register, by L2's own writes.
 */
#include "l1/svm/svm.h"

/* As after reset, but for entry 5, not used: WC for WT; and 2, which is no type (7.8.1). */
#define OTHER_PAT 0x0007010600070406
#define BAD_PAT	  0x0002000000000000

static volatile uint64_t seen, vector;

static void write_bad(void *unused)
{
	(void)unused;
	wrmsr(MSR_IA32_PAT, BAD_PAT);
}

static void l2_changes_pat(void)
{
	wrmsr(MSR_IA32_PAT, OTHER_PAT);
	seen = rdmsr(MSR_IA32_PAT);
	vector = catch_trap(write_bad, NULL).vector;
	l2_call(1);
	seen = rdmsr(MSR_IA32_PAT);
}

SVM_CASE(svm_pat, 0, 2, L1_NEEDS(NPT))
{
	struct l2 *l2 = svm_l2_create(l2_changes_pat);
	uint64_t own = rdmsr(MSR_IA32_PAT);

	seen = vector = 0;
	svm_l2_run_to_call(l2, 1);
	EXPECT_EQ(seen, OTHER_PAT, "APM 15.25.4");
	EXPECT_NAME(vector, X86_GP, trap_name, "APM 7.8.1");
	svm_l2_run_to_end(l2);
	EXPECT_EQ(seen, OTHER_PAT, "APM 15.25.4");
	wrmsr(MSR_IA32_PAT, own);
	EXPECT_EQ(rdmsr(MSR_IA32_PAT), own, "APM 7.8.1");
}
