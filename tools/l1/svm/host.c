// SPDX-License-Identifier: GPL-2.0-only
/*
 * L1's own state around VMRUN: RFLAGS.TF, arithmetic flags and many rounds of registers (APM
 * 15.5.1, 15.6).
 */
#include "l1/svm/svm.h"

static volatile uint64_t trap_rip, trap_dr6, trap_flags;

static void note(struct trap_frame *frame)
{
	trap_rip = frame->rip;
	trap_flags = frame->rflags;
	trap_dr6 = read_dr6();
	frame->rflags &= ~RFLAGS_TF;
}

static void l2_nothing(void)
{
}

/*
 * L1 single-steps over VMRUN: L2 does not see it, and the trap comes when VMRUN is over, which is
 * behind the #VMEXIT (APM 8.2.2, 15.5.1).
 */
SVM_CASE(svm_host_trap_flag, 0, 1, 0)
{
	struct l2 *l2 = svm_l2_create(l2_nothing);
	struct vmcb *vmcb = l2->vmcb;
	uint64_t behind;

	trap_rip = trap_dr6 = trap_flags = 0;
	irq_handler(X86_DB, note);
	l2_before();
	asm volatile("push %%rbp\n\t"
		     "clgi\n\t"
		     "pushfq\n\t"
		     "orq %2, (%%rsp)\n\t"
		     "popfq\n\t"
		     "vmrun %%rax\n\t"
		     "1: nop\n\t"
		     "stgi\n\t"
		     "leaq 1b(%%rip), %1\n\t"
		     "pop %%rbp"
		     : "+a"(vmcb), "=b"(behind)
		     : "i"(RFLAGS_TF)
		     : "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14",
		       "r15", "cc", "memory");
	l2_after();
	svm_l2_expect(l2, SVM_EXIT_VMMCALL, "APM 15.9");
	EXPECT_BITS(l2->vmcb->save.rflags, RFLAGS_TF, 0, "APM 15.6");
	EXPECT_EQ(l2->vmcb->control.exit_int_info & SVM_EVENT_VALID, 0, "APM 15.7.2");
	EXPECT_EQ(irq_count[X86_DB], 1, "APM 8.2.2");
	EXPECT_EQ(trap_rip - behind, 0, "APM 15.6");
	EXPECT_BITS(trap_flags, RFLAGS_TF, RFLAGS_TF, "APM 15.6");
}
