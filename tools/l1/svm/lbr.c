// SPDX-License-Identifier: GPL-2.0-only
/*
 * LBR virtualization (APM 15.23): DebugCtl and the four last-branch registers are switched with
 * the VMCB if virt_ext asks for it.
 */
#include "l1/svm/svm.h"

static const struct {
	const char *name;
	uint32_t msr;
	size_t offset; /* in struct vmcb */
} lbr[] = {
	{ "BR_FROM", MSR_IA32_LASTBRANCHFROMIP, offsetof(struct vmcb, save.br_from) },
	{ "BR_TO", MSR_IA32_LASTBRANCHTOIP, offsetof(struct vmcb, save.br_to) },
	{ "LASTEXCPFROM", MSR_IA32_LASTINTFROMIP, offsetof(struct vmcb, save.last_excp_from) },
	{ "LASTEXCPTO", MSR_IA32_LASTINTTOIP, offsetof(struct vmcb, save.last_excp_to) },
};

#define N_LBR	     ARRAY_SIZE(lbr)
#define GIVEN(i)     (0x5000ULL + 0x10 * (i))
#define DEBUGCTL_LBR 1ULL

static volatile uint64_t seen[N_LBR], seen_debugctl, branch_from, branch_to;

static uint64_t *field(struct vmcb *v, size_t i)
{
	return (uint64_t *)((uint8_t *)v + lbr[i].offset);
}

static void l2_reads_lbr(void)
{
	for (size_t i = 0; i < N_LBR; i++)
		seen[i] = rdmsr(lbr[i].msr);
	seen_debugctl = rdmsr(MSR_IA32_DEBUGCTL);
}

static struct l2 *with_lbr(void (*fn)(void), uint64_t debugctl)
{
	struct l2 *l2 = svm_l2_create(fn);

	l2->vmcb->control.virt_ext = VMCB_LBR_ENABLE;
	l2->vmcb->save.dbgctl = debugctl;
	for (size_t i = 0; i < N_LBR; i++)
		*field(l2->vmcb, i) = GIVEN(i);
	return l2;
}

/*
 * Recording off: L2 finds what L1 put there, #VMEXIT puts it back, and L1's own are as before.
 * L1_UNPROVEN: Bochs, to 3.1, announces them and has no such registers (msr.cc); TCG has neither.
 */
SVM_CASE(svm_lbr_switch, L1_UNPROVEN, 1, L1_NEEDS(LBRV))
{
	struct l2 *l2 = with_lbr(l2_reads_lbr, 0);
	uint64_t own[N_LBR];

	for (size_t i = 0; i < N_LBR; i++)
		own[i] = rdmsr(lbr[i].msr);
	svm_l2_run_to_end(l2);
	for (size_t i = 0; i < N_LBR; i++) {
		expect_at("%s: ", lbr[i].name);
		EXPECT_EQ(seen[i], GIVEN(i), "APM 15.23.1");
		EXPECT_EQ(*field(l2->vmcb, i), GIVEN(i), "APM 15.23.1");
		EXPECT_EQ(rdmsr(lbr[i].msr), own[i], "APM 15.23.1");
	}
	expect_at("%s", "");
	EXPECT_EQ(seen_debugctl, 0, "APM 15.23.1");
	EXPECT_EQ(rdmsr(MSR_IA32_DEBUGCTL), 0, "APM 15.23.1");
}

static void l2_writes_debugctl(void)
{
	seen_debugctl = rdmsr(MSR_IA32_DEBUGCTL);
	wrmsr(MSR_IA32_DEBUGCTL, 0);
	l2_call(1);
	wrmsr(MSR_IA32_DEBUGCTL, DEBUGCTL_LBR);
}

/* DebugCtl both ways. */
SVM_CASE(svm_lbr_debugctl, 0, 2, L1_NEEDS(LBRV))
{
	struct l2 *l2 = with_lbr(l2_writes_debugctl, DEBUGCTL_LBR);

	svm_l2_run_to_call(l2, 1);
	EXPECT_EQ(seen_debugctl, DEBUGCTL_LBR, "APM 15.23.1");
	EXPECT_EQ(l2->vmcb->save.dbgctl, 0, "APM 15.23.1");
	EXPECT_EQ(rdmsr(MSR_IA32_DEBUGCTL), 0, "APM 15.23.1");
	svm_l2_run_to_end(l2);
	EXPECT_EQ(l2->vmcb->save.dbgctl, DEBUGCTL_LBR, "APM 15.23.1");
	EXPECT_EQ(rdmsr(MSR_IA32_DEBUGCTL), 0, "APM 15.23.1");
}

/* Records the branch between the two labels, with interrupts off, and turns recording off. */
static inline __attribute__((always_inline)) void record_a_branch(void)
{
	uint64_t from, to;
	uint32_t on = DEBUGCTL_LBR;

	asm volatile("wrmsr\n\t"
		     "leaq 1f(%%rip), %0\n\t"
		     "leaq 2f(%%rip), %1\n\t"
		     "1: jmp 2f\n\t"
		     "int3\n\t"
		     "2: xor %%eax, %%eax\n\t"
		     "wrmsr"
		     : "=&r"(from), "=&r"(to), "+a"(on)
		     : "c"(MSR_IA32_DEBUGCTL), "d"(0)
		     : "memory");
	branch_from = from;
	branch_to = to;
}

static void l2_branches(void)
{
	record_a_branch();
	l2_reads_lbr();
}

/* L2's branch is recorded for L2, and L1's, recorded before, stays L1's. */
SVM_CASE(svm_lbr_record, L1_UNPROVEN, 1, L1_NEEDS(LBRV))
{
	struct l2 *l2 = with_lbr(l2_branches, 0);
	uint64_t from, to;

	record_a_branch();
	from = branch_from;
	to = branch_to;
	EXPECT_EQ(rdmsr(MSR_IA32_LASTBRANCHFROMIP), from, "APM 13.1.1.6");
	EXPECT_EQ(rdmsr(MSR_IA32_LASTBRANCHTOIP), to, "APM 13.1.1.6");
	svm_l2_run_to_end(l2);
	EXPECT_EQ(seen[0], branch_from, "APM 15.23.1");
	EXPECT_EQ(seen[1], branch_to, "APM 15.23.1");
	EXPECT_EQ(l2->vmcb->save.br_from, branch_from, "APM 15.23.1");
	EXPECT_EQ(l2->vmcb->save.br_to, branch_to, "APM 15.23.1");
	EXPECT_EQ(rdmsr(MSR_IA32_LASTBRANCHFROMIP), from, "APM 15.23.1");
	EXPECT_EQ(rdmsr(MSR_IA32_LASTBRANCHTOIP), to, "APM 15.23.1");
}
