// SPDX-License-Identifier: GPL-2.0-only
/*
 * INIT while L2 runs (APM 15.13.4, 15.17). Nothing but GIF keeps L1 from the INIT afterwards, so L1
 * says what it saw with GIF clear, and is not used again.
 */
#include "l1/svm/svm.h"

/* ICR: INIT delivery (5 << 8), level assert (bit 14). */
#define ICR_INIT (5U << 8 | 1U << 14)

static volatile uint64_t stage;

static void l2_sends_init(void)
{
	stage = 1;
	wrmsr(MSR_IA32_X2APIC_ICR, rdmsr(MSR_IA32_X2APIC_APICID) << 32 | ICR_INIT);
	for (int i = 0; i < 1000; i++)
		pause();
	stage = 2;
}

SVM_CASE(svm_init, L1_NEEDS_FRESH_VM | L1_SLOW, 1, 0)
{
	struct l2 *l2 = svm_l2_create(l2_sends_init);
	struct vmcb *vmcb = l2->vmcb;

	stage = 0;
	svm_l2_intercept(l2, SVM_EXIT_INIT);
	l2_before();
	asm volatile("push %%rbp; clgi; vmrun %%rax; pop %%rbp"
		     : "+a"(vmcb)
		     :
		     : "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13",
		       "r14", "r15", "cc", "memory");
	l2_after();
	l1_page->result = L1_PASS;
	if (l2->vmcb->control.exit_code != SVM_EXIT_INIT || stage != 1) {
		l1_page->result = L1_FAIL;
		l1_page->saw = (struct l1_observation){ .how = L1_SAW_VALUE,
							.expected = SVM_EXIT_INIT,
							.seen = l2->vmcb->control.exit_code };
		l1_snprintf(l1_page->saw.what, L1_WHAT_MAX, "exit, stage %lu", stage);
		l1_snprintf(l1_page->detail, L1_DETAIL_MAX,
			    "exit: expected INIT at stage 1, seen %#lx at stage %lu (APM 15.13.4)",
			    l2->vmcb->control.exit_code, stage);
	}
	l1_spent();
}
