// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exceptions that L0 finds for L2, in an instruction that it executes or behind it: L1's #VMEXIT has
 * what the CPU's own would have, error code, address, DR6 (APM 15.12).
 */
#include "l1/svm/insn.h"
#include "l1/svm/svm.h"

#define UNMAPPED 0x50000123
#define OLD_CR2	 0x1234567

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

/* The gate that the IDT has not got, by its number; bit 0 (EXT) is told by none but Intel. */
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
