// SPDX-License-Identifier: GPL-2.0-only
/*
 * L2's registers, saved and restored; and L1's, which L2 must not change (APM 15.5, 15.6).
 */
#include "l1/svm/svm.h"

void svm_l2_registers(void);

extern struct gprs svm_l2_seen, svm_l2_next;

#define N_GPRS (sizeof(struct gprs) / sizeof(uint64_t))

static void fill(struct gprs *g, uint64_t seed)
{
	uint64_t *r = (uint64_t *)g;

	for (size_t i = 0; i < N_GPRS; i++)
		r[i] = seed * 0x9e3779b97f4a7c15 + i * 0x0101010101010101;
}

static void expect_same(const char *whose, const struct gprs *seen, const struct gprs *expected)
{
	static const char *const names[N_GPRS] = {
		"rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "r8",
		"r9",  "r10", "r11", "r12", "r13", "r14", "r15",
	};
	const uint64_t *s = (const uint64_t *)seen, *e = (const uint64_t *)expected;

	for (size_t i = 0; i < N_GPRS; i++) {
		expect_at("%s: ", whose);
		expect_eq(names[i], s[i], e[i], NULL, "APM 15.5.1, 15.6");
	}
}

SVM_CASE(svm_registers, 0, 10, 0)
{
	struct l2 *l2 = svm_l2_create(svm_l2_registers);
	uint64_t rsp = l2->vmcb->save.rsp;
	struct gprs given;

	for (uint64_t i = 1; i <= 10; i++) {
		fill(&given, i);
		fill(&svm_l2_next, ~i);
		l2->gprs = given;
		svm_l2_run_to(l2, SVM_EXIT_VMMCALL, "APM 15.9");
		expect_same("as L2 saw it", &svm_l2_seen, &given);
		expect_same("as L1 saw it", &l2->gprs, &svm_l2_next);
		EXPECT_EQ(l2->vmcb->save.rsp, rsp, "APM 15.6");
		svm_l2_skip(l2, 3);
	}
}

static volatile uint64_t seen_cr0, seen_cr3, seen_cr4, seen_efer;

static void l2_control_registers(void)
{
	seen_cr0 = read_cr0();
	seen_cr3 = read_cr3();
	seen_cr4 = read_cr4();
	seen_efer = rdmsr(MSR_EFER);
	write_cr0(read_cr0() ^ CR0_AM);
	write_cr4(read_cr4() ^ CR4_PGE);
	wrmsr(MSR_EFER, rdmsr(MSR_EFER) ^ EFER_SCE);
}

/* L2 starts with values that are not L1's, and leaves others; L1 keeps its own. */
SVM_CASE(svm_control_registers, 0, 3, 0)
{
	struct l2 *l2 = svm_l2_create(l2_control_registers);
	struct vmcb_save *s = &l2->vmcb->save;
	uint64_t cr0 = read_cr0(), cr3 = read_cr3(), cr4 = read_cr4(), efer = rdmsr(MSR_EFER);
	struct page_table own = pt_identity(PT_CR3);

	s->cr0 ^= CR0_TS;
	s->cr3 = own.root;
	s->cr4 |= CR4_DE;
	svm_l2_run_to_end(l2);

	EXPECT_EQ(seen_cr0, cr0 ^ CR0_TS, "APM 15.5.1");
	EXPECT_EQ(seen_cr3, own.root, "APM 15.5.1");
	EXPECT_EQ(seen_cr4, cr4 | CR4_DE, "APM 15.5.1");
	EXPECT_EQ(seen_efer, efer, "APM 15.5.1");

	EXPECT_EQ(s->cr0, cr0 ^ CR0_TS ^ CR0_AM, "APM 15.6");
	EXPECT_EQ(s->cr3, own.root, "APM 15.6");
	EXPECT_EQ(s->cr4, (cr4 | CR4_DE) ^ CR4_PGE, "APM 15.6");
	EXPECT_EQ(s->efer, efer ^ EFER_SCE, "APM 15.6");

	/* Once more, for what L0 has noted of L1's at the first. */
	for (int i = 0; i < 2; i++) {
		expect_at("%s", i ? "after another entry: " : "");
		EXPECT_EQ(read_cr0(), cr0, "APM 15.6");
		EXPECT_EQ(read_cr3(), cr3, "APM 15.6");
		EXPECT_EQ(read_cr4(), cr4, "APM 15.6");
		EXPECT_EQ(rdmsr(MSR_EFER), efer, "APM 15.6");
		svm_l2_restart(l2, l2_control_registers);
		svm_l2_run_to_end(l2);
	}
}

static volatile uint64_t seen_cr2;

static void l2_cr2(void)
{
	seen_cr2 = read_cr2();
	l2_call(1);
	write_cr2(0x0000222233334444);
}

/* VMRUN loads CR2 and #VMEXIT saves it; it is not put back in L1. */
SVM_CASE(svm_cr2, 0, 2, 0)
{
	struct l2 *l2 = svm_l2_create(l2_cr2);

	l2->vmcb->save.cr2 = 0x0000111122223333;
	svm_l2_run_to_call(l2, 1);
	EXPECT_EQ(seen_cr2, 0x0000111122223333, "APM 15.5.1");
	EXPECT_EQ(l2->vmcb->save.cr2, 0x0000111122223333, "APM 15.6");
	svm_l2_run_to_end(l2);
	EXPECT_EQ(l2->vmcb->save.cr2, 0x0000222233334444, "APM 15.6");
}

static volatile uint64_t seen_dr0, seen_dr6, seen_dr7;

#define DR7_L0 0x0001
#define DR7_L1 0x0004

static void l2_debug_registers(void)
{
	seen_dr0 = read_dr0();
	seen_dr6 = read_dr6();
	seen_dr7 = read_dr7();
	write_dr0(0x5000);
	write_dr6(DR6_FIXED | DR6_BD);
	write_dr7(DR7_FIXED | DR7_L1);
}

/* DR6 and DR7 are the VMCB's; DR0 to DR3 are not switched; L1's DR7 is off afterwards. */
SVM_CASE(svm_debug_registers, 0, 1, 0)
{
	struct l2 *l2 = svm_l2_create(l2_debug_registers);

	write_dr0(0x4000);
	l2->vmcb->save.dr6 = DR6_FIXED | DR6_BS;
	l2->vmcb->save.dr7 = DR7_FIXED | DR7_L0;
	svm_l2_run_to_end(l2);
	EXPECT_EQ(seen_dr0, 0x4000, "APM 15.5.1");
	EXPECT_EQ(seen_dr6, DR6_FIXED | DR6_BS, "APM 15.5.1");
	EXPECT_EQ(seen_dr7, DR7_FIXED | DR7_L0, "APM 15.5.1");
	EXPECT_EQ(l2->vmcb->save.dr6, DR6_FIXED | DR6_BD, "APM 15.6");
	EXPECT_EQ(l2->vmcb->save.dr7, DR7_FIXED | DR7_L1, "APM 15.6");
	EXPECT_EQ(read_dr0(), 0x5000, "APM 15.6");
	EXPECT_EQ(read_dr7(), DR7_FIXED, "APM 15.6");
}

#define FLAGS (RFLAGS_CF | RFLAGS_PF | RFLAGS_AF | RFLAGS_ZF | RFLAGS_SF | RFLAGS_OF)

static volatile uint64_t seen_flags;

static __attribute__((naked)) void l2_flags(void)
{
	asm volatile("pushfq\n\t"
		     "popq %%rax\n\t"
		     "mov %%rax, %0\n\t"
		     "pushq %1\n\t"
		     "popfq\n\t"
		     "vmmcall"
		     : "=m"(seen_flags)
		     : "i"(RFLAGS_FIXED | RFLAGS_CF | RFLAGS_SF | RFLAGS_DF)
		     : "rax", "memory");
}

SVM_CASE(svm_flags, 0, 1, 0)
{
	struct l2 *l2 = svm_l2_create(l2_flags);

	l2->vmcb->save.rflags = RFLAGS_FIXED | FLAGS;
	svm_l2_run_to(l2, SVM_EXIT_VMMCALL, "APM 15.9");
	EXPECT_EQ(seen_flags, RFLAGS_FIXED | FLAGS, "APM 15.5.1");
	EXPECT_BITS(l2->vmcb->save.rflags, ~RFLAGS_RF,
		    RFLAGS_FIXED | RFLAGS_CF | RFLAGS_SF | RFLAGS_DF, "APM 15.6");
	EXPECT_BITS(l2->host_rflags, RFLAGS_DF, 0, "APM 15.6");
}
