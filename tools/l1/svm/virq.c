// SPDX-License-Identifier: GPL-2.0-only
/*
 * Virtual interrupts: V_IRQ, its priority against V_TPR, the VINTR intercept and the interrupt
 * shadow (APM 15.21).
 */
#include "l1/svm/svm.h"

#define VECTOR	 0x73
#define PRIORITY (VECTOR >> 4)

static volatile uint64_t stage, taken_at, cr8;

static void note_rip(struct trap_frame *frame)
{
	taken_at = frame->rip;
}

static struct l2 *with_virq(void (*fn)(void))
{
	struct l2 *l2 = svm_l2_create(fn);

	stage = 0;
	svm_l2_warm_up(l2);
	irq_handler(VECTOR, note_rip);
	l2->vmcb->control.vintr = VMCB_V_INTR_MASKING | VMCB_V_IRQ | VMCB_V_PRIO(PRIORITY) |
				  VMCB_V_VECTOR(VECTOR);
	return l2;
}

static void l2_opens(void)
{
	stage = 1;
	l2_call(1);
	irq_window();
	stage = 2;
}

/* Held while L2's IF is off, taken once it is on, and then no longer pending. */
SVM_CASE(svm_virq, 0, 3, 0)
{
	struct l2 *l2 = with_virq(l2_opens);

	svm_l2_run_to_call(l2, 1);
	EXPECT_EQ(irq_count[VECTOR], 0, "APM 15.21.4");
	EXPECT_BITS(l2->vmcb->control.vintr, VMCB_V_IRQ, VMCB_V_IRQ, "APM 15.21.4");
	svm_l2_run_to_end(l2);
	EXPECT_EQ(irq_count[VECTOR], 1, "APM 15.21.4");
	EXPECT_EQ(stage, 2, "APM 15.21.4");
	EXPECT_BITS(l2->vmcb->control.vintr, VMCB_V_IRQ, 0, "APM 15.21.4");
}

static void l2_opens_again(void)
{
	stage = 1;
	l2_call(1);
	irq_window();
	irq_window();
	stage = 2;
}

/*
 * The intercept comes in its place, just before it would be taken. (The second window is for
 * Bochs 2.7, where VMRUN with L2's IF on does not let a pending V_IRQ in before the next STI.)
 */
SVM_CASE(svm_virq_intercept, 0, 4, 0)
{
	struct l2 *l2 = with_virq(l2_opens_again);

	svm_l2_intercept(l2, SVM_EXIT_VINTR);
	svm_l2_run_to_call(l2, 1);
	svm_l2_run_to(l2, SVM_EXIT_VINTR, "APM 15.21.6");
	EXPECT_EQ(irq_count[VECTOR], 0, "APM 15.21.6");
	EXPECT_EQ(stage, 1, "APM 15.21.6");
	EXPECT_BITS(l2->vmcb->save.rflags, RFLAGS_IF, RFLAGS_IF, "APM 15.21.6");
	EXPECT_BITS(l2->vmcb->control.vintr, VMCB_V_IRQ, VMCB_V_IRQ, "APM 15.21.6");
	svm_l2_no_intercept(l2, SVM_EXIT_VINTR);
	svm_l2_run_to_end(l2);
	EXPECT_EQ(irq_count[VECTOR], 1, "APM 15.21.6");
}

static void l2_opens_twice(void)
{
	irq_window();
	l2_call(1);
	irq_window();
}

/*
 * A task priority above the interrupt's holds it. L1 lowers it, not L2: QEMU 7.2's TCG stops
 * with an assertion when a write to CR8 sets a virtual interrupt free (misc_helper.c).
 */
SVM_CASE(svm_virq_priority, L1_SLOW, 3, 0)
{
	struct l2 *l2 = with_virq(l2_opens_twice);

	l2->vmcb->control.vintr |= PRIORITY + 1;
	svm_l2_run_to_call(l2, 1);
	EXPECT_EQ(irq_count[VECTOR], 0, "APM 15.21.4");
	EXPECT_BITS(l2->vmcb->control.vintr, VMCB_V_IRQ, VMCB_V_IRQ, "APM 15.21.4");
	l2->vmcb->control.vintr -= 2;
	svm_l2_run_to_end(l2);
	EXPECT_EQ(irq_count[VECTOR], 1, "APM 15.21.4");
}

static void l2_changes_tpr(void)
{
	cr8 = read_cr8();
	write_cr8(9);
}

/* L2's CR8 is V_TPR and not L1's. */
SVM_CASE(svm_virtual_tpr, 0, 1, 0)
{
	struct l2 *l2 = svm_l2_create(l2_changes_tpr);

	write_cr8(2);
	l2->vmcb->control.vintr = VMCB_V_INTR_MASKING | 5;
	svm_l2_run_to_end(l2);
	EXPECT_EQ(cr8, 5, "APM 15.21.2");
	EXPECT_BITS(l2->vmcb->control.vintr, VMCB_V_TPR_MASK, 9, "APM 15.21.2");
	EXPECT_EQ(read_cr8(), 2, "APM 15.21.2");
}

SVM_CASE(svm_virq_ignore_tpr, 0, 3, 0)
{
	struct l2 *l2 = with_virq(l2_opens);

	l2->vmcb->control.vintr |= 0xf | VMCB_V_IGN_TPR;
	svm_l2_run_to_call(l2, 1);
	svm_l2_run_to_end(l2);
	EXPECT_EQ(irq_count[VECTOR], 1, "APM 15.21.4");
}

static __attribute__((naked)) void l2_nops(void)
{
	asm volatile("nop; nop; cli; ret");
}

/*
 * In the shadow of STI or MOV SS one instruction goes first (APM 15.21.5).
 * L1_UNPROVEN: Bochs, to 3.1, does not let V_IRQ in when VMRUN sets IF (event.cc).
 */
SVM_CASE(svm_virq_shadow, L1_UNPROVEN, 4, 0)
{
	for (uint64_t shadow = 0; shadow < 2; shadow++) {
		struct l2 *l2 = with_virq(l2_nops);

		expect_at("interrupt shadow = %lu: ", shadow);
		irq_count[VECTOR] = 0;
		l2->vmcb->save.rflags |= RFLAGS_IF;
		l2->vmcb->control.interrupt_shadow = shadow ? VMCB_INTERRUPT_SHADOW : 0;
		svm_l2_run_to_end(l2);
		EXPECT_EQ(irq_count[VECTOR], 1, "APM 15.21.5");
		EXPECT_EQ(taken_at - code(l2_nops), shadow, "APM 15.21.5");
	}
}

static __attribute__((naked)) void l2_sti_cpuid(void)
{
	asm volatile("sti; cpuid; cli; ret");
}

/* An exit in the shadow of STI says so, and the next VMRUN takes it from there (APM 15.21.5). */
SVM_CASE(svm_shadow_saved, 0, 2, 0)
{
	struct l2 *l2 = svm_l2_create(l2_sti_cpuid);

	svm_l2_intercept(l2, SVM_EXIT_CPUID);
	svm_l2_run_to(l2, SVM_EXIT_CPUID, "APM 15.9");
	EXPECT_BITS(l2->vmcb->control.interrupt_shadow, VMCB_INTERRUPT_SHADOW,
		    VMCB_INTERRUPT_SHADOW, "APM 15.21.5");
	EXPECT_BITS(l2->vmcb->save.rflags, RFLAGS_IF, RFLAGS_IF, "APM 15.6");
	svm_l2_no_intercept(l2, SVM_EXIT_CPUID);
	svm_l2_run_to_end(l2);
	EXPECT_BITS(l2->vmcb->control.interrupt_shadow, VMCB_INTERRUPT_SHADOW, 0, "APM 15.21.5");
}

#define PHYSICAL 0x64

static void l2_opens_for_both(void)
{
	lapic_self_ipi(PHYSICAL);
	l2_call(1);
	irq_window();
	stage = irq_count[VECTOR];
	irq_wait(PHYSICAL);
	l2_call(2);
}

/*
 * L1's V_IRQ, and an interrupt of L2's own for which L0 needs the very same means: neither is
 * lost, and neither comes twice.
 */
SVM_CASE(svm_virq_and_interrupt, 0, 4, 0)
{
	struct l2 *l2 = with_virq(l2_opens_for_both);

	l2->vmcb->control.vintr &= ~VMCB_V_INTR_MASKING;
	svm_l2_run_to_call(l2, 1);
	EXPECT_BITS(l2->vmcb->control.vintr, VMCB_V_IRQ, VMCB_V_IRQ, "APM 15.21.4");
	EXPECT_EQ(VMCB_V_VECTOR(0xff) & l2->vmcb->control.vintr, VMCB_V_VECTOR(VECTOR),
		  "APM 15.21.4");
	svm_l2_run_to_call(l2, 2);
	EXPECT_EQ(irq_count[VECTOR], 1, "APM 15.21.4");
	EXPECT_EQ(irq_count[PHYSICAL], 1, "APM 15.13.1");
	EXPECT_BITS(l2->vmcb->control.vintr, VMCB_V_IRQ, 0, "APM 15.21.4");
	lapic_eoi();
	svm_l2_run_to_end(l2);
}

static void l2_uses_tpr(void)
{
	write_cr8(9);
	lapic_self_ipi(PHYSICAL);
	irq_window();
	stage = irq_count[PHYSICAL];
	cr8 = read_cr8();
	l2_call(1);
	write_cr8(3);
	irq_wait(PHYSICAL);
}

/* Without V_INTR_MASKING there is one task priority, L1's (APM 15.21.2). */
SVM_CASE(svm_tpr_shared, 0, 3, 0)
{
	struct l2 *l2 = svm_l2_create(l2_uses_tpr);

	stage = cr8 = 99;
	svm_l2_warm_up(l2);
	svm_l2_run_to_call(l2, 1);
	EXPECT_EQ(stage, 0, "APM 15.21.2");
	EXPECT_EQ(cr8, 9, "APM 15.21.2");
	EXPECT_EQ(read_cr8(), 9, "APM 15.21.2");
	svm_l2_run_to_end(l2);
	EXPECT_EQ(irq_count[PHYSICAL], 1, "APM 15.21.2");
	EXPECT_EQ(read_cr8(), 3, "APM 15.21.2");
	lapic_eoi();
}

static void l2_sets_gif(void)
{
	irq_window();
	l2_call(1);
	asm volatile("stgi" : : : "memory");
	irq_window();
}

/* Virtual GIF: L2's own STGI opens the gate without an exit (APM 15.33.2). */
SVM_CASE(svm_vgif, 0, 3, L1_NEEDS(VGIF))
{
	struct l2 *l2 = with_virq(l2_sets_gif);

	l2->vmcb->control.vintr |= VMCB_V_GIF_ENABLE;
	svm_l2_run_to_call(l2, 1);
	EXPECT_EQ(irq_count[VECTOR], 0, "APM 15.33.2");
	EXPECT_BITS(l2->vmcb->control.vintr, VMCB_V_GIF, 0, "APM 15.33.2");
	svm_l2_run_to_end(l2);
	EXPECT_EQ(irq_count[VECTOR], 1, "APM 15.33.2");
	EXPECT_BITS(l2->vmcb->control.vintr, VMCB_V_GIF, VMCB_V_GIF, "APM 15.33.2");
}
