// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is SVM's own of a VM that is moved; the rest is common/state.c.
 */
#include "l1/svm/svm.h"

#include "l1/common/request.h"

#define VECTOR 0x74

static volatile uint64_t steps;

/* GIF is off while L1 is moved: what is pending waits for STGI in the new VM too. */
SVM_LATE_CASE(svm_state_gif, L1_MIGRATES, 0, 0)
{
	asm volatile("clgi" : : : "memory");
	lapic_self_ipi(VECTOR);
	ask_move(L1_LEVEL_L1);
	irq_window();
	steps = irq_count[VECTOR];
	sti();
	asm volatile("stgi; nop; nop; nop; nop; cli" : : : "memory");
	EXPECT_EQ(steps, 0, "APM 15.17");
	EXPECT_EQ(irq_count[VECTOR], 1, "APM 15.17");
	lapic_eoi();
}

static void l2_opens(void)
{
	steps = 1;
	ask_move(L1_LEVEL_L2);
	steps = 2 + irq_count[VECTOR];
	l2_reads_tables(); /* the new VM has not seen them: see l1.h */
	irq_window();
	l2_call(steps);
}

/* A virtual interrupt waits behind L2's IF while L2 is moved; it is taken once, and then gone. */
SVM_LATE_CASE(svm_state_virq, L1_MIGRATES, 2, 0)
{
	struct l2 *l2 = svm_l2_create(l2_opens);

	steps = 0;
	svm_l2_warm_up(l2);
	l2->vmcb->control.vintr = VMCB_V_INTR_MASKING | VMCB_V_IRQ | VMCB_V_PRIO(VECTOR >> 4) |
				  VMCB_V_VECTOR(VECTOR);
	svm_l2_run_to_call(l2, 2);
	EXPECT_EQ(irq_count[VECTOR], 1, "APM 15.21.4");
	EXPECT_BITS(l2->vmcb->control.vintr, VMCB_V_IRQ, 0, "APM 15.21.4");
	svm_l2_run_to_end(l2);
	EXPECT_EQ(irq_count[VECTOR], 1, "APM 15.21.4");
}

static void l2_moves(void)
{
	ask_move(L1_LEVEL_L2);
	l2_call(1);
}

/* The VMCB that L2 was started from is the one its exit goes to, and no other bit of it. */
SVM_LATE_CASE(svm_state_area, L1_MIGRATES, 2, 0)
{
	struct l2 *l2 = svm_l2_create(l2_moves);
	struct vmcb_control before;

	svm_l2_intercept(l2, SVM_EXIT_CPUID);
	before = l2->vmcb->control;
	svm_l2_run_to_call(l2, 1);
	EXPECT_EQ(memcmp(before.intercepts, l2->vmcb->control.intercepts,
			 sizeof(before.intercepts)),
		  0, "APM 15.6: #VMEXIT leaves the intercepts");
	EXPECT_EQ(l2->vmcb->control.guest_asid, before.guest_asid, "APM 15.6");
	EXPECT_EQ(l2->vmcb->control.n_cr3, before.n_cr3, "APM 15.6");
	EXPECT_EQ(l2->vmcb->control.event_inj & SVM_EVENT_VALID, 0, "APM 15.20");
	EXPECT_EQ(rdmsr(MSR_VM_HSAVE_PA) & (PAGE_SIZE - 1), 0, "APM 15.30.4");
	EXPECT(rdmsr(MSR_VM_HSAVE_PA), "APM 15.30.4: KVM_SET_MSRS");
	svm_l2_run_to_end(l2);
}
