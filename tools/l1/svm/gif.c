// SPDX-License-Identifier: GPL-2.0-only
/*
 * The global interrupt flag as L2 uses it: the real one, if L1 does not intercept STGI and CLGI
 * (APM 15.17), and virtually (APM 15.33).
 */
#include "l1/svm/svm.h"

#define VECTOR	   0x65
#define VIRTUAL	   0x75
#define V_PRIORITY (VIRTUAL >> 4)

static volatile uint64_t stage, held, taken;

static void l2_clears_gif(void)
{
	asm volatile("clgi" : : : "memory");
	lapic_self_ipi(VECTOR);
	irq_window();
	held = irq_count[VECTOR];
	stage = 1;
	sti();
	asm volatile("stgi; nop; nop" : : : "memory");
	taken = irq_count[VECTOR];
	cli();
	stage = 2;
}

/* Nobody but L0 intercepts anything: L2 has the flag that there is. */
SVM_CASE(svm_gif_in_l2, 0, 2, 0)
{
	struct l2 *l2 = svm_l2_create(l2_clears_gif);

	stage = 0;
	svm_l2_warm_up(l2);
	svm_l2_run_to_end(l2);
	EXPECT_EQ(held, 0, "APM 15.17");
	EXPECT_EQ(taken, 1, "APM 15.17");
	EXPECT_EQ(stage, 2, "APM 15.17");
	lapic_eoi();
}

/* The same with the interrupt L1's: it exits behind STGI. */
SVM_CASE(svm_gif_in_l2_exit, 0, 2, 0)
{
	struct l2 *l2 = svm_l2_create(l2_clears_gif);

	stage = 0;
	svm_l2_intercept(l2, SVM_EXIT_INTR);
	l2->vmcb->control.vintr = VMCB_V_INTR_MASKING;
	svm_l2_run_to(l2, SVM_EXIT_INTR, "APM 15.17");
	EXPECT_EQ(stage, 1, "APM 15.17");
	EXPECT(lapic_pending(VECTOR), "APM 15.13.1");
	irq_wait(VECTOR);
	EXPECT_EQ(irq_count[VECTOR], 1, "APM 15.13.1");
	lapic_eoi();
	svm_l2_run_to_end(l2);
	EXPECT_EQ(stage, 2, "APM 15.17");
}

static void l2_clears_virtual_gif(void)
{
	asm volatile("clgi" : : : "memory");
	l2_call(1);
	irq_window();
	held = irq_count[VIRTUAL];
	asm volatile("stgi" : : : "memory");
	l2_call(2);
	irq_window();
	taken = irq_count[VIRTUAL];
}

/* L2's CLGI clears V_GIF, and a virtual interrupt that L1 then makes pending has to wait. */
SVM_CASE(svm_vgif_clear, 0, 4, L1_NEEDS(VGIF))
{
	struct l2 *l2 = svm_l2_create(l2_clears_virtual_gif);
	struct vmcb_control *c = &l2->vmcb->control;

	svm_l2_warm_up(l2);
	c->vintr = VMCB_V_INTR_MASKING | VMCB_V_GIF_ENABLE | VMCB_V_GIF;
	svm_l2_run_to_call(l2, 1);
	EXPECT_BITS(c->vintr, VMCB_V_GIF, 0, "APM 15.33.2");
	c->vintr |= VMCB_V_IRQ | VMCB_V_PRIO(V_PRIORITY) | VMCB_V_VECTOR(VIRTUAL);
	svm_l2_run_to_call(l2, 2);
	EXPECT_EQ(held, 0, "APM 15.33.2");
	EXPECT_BITS(c->vintr, VMCB_V_GIF, VMCB_V_GIF, "APM 15.33.2");
	EXPECT_BITS(c->vintr, VMCB_V_IRQ, VMCB_V_IRQ, "APM 15.33.2");
	svm_l2_run_to_end(l2);
	EXPECT_EQ(taken, 1, "APM 15.33.2");
}

static void l2_sends_ipi(void)
{
	stage = 1;
	lapic_self_ipi(VECTOR);
	for (int i = 0; i < 1000; i++)
		pause();
	stage = 2;
}

/* It is only L2's flag: L1's interrupts and NMIs exit with V_GIF clear, and leave it clear. */
SVM_CASE(svm_vgif_physical, 0, 2, L1_NEEDS(VGIF))
{
	struct l2 *l2 = svm_l2_create(l2_sends_ipi);

	stage = 0;
	svm_l2_intercept(l2, SVM_EXIT_INTR);
	l2->vmcb->control.vintr = VMCB_V_INTR_MASKING | VMCB_V_GIF_ENABLE;
	svm_l2_run_to(l2, SVM_EXIT_INTR, "APM 15.33.2");
	EXPECT_EQ(stage, 1, "APM 15.33.2");
	EXPECT_BITS(l2->vmcb->control.vintr, VMCB_V_GIF, 0, "APM 15.33.2");
	irq_wait(VECTOR);
	EXPECT_EQ(irq_count[VECTOR], 1, "APM 15.13.1");
	lapic_eoi();
	svm_l2_run_to_end(l2);
}
