// SPDX-License-Identifier: GPL-2.0-only
/*
 * Physical interrupts while L2 runs: who gets them, and when (APM 15.13, 15.17, 15.21.1).
 */
#include "l1/svm/svm.h"

#define VECTOR 0x62

static volatile uint64_t stage;

static void l2_sends_ipi(void)
{
	stage = 1;
	lapic_self_ipi(VECTOR);
	for (int i = 0; i < 1000; i++)
		pause();
	stage = 2;
}

static void expect_left_to_host(void)
{
	EXPECT_EQ(irq_count[VECTOR], 0, "APM 15.13.1");
	EXPECT(lapic_pending(VECTOR), "APM 15.13.1");
	irq_wait(VECTOR);
	EXPECT_EQ(irq_count[VECTOR], 1, "APM 15.13.1");
	lapic_eoi();
}

static struct l2 *masked_l2(void (*fn)(void))
{
	struct l2 *l2 = svm_l2_create(fn);

	stage = 0;
	svm_l2_intercept(l2, SVM_EXIT_INTR);
	l2->vmcb->control.vintr = VMCB_V_INTR_MASKING;
	return l2;
}

#define TRIES 8

static void l2_marks(void)
{
	stage = 1;
	for (int i = 0; i < 1000; i++)
		pause();
}

/*
 * One that is pending at VMRUN exits before L2's first instruction, with L2's own IF off. KVM has
 * to enter L2 once, with an interrupt to this CPU under way to get it out again; should that be late,
 * it is tried anew.
 */
SVM_CASE(svm_intr_pending, 0, 2, 0)
{
	struct l2 *l2 = masked_l2(l2_marks);

	for (int i = 0; i < TRIES; i++) {
		svm_l2_restart(l2, l2_marks);
		stage = 0;
		if (!lapic_pending(VECTOR))
			lapic_self_ipi(VECTOR);
		svm_l2_run(l2);
		if (l2->vmcb->save.rip == code(l2_marks))
			break;
	}
	svm_l2_expect(l2, SVM_EXIT_INTR, "APM 15.13.1");
	EXPECT_EQ(stage, 0, "APM 15.13.1");
	EXPECT_EQ(l2->vmcb->save.rip, code(l2_marks), "APM 15.13.1");
	expect_left_to_host();
	svm_l2_restart(l2, l2_call_once);
	svm_l2_run_to_call(l2, 1);
}

/* One that comes while L2 runs; its own IF does not matter. */
SVM_CASE(svm_intr_exit, 0, 2, 0)
{
	struct l2 *l2 = masked_l2(l2_sends_ipi);

	svm_l2_run_to(l2, SVM_EXIT_INTR, "APM 15.13.1");
	EXPECT_EQ(stage, 1, "APM 15.13.1");
	expect_left_to_host();
	svm_l2_run_to_end(l2);
	EXPECT_EQ(stage, 2, "APM 15.13.1");
	EXPECT_EQ(irq_count[VECTOR], 1, "APM 15.13.1");
}

static void l2_sends_ipi_if_on(void)
{
	sti();
	lapic_self_ipi(VECTOR);
	pause();
	cli();
}

/* With V_INTR_MASKING it is L1's IF that lets them in: L1 has it off. */
SVM_CASE(svm_intr_host_masked, 0, 1, 0)
{
	struct l2 *l2 = masked_l2(l2_sends_ipi_if_on);

	l2->host_if = false;
	svm_l2_run_to_end(l2);
	expect_left_to_host();
}

static void l2_opens_later(void)
{
	lapic_self_ipi(VECTOR);
	stage = 1;
	l2_call(1);
	irq_wait(VECTOR);
	stage = 2;
}

/* Without V_INTR_MASKING it is L2's own. */
SVM_CASE(svm_intr_guest_if, 0, 2, 0)
{
	struct l2 *l2 = masked_l2(l2_opens_later);

	l2->vmcb->control.vintr = 0;
	svm_l2_run_to_call(l2, 1);
	EXPECT_EQ(stage, 1, "APM 15.13.1");
	EXPECT_EQ(irq_count[VECTOR], 0, "APM 15.13.1");
	/* L1's svm_l2_run() goes by with GIF set and IF clear: it is still pending. */
	svm_l2_run_to(l2, SVM_EXIT_INTR, "APM 15.13.1");
	EXPECT_EQ(stage, 1, "APM 15.13.1");
	expect_left_to_host();
}

static void l2_takes_ipi(void)
{
	lapic_self_ipi(VECTOR);
	irq_wait(VECTOR);
	stage = irq_count[VECTOR];
	lapic_eoi();
}

/* Without the intercept they are L2's, through L2's IDT. */
SVM_CASE(svm_intr_direct, 0, 2, 0)
{
	struct l2 *l2 = svm_l2_create(l2_takes_ipi);

	stage = 0;
	svm_l2_warm_up(l2);
	svm_l2_run_to_end(l2);
	EXPECT_EQ(stage, 1, "APM 15.13.1");
	EXPECT(!lapic_pending(VECTOR) && !lapic_in_service(VECTOR), "APM 15.13.1");
}

static void l2_sends_nmi(void)
{
	stage = 1;
	lapic_self_nmi();
	for (int i = 0; i < 1000; i++)
		pause();
	stage = 2;
}

/* The NMI stays pending until STGI, in svm_enter, lets L1 take it. */
SVM_CASE(svm_nmi_exit, 0, 2, 0)
{
	struct l2 *l2 = svm_l2_create(l2_sends_nmi);

	stage = 0;
	svm_l2_intercept(l2, SVM_EXIT_NMI);
	svm_l2_run_to(l2, SVM_EXIT_NMI, "APM 15.13.2");
	EXPECT_EQ(stage, 1, "APM 15.13.2");
	EXPECT_EQ(irq_count[X86_NMI], 1, "APM 15.17");
	svm_l2_run_to_end(l2);
	EXPECT_EQ(stage, 2, "APM 15.13.2");
	EXPECT_EQ(irq_count[X86_NMI], 1, "APM 15.13.2");
}

/* No L2: CLGI holds even an enabled interrupt back. */
SVM_CASE(svm_gif, 0, 0, 0)
{
	asm volatile("clgi" : : : "memory");
	lapic_self_ipi(VECTOR);
	irq_window();
	stage = irq_count[VECTOR];
	sti();
	asm volatile("stgi; nop; nop; nop; nop; cli" : : : "memory");
	EXPECT_EQ(stage, 0, "APM 15.17");
	EXPECT_EQ(irq_count[VECTOR], 1, "APM 15.17");
	lapic_eoi();
}

/* VMRUN with GIF set; whether an interrupt got through between #VMEXIT and STGI. */
static uint32_t taken_behind_vmexit(struct l2 *l2)
{
	struct vmcb *vmcb = l2->vmcb;

	lapic_self_ipi(VECTOR);
	l2_before();
	asm volatile("push %%rbp; vmrun %%rax; pop %%rbp"
		     : "+a"(vmcb)
		     :
		     : "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13",
		       "r14", "r15", "cc", "memory");
	irq_window();
	stage = irq_count[VECTOR];
	asm volatile("stgi" : : : "memory");
	l2_after();
	return (uint32_t)stage;
}

/*
 * #VMEXIT clears GIF, also if L1 has it set at VMRUN: what is pending waits for STGI, even
 * with L1's interrupts on. svm_l2_run() would not show it, because it has GIF off before.
 */
SVM_CASE(svm_gif_exit, 0, 1, 0)
{
	struct l2 *l2 = masked_l2(l2_call_once);

	EXPECT_EQ(taken_behind_vmexit(l2), 0, "APM 15.17");
	svm_l2_expect(l2, SVM_EXIT_VMMCALL, "APM 15.9");
	expect_left_to_host();
}

/* So does the one of a VMRUN that fails. */
SVM_CASE(svm_gif_invalid, 0, 0, 0)
{
	struct l2 *l2 = masked_l2(l2_call_once);

	l2->vmcb->control.guest_asid = 0;
	EXPECT_EQ(taken_behind_vmexit(l2), 0, "APM 15.17");
	svm_l2_expect(l2, SVM_EXIT_INVALID, "APM 15.5.1");
	expect_left_to_host();
}
