// SPDX-License-Identifier: GPL-2.0-only
/*
 * NMIs: pending at VMRUN, masked until IRET, the IRET intercept as the window (APM 15.13.2,
 * 15.17, 15.20), and virtual ones (APM 15.21.10).
 */
#include "l1/svm/svm.h"

static volatile uint64_t stage, depth, deepest;

static void count_depth(void)
{
	depth = depth + 1;
	if (depth > deepest)
		deepest = depth;
}

static struct l2 *new_l2(void (*fn)(void))
{
	struct l2 *l2 = svm_l2_create(fn);

	stage = depth = deepest = 0;
	return l2;
}

static void l2_marks(void)
{
	stage = 1;
	for (int i = 0; i < 1000; i++)
		pause();
}

#define TRIES 8

/*
 * One that came with GIF clear exits ahead of L2's first instruction; STGI then gives it to L1. Tried
 * anew for the reason that svm_intr_pending has.
 */
SVM_CASE(svm_nmi_pending, 0, 2, 0)
{
	struct l2 *l2 = new_l2(l2_marks);

	svm_l2_intercept(l2, SVM_EXIT_NMI);
	for (int i = 0; i < TRIES; i++) {
		svm_l2_restart(l2, l2_marks);
		irq_count[X86_NMI] = 0;
		asm volatile("clgi" : : : "memory");
		lapic_self_nmi();
		stage = irq_count[X86_NMI] ? 99 : 0;
		svm_l2_run(l2);
		if (l2->vmcb->save.rip == code(l2_marks))
			break;
	}
	svm_l2_expect(l2, SVM_EXIT_NMI, "APM 15.13.2");
	EXPECT_EQ(stage, 0, "APM 15.17");
	EXPECT_EQ(l2->vmcb->save.rip, code(l2_marks), "APM 15.13.2");
	EXPECT_EQ(irq_count[X86_NMI], 1, "APM 15.17");
	svm_l2_run_to_end(l2);
	EXPECT_EQ(stage, 1, "APM 15.13.2");
	EXPECT_EQ(irq_count[X86_NMI], 1, "APM 15.13.2");
}

/* No L2: CLGI holds an NMI back. */
SVM_CASE(svm_gif_nmi, 0, 0, 0)
{
	asm volatile("clgi" : : : "memory");
	lapic_self_nmi();
	for (int i = 0; i < 100; i++)
		pause();
	stage = irq_count[X86_NMI];
	asm volatile("stgi; nop; nop; nop; nop" : : : "memory");
	EXPECT_EQ(stage, 0, "APM 15.17");
	EXPECT_EQ(irq_count[X86_NMI], 1, "APM 15.17");
}

static void sends_another(struct trap_frame *frame)
{
	(void)frame;
	count_depth();
	if (irq_count[X86_NMI] == 1) {
		lapic_self_nmi();
		for (int i = 0; i < 100; i++)
			pause();
		stage = irq_count[X86_NMI];
	}
	depth = depth - 1;
}

static void l2_sends_nmi(void)
{
	lapic_self_nmi();
	for (int i = 0; i < 100; i++)
		pause();
}

/* Without the intercept they are L2's, and the second waits for the first one's IRET. */
SVM_CASE(svm_nmi_direct, 0, 2, 0)
{
	struct l2 *l2 = new_l2(l2_sends_nmi);

	svm_l2_warm_up(l2);
	irq_handler(X86_NMI, sends_another);
	svm_l2_run_to_end(l2);
	EXPECT_EQ(stage, 1, "APM 8.2.3: masked in the handler");
	EXPECT_EQ(deepest, 1, "APM 8.2.3");
	EXPECT_EQ(irq_count[X86_NMI], 2, "APM 8.2.3: and not lost");
}

static void calls_in_handler(struct trap_frame *frame)
{
	(void)frame;
	count_depth();
	l2_call(2);
	depth = depth - 1;
}

#define IRETQ 0xcf48

/*
 * L1's window for NMIs that it injects: the IRET that ends the handler exits, at the instruction;
 * behind it the next may come.
 */
SVM_CASE(svm_nmi_window, 0, 6, 0)
{
	struct l2 *l2 = new_l2(l2_call_once);

	irq_handler(X86_NMI, calls_in_handler);
	for (uint32_t i = 1; i <= 2; i++) {
		expect_at("NMI %u: ", i);
		svm_l2_restart(l2, l2_call_once);
		l2->vmcb->control.event_inj = SVM_EVENT_VALID | SVM_EVENT_NMI | X86_NMI;
		svm_l2_run_to_call(l2, 2);
		EXPECT_EQ(irq_count[X86_NMI], i, "APM 15.20");
		svm_l2_intercept(l2, SVM_EXIT_IRET);
		svm_l2_run_to(l2, SVM_EXIT_IRET, "APM 15.9");
		EXPECT_EQ(*(uint16_t *)l2->vmcb->save.rip, IRETQ, "APM 15.6");
		svm_l2_no_intercept(l2, SVM_EXIT_IRET);
		svm_l2_run_to_call(l2, 1);
	}
	EXPECT_EQ(deepest, 1, "APM 15.20");
}

/*
 * Virtual NMIs are taken for L1's own: without that intercept VMRUN refuses them.
 * L1_UNPROVEN: no emulator has virtual NMIs.
 */
SVM_CASE(svm_vnmi_check, L1_UNPROVEN, 1, L1_NEEDS(VNMI))
{
	struct l2 *l2 = new_l2(l2_call_once);

	l2->vmcb->control.vintr = VMCB_V_NMI_ENABLE;
	svm_l2_run_to(l2, SVM_EXIT_INVALID, "APM 15.21.10");
	svm_l2_intercept(l2, SVM_EXIT_NMI);
	svm_l2_run_to_call(l2, 1);
}

static struct l2 *virtual_nmi(uint64_t bits)
{
	struct l2 *l2 = new_l2(l2_call_once);

	svm_l2_warm_up(l2);
	irq_handler(X86_NMI, calls_in_handler);
	svm_l2_intercept(l2, SVM_EXIT_NMI);
	l2->vmcb->control.vintr = VMCB_V_NMI_ENABLE | bits;
	return l2;
}

/* Pending: taken first of all; masks the next until IRET, which is taken then. */
SVM_CASE(svm_vnmi, L1_UNPROVEN, 4, L1_NEEDS(VNMI))
{
	struct l2 *l2 = virtual_nmi(VMCB_V_NMI);

	for (uint32_t i = 1; i <= 2; i++) {
		expect_at("virtual NMI %u: ", i);
		svm_l2_run_to_call(l2, 2);
		EXPECT_EQ(irq_count[X86_NMI], i, "APM 15.21.10");
		EXPECT_BITS(l2->vmcb->control.vintr, VMCB_V_NMI, 0, "APM 15.21.10");
		EXPECT_BITS(l2->vmcb->control.vintr, VMCB_V_NMI_MASK, VMCB_V_NMI_MASK,
			    "APM 15.21.10");
		if (i == 1)
			l2->vmcb->control.vintr |= VMCB_V_NMI;
	}
	svm_l2_run_to_call(l2, 1);
	EXPECT_BITS(l2->vmcb->control.vintr, VMCB_V_NMI | VMCB_V_NMI_MASK, 0, "APM 15.21.10");
	EXPECT_EQ(deepest, 1, "APM 15.21.10");
	EXPECT_EQ(irq_count[X86_NMI], 2, "APM 15.21.10");
}

/* Masked by L1: it stays pending, both ways. */
SVM_CASE(svm_vnmi_masked, L1_UNPROVEN, 2, L1_NEEDS(VNMI))
{
	struct l2 *l2 = virtual_nmi(VMCB_V_NMI | VMCB_V_NMI_MASK);

	svm_l2_run_to_call(l2, 1);
	EXPECT_EQ(irq_count[X86_NMI], 0, "APM 15.21.10");
	EXPECT_BITS(l2->vmcb->control.vintr, VMCB_V_NMI | VMCB_V_NMI_MASK,
		    VMCB_V_NMI | VMCB_V_NMI_MASK, "APM 15.21.10");
}

/* L1's own NMI still exits, and is not L2's. */
SVM_CASE(svm_vnmi_physical, L1_UNPROVEN, 3, L1_NEEDS(VNMI))
{
	struct l2 *l2 = virtual_nmi(VMCB_V_NMI_MASK);

	irq_handler(X86_NMI, NULL);
	svm_l2_restart(l2, l2_sends_nmi);
	svm_l2_run_to(l2, SVM_EXIT_NMI, "APM 15.13.2");
	EXPECT_BITS(l2->vmcb->control.vintr, VMCB_V_NMI, 0, "APM 15.21.10");
	EXPECT_EQ(irq_count[X86_NMI], 1, "APM 15.17");
	svm_l2_run_to_end(l2);
}
