// SPDX-License-Identifier: GPL-2.0-only
/*
 * L2 in user mode: the VMCB's CPL, going in and coming out, and what CPL 3 may not do (APM 15.5.1).
 */
#include "l1/svm/insn.h"
#include "l1/svm/svm.h"

#define VECTOR 0x59

INSN(u_hlt, "hlt")

static volatile uint64_t seen_cs;

static __attribute__((naked)) void u_calls(void)
{
	asm volatile("mov %%cs, %%rax\n\t"
		     "mov %%rax, %0\n\t"
		     "1: vmmcall\n\t"
		     "jmp 1b"
		     : "=m"(seen_cs)
		     :
		     : "rax", "memory");
}

static struct l2 *user_l2(void (*fn)(void))
{
	struct l2 *l2 = svm_l2_create(fn);
	struct page_table all = pt_new(PT_CR3);
	struct vmcb_save *s = &l2->vmcb->save;

	pt_map(&all, 0, 0, L1_MEMORY, PT_CR3_ALL | PTE_U, LARGE_PAGE);
	s->cr3 = all.root;
	s->cs = svm_segment(SEL_UCODE);
	s->ss = s->ds = s->es = svm_segment(SEL_UDATA);
	s->cpl = 3;
	return l2;
}

/* In user mode from the beginning; VMMCALL's intercept asks for no privilege. */
SVM_CASE(svm_cpl, 0, 1, 0)
{
	struct l2 *l2 = user_l2(u_calls);

	seen_cs = 0;
	svm_l2_run_to(l2, SVM_EXIT_VMMCALL, "APM 15.9");
	EXPECT_EQ(l2->vmcb->save.cpl, 3, "APM 15.6");
	EXPECT_EQ(l2->vmcb->save.cs.selector, SEL_UCODE, "APM 15.6");
	EXPECT_EQ(l2->vmcb->save.ss.selector, SEL_UDATA, "APM 15.6");
	EXPECT_EQ(seen_cs, SEL_UCODE, "APM 15.5.1");
	EXPECT_BITS(read_cs(), 3, 0, "APM 15.6: L1 is at CPL 0");
}

/* The check of CPL comes before the intercept (APM 15.9, table 15-7). */
SVM_CASE(svm_cpl_privileged, 0, 1, 0)
{
	struct l2 *l2 = user_l2(u_hlt);

	svm_l2_intercept(l2, SVM_EXIT_HLT);
	svm_l2_intercept(l2, SVM_EXIT_EXCP(X86_GP));
	svm_l2_run_to(l2, SVM_EXIT_EXCP(X86_GP), "APM 15.9");
	EXPECT_EQ((uint32_t)l2->vmcb->control.exit_info_1, 0, "APM 15.12");
	EXPECT_EQ(l2->vmcb->save.cpl, 3, "APM 15.6");
	EXPECT_EQ(l2->vmcb->save.rip, code(u_hlt), "APM 15.6");
}

static volatile uint64_t frame_cs;

static void in_kernel(struct trap_frame *frame)
{
	frame_cs = frame->cs;
	l2_call(1);
}

/* An event takes L2 to CPL 0, and the handler's IRET back to 3. */
SVM_CASE(svm_cpl_change, 0, 2, 0)
{
	struct l2 *l2 = user_l2(u_calls);

	frame_cs = 0;
	irq_handler(VECTOR, in_kernel);
	l2->vmcb->control.event_inj = SVM_EVENT_VALID | SVM_EVENT_INTR | VECTOR;
	svm_l2_run_to_call(l2, 1);
	EXPECT_EQ(l2->vmcb->save.cpl, 0, "APM 15.6");
	EXPECT_EQ(l2->vmcb->save.cs.selector, SEL_CODE64, "APM 15.6");
	EXPECT_EQ(l2->vmcb->save.ss.selector, 0, "APM 15.6: null, as 64-bit mode pushes it");
	EXPECT_EQ(frame_cs, SEL_UCODE, "APM 15.20");
	svm_l2_run_to(l2, SVM_EXIT_VMMCALL, "APM 15.9");
	EXPECT_EQ(l2->vmcb->save.cpl, 3, "APM 15.6");
	EXPECT_EQ(seen_cs, SEL_UCODE, "APM 15.5.1");
}
