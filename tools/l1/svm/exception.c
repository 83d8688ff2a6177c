// SPDX-License-Identifier: GPL-2.0-only
/*
 * L2's exceptions: intercepted ones exit with error code and address (APM 15.12), the others are
 * L2's own. Those that L0 finds for L2, in an instruction that it executes or behind it, have what
 * the CPU's own would have: error code, address, DR6.
 */
#include "l1/svm/insn.h"
#include "l1/svm/svm.h"

INSN(x_ud, "ud2")
INSN(x_de, "div %r8b")
INSN(x_bp, "int3")
INSN(x_gp, "mov (%rax), %rax")
INSN(x_gp_selector, "mov %ebx, %ds")
INSN(x_np, "mov %ecx, %ds")
INSN(x_ss, "mov %ecx, %ss")
INSN(x_nm, "fnop")
INSN(x_pf, "mov %al, (%rdx)")
INSN(x_db, "nop")

#define NON_CANONICAL 0x8000000000000000
#define BAD_SELECTOR  0x1000
#define UNMAPPED      0x50000123

static const struct row {
	uint8_t vector;
	void (*code)(void);
	bool has_error;
	uint32_t error;
} rows[] = {
	{ X86_UD, x_ud, false, 0 },	    { X86_DE, x_de, false, 0 },
	{ X86_GP, x_gp, true, 0 },	    { X86_GP, x_gp_selector, true, BAD_SELECTOR },
	{ X86_NP, x_np, true, SEL_ABSENT }, { X86_SS, x_ss, true, SEL_ABSENT },
	{ X86_NM, x_nm, false, 0 },	    { X86_PF, x_pf, true, PF_W },
};

static struct l2 *faulting(const struct row *row)
{
	struct l2 *l2 = svm_l2_create(row->code);

	l2->gprs.rax = NON_CANONICAL;
	l2->gprs.rbx = BAD_SELECTOR;
	l2->gprs.rcx = SEL_ABSENT;
	l2->gprs.rdx = UNMAPPED;
	if (row->vector == X86_NM)
		l2->vmcb->save.cr0 |= CR0_TS;
	return l2;
}

SVM_CASE(svm_exceptions, 0, 8, 0)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *row = &rows[i];
		struct l2 *l2 = faulting(row);

		expect_at("%s, error code %#x: ", trap_name(row->vector), row->error);
		svm_l2_intercept(l2, SVM_EXIT_EXCP(row->vector));
		svm_l2_run_to(l2, SVM_EXIT_EXCP(row->vector), "APM 15.12");
		EXPECT_EQ(l2->vmcb->save.rip, code(row->code), "APM 15.12");
		if (row->has_error)
			EXPECT_EQ((uint32_t)l2->vmcb->control.exit_info_1, row->error, "APM 15.12");
		if (row->vector == X86_PF) {
			EXPECT_EQ(l2->vmcb->control.exit_info_2, UNMAPPED, "APM 15.12.15");
			EXPECT(l2->vmcb->save.cr2 != UNMAPPED, "APM 15.12.15: ahead of CR2");
		}
		EXPECT_EQ(irq_count[row->vector], 0, "APM 15.12");
	}
}

/* RFLAGS.TF: the #DB comes behind the first instruction, with DR6.BS in the VMCB. */
SVM_CASE(svm_single_step, 0, 1, 0)
{
	struct l2 *l2 = svm_l2_create(x_db);

	l2->vmcb->save.rflags |= RFLAGS_TF;
	svm_l2_intercept(l2, SVM_EXIT_EXCP(X86_DB));
	svm_l2_run_to(l2, SVM_EXIT_EXCP(X86_DB), "APM 15.12.2");
	EXPECT_EQ(l2->vmcb->save.rip, code(x_db) + 1, "APM 15.12.2");
	EXPECT_BITS(l2->vmcb->save.dr6, DR6_BS, DR6_BS, "APM 15.12.2");
	EXPECT_EQ(irq_count[X86_DB], 0, "APM 15.12");
}

/* L2 took it itself: it goes on, as its return shows. */
static void taken(struct trap_frame *frame)
{
	(void)frame;
}

/* Is the intercept of INT3 that of #BP, and not of a software interrupt? */
SVM_CASE(svm_breakpoint, 0, 1, 0)
{
	struct l2 *l2 = svm_l2_create(x_bp);

	irq_handler(X86_BP, taken);
	svm_l2_intercept(l2, SVM_EXIT_EXCP(X86_BP));
	svm_l2_run_to(l2, SVM_EXIT_EXCP(X86_BP), "APM 15.12.4");
	EXPECT_EQ(irq_count[X86_BP], 0, "APM 15.12.4");
}

static volatile struct trap traps[2];

static void ud(void *unused)
{
	(void)unused;
	asm volatile("ud2");
}

static void touch(void *address)
{
	*(volatile uint8_t *)address = 1;
}

static void l2_catches(void)
{
	struct trap t;

	t = catch_trap(ud, NULL);
	traps[0] = t;
	t = catch_trap(touch, (void *)NON_CANONICAL);
	traps[1] = t;
}

SVM_CASE(svm_exceptions_own, 0, 1, 0)
{
	struct l2 *l2 = svm_l2_create(l2_catches);

	svm_l2_run_to_end(l2);
	EXPECT_NAME(traps[0].vector, X86_UD, trap_name, "APM 15.12");
	EXPECT_NAME(traps[1].vector, X86_GP, trap_name, "APM 15.12");
	EXPECT_EQ(traps[1].error, 0, "APM 8.2.14");
}

static void l2_catches_pf(void)
{
	struct trap t = catch_trap(touch, (void *)UNMAPPED);

	traps[0] = t;
}

SVM_CASE(svm_page_fault_own, 0, 1, 0)
{
	struct l2 *l2 = svm_l2_create(l2_catches_pf);

	svm_l2_run_to_end(l2);
	EXPECT_NAME(traps[0].vector, X86_PF, trap_name, "APM 15.12");
	EXPECT_EQ(traps[0].error, PF_W, "APM 8.4.2");
	EXPECT_EQ(traps[0].cr2, UNMAPPED, "APM 8.2.15");
	EXPECT_EQ(l2->vmcb->save.cr2, UNMAPPED, "APM 15.6");
}

/* Up to the double fault's own gate, and no further. */
#define IDT_TO_DF (16 * (X86_DF + 1) - 1)

/*
 * #GP has no gate, and neither has the #GP for that: #DF, intercepted, with error code 0. Where
 * RIP is after an abort nobody says.
 */
SVM_CASE(svm_double_fault, L1_SLOW, 1, 0)
{
	struct l2 *l2 = svm_l2_create(x_gp);

	l2->gprs.rax = NON_CANONICAL;
	l2->vmcb->save.idtr.limit = IDT_TO_DF;
	svm_l2_intercept(l2, SVM_EXIT_EXCP(X86_DF));
	svm_l2_run_to(l2, SVM_EXIT_EXCP(X86_DF), "APM 15.12.9");
	EXPECT_EQ((uint32_t)l2->vmcb->control.exit_info_1, 0, "APM 15.12.9");
	EXPECT_EQ(irq_count[X86_DF], 0, "APM 15.12.9");
}

/* The delivery of #UD faults, and that is intercepted: EXITINTINFO has the #UD (APM 15.7.2). */
SVM_CASE(svm_exception_in_delivery, 0, 1, 0)
{
	struct l2 *l2 = svm_l2_create(x_ud);

	l2->vmcb->save.idtr.limit = 16 * X86_UD - 1;
	svm_l2_intercept(l2, SVM_EXIT_EXCP(X86_GP));
	svm_l2_run_to(l2, SVM_EXIT_EXCP(X86_GP), "APM 15.7.2");
	EXPECT_EQ((uint32_t)l2->vmcb->control.exit_int_info,
		  SVM_EVENT_VALID | SVM_EVENT_EXCEPTION | X86_UD, "APM 15.7.2");
	EXPECT_EQ(l2->vmcb->save.rip, code(x_ud), "APM 15.7.2");
}

#define OLD_CR2 0x1234567

INSN(r_ins, "insb")
INSN(r_rdmsr, "rdmsr")
INSN(r_ud, "ud2")

/* A write, for which the error code is not 0. */
SVM_CASE(svm_raised_write, 0, 1, 0)
{
	struct l2 *l2 = svm_l2_create(r_ins);

	l2->gprs.rdi = UNMAPPED;
	l2->gprs.rdx = 0x4f0;
	l2->vmcb->save.cr2 = OLD_CR2;
	svm_l2_intercept(l2, SVM_EXIT_EXCP(X86_PF));
	svm_l2_run_to(l2, SVM_EXIT_EXCP(X86_PF), "APM 15.12.15");
	EXPECT_EQ((uint32_t)l2->vmcb->control.exit_info_1, PF_W, "APM 15.12.15");
	EXPECT_EQ(l2->vmcb->control.exit_info_2, UNMAPPED, "APM 15.12.15");
	EXPECT_EQ(l2->vmcb->control.exit_int_info & SVM_EVENT_VALID, 0, "APM 15.7.2");
	EXPECT(l2->vmcb->save.cr2 != UNMAPPED, "APM 15.12.15: ahead of CR2");
	EXPECT_EQ(l2->vmcb->save.rip, code(r_ins), "APM 15.12");
}

/* RFLAGS.TF, and an instruction that L0 executes: the trap behind it is L0's to make. */
SVM_CASE(svm_raised_step, 0, 1, 0)
{
	struct l2 *l2 = svm_l2_create(r_rdmsr);

	l2->gprs.rcx = MSR_IA32_APIC_BASE;
	l2->vmcb->save.rflags |= RFLAGS_TF;
	svm_l2_intercept(l2, SVM_EXIT_EXCP(X86_DB));
	svm_l2_run_to(l2, SVM_EXIT_EXCP(X86_DB), "APM 15.12.2");
	EXPECT_EQ(l2->vmcb->save.rip, code(r_rdmsr) + 2, "APM 15.12.2");
	EXPECT_BITS(l2->vmcb->save.dr6, DR6_BS | DR6_BD, DR6_BS, "APM 15.12.2");
	EXPECT_EQ(l2->vmcb->control.exit_int_info & SVM_EVENT_VALID, 0, "APM 15.7.2");
}

/* The gate that the IDT has not got, by its number; only Intel reports bit 0 (EXT). */
#define ERROR_EXT 1U
#define ERROR_IDT 2U

SVM_CASE(svm_delivery_error_code, 0, 1, 0)
{
	struct l2 *l2 = svm_l2_create(r_ud);

	l2->vmcb->save.idtr.limit = 16 * X86_UD - 1;
	svm_l2_intercept(l2, SVM_EXIT_EXCP(X86_GP));
	svm_l2_run_to(l2, SVM_EXIT_EXCP(X86_GP), "APM 15.7.2");
	EXPECT_EQ((uint32_t)l2->vmcb->control.exit_info_1 & ~ERROR_EXT, X86_UD << 3 | ERROR_IDT,
		  "APM 8.4.1");
}
