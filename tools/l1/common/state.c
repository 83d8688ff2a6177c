// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cases that are moved into a fresh VM halfway, at every stage of nesting: what live
 * migration of a guest hypervisor needs (KVM's api.rst, 4.114 KVM_GET_NESTED_STATE).
 */
#include "l1/common/case.h"
#include "l1/common/l2_ops.h"
#include "l1/common/request.h"

#define VECTOR 0x71
#define PORT   0xe8 /* no device's, and not the doorbell's */

static volatile uint64_t steps, seen;

static void l2_counts(void)
{
	for (;;) {
		steps++;
		l2_call(steps);
	}
}

static void count_to(struct l2 *l2, uint64_t n)
{
	while (steps < n)
		l2_run_to_call(l2, steps + 1);
}

/* Before VMXON, before EFER.SVME: the new VM can be turned on and used; and again after use. */
BOTH_LATE_CASE(state_off, L1_MIGRATES, 2)
{
	l2_ops()->turn_off();
	ask_move(L1_LEVEL_OFF);
	l2_ops()->enable();
	steps = 0;
	count_to(l2_ops()->create(l2_counts), 1);
	l2_ops()->turn_off();
	ask_move(L1_LEVEL_OFF);
	l2_ops()->enable();
	count_to(l2_ops()->create(l2_counts), 2);
}

/* On, and no L2 was ever made. */
BOTH_LATE_CASE(state_on, L1_MIGRATES, 1)
{
	ask_move(L1_LEVEL_L1);
	steps = 0;
	count_to(l2_ops()->create(l2_counts), 1);
}

/* Between two entries of a living L2: it goes on where it was, with its controls. */
BOTH_LATE_CASE(state_l1, L1_MIGRATES, 6)
{
	struct l2 *l2 = l2_ops()->create(l2_counts);

	steps = 0;
	count_to(l2, 2);
	ask_move(L1_LEVEL_L1);
	ask_move(L1_LEVEL_L1);
	count_to(l2, 6);
}

#define TSC_OFFSET (1ULL << 45)
#define MSR_PROBED MSR_IA32_SYSENTER_EIP

static void l2_tries_controls(void)
{
	seen = rdtsc();
	ask_move(L1_LEVEL_L2);
	seen = rdtsc() - seen;
	cpuid(0, 0);
	ask_move(L1_LEVEL_L2); /* L1 has entered L2 anew since, and by that all was loaded */
	rdmsr(MSR_PROBED);
	ask_move(L1_LEVEL_L2);
	asm volatile("outb %%al, %0" : : "i"(PORT));
	ask_move(L1_LEVEL_L2);
	asm volatile("ud2");
}

/* Moved in L2, L1's intercepts and offset still hold, without an entry of L1's in between. */
BOTH_LATE_CASE(state_l2_controls, L1_MIGRATES, 5)
{
	struct l2 *l2 = l2_ops()->create(l2_tries_controls);

	l2_ops()->intercept_cpuid(l2);
	l2_ops()->intercept_msr(l2, MSR_PROBED);
	l2_ops()->intercept_port(l2, PORT);
	l2_ops()->intercept_undefined(l2);
	l2_ops()->set_tsc_offset(l2, TSC_OFFSET);
	l2_ops()->run(l2);
	l2_ops()->expect_cpuid(l2);
	/* L2's clock goes on as it did: the offset is 45 bits, the move some milliseconds. */
	EXPECT_EQ((seen + TSC_OFFSET / 2) / TSC_OFFSET, 0, "KVM_SET_NESTED_STATE: L2's TSC offset");
	EXPECT_EQ(seen >> 63, 0, "KVM_SET_MSRS: L1's TSC");
	l2_ops()->run(l2);
	l2_ops()->expect_msr(l2);
	l2_ops()->run(l2);
	l2_ops()->expect_out(l2);
	l2_ops()->run(l2);
	l2_ops()->expect_undefined(l2);
	l2_run_to_call(l2, L2_RETURNED);
}

static void end_of_interrupt(struct trap_frame *frame)
{
	(void)frame;
	lapic_eoi();
}

static void l2_opens(void)
{
	steps = 1;
	l2_call(1);
	ask_move(L1_LEVEL_L2);
	steps = 2;
	lapic_self_ipi(VECTOR);
	for (int i = 0; i < 1000; i++)
		pause();
	steps = 3;
}

/* L1 takes L2's interrupts: in the new VM too, one that comes behind L2's IF leaves to L1. */
BOTH_LATE_CASE(state_l2_interrupt, L1_MIGRATES, 2)
{
	struct l2 *l2 = l2_ops()->create(l2_opens);

	steps = 0;
	irq_handler(VECTOR, end_of_interrupt);
	l2_ops()->intercept_interrupt(l2);
	l2_run_to_call(l2, 1);
	l2_ops()->run(l2);
	l2_ops()->expect_interrupt(l2);
	EXPECT_EQ(steps, 2, "SDM 26.2, APM 15.13.1: the new VM gives it to L1");
	EXPECT_EQ(irq_count[VECTOR], 0, "SDM 26.2, APM 15.13.1");
	irq_wait(VECTOR);
	EXPECT_EQ(irq_count[VECTOR], 1, "SDM 26.2, APM 15.13.1: left to L1");
	l2_run_to_call(l2, L2_RETURNED);
	EXPECT_EQ(irq_count[VECTOR], 1, "SDM 26.2, APM 15.13.1");
}

static void l2_ipi_then_move(void)
{
	lapic_self_ipi(VECTOR);
	steps = 1;
	ask_move(L1_LEVEL_L2);
	steps = 2;
	irq_wait(VECTOR);
	steps = 3;
}

/* L2 has its interrupts itself: one is pending behind L2's IF while it is moved. */
BOTH_LATE_CASE(state_l2_own_interrupt, L1_MIGRATES, 1)
{
	struct l2 *l2 = l2_ops()->create(l2_ipi_then_move);

	steps = 0;
	irq_handler(VECTOR, end_of_interrupt);
	l2_run_to_call(l2, L2_RETURNED);
	EXPECT_EQ(steps, 3, "KVM_SET_REGS");
	EXPECT_EQ(irq_count[VECTOR], 1, "KVM_SET_LAPIC: what was pending is not lost");
}

static void nmi_handler(struct trap_frame *frame)
{
	(void)frame;
	if (irq_count[X86_NMI] != 1)
		return;
	/* Held back until this handler's IRET. */
	lapic_self_nmi();
	ask_move(L1_LEVEL_L2);
	steps = irq_count[X86_NMI];
}

static void l2_takes_nmi(void)
{
	lapic_self_nmi();
	for (int i = 0; i < 1000 && irq_count[X86_NMI] < 2; i++)
		pause();
	seen = irq_count[X86_NMI];
}

/* L2 is moved inside its NMI handler, with the next NMI pending. */
BOTH_LATE_CASE(state_l2_nmi, L1_MIGRATES, 1)
{
	struct l2 *l2 = l2_ops()->create(l2_takes_nmi);

	steps = seen = 0;
	irq_handler(X86_NMI, nmi_handler);
	l2_run_to_call(l2, L2_RETURNED);
	EXPECT_EQ(steps, 1, "KVM_SET_VCPU_EVENTS: NMIs stay blocked");
	EXPECT_EQ(seen, 2, "KVM_SET_VCPU_EVENTS: the pending NMI is not lost");
}

/* The driver has to find it asleep within that. */
#define WAKE_US 100000

static void l2_sleeps(void)
{
	steps = 1;
	doorbell(L1_SAVE_ASLEEP);
	lapic_timer(VECTOR, WAKE_US);
	asm volatile("sti; hlt");
	steps = 2;
}

/* Moved while it sleeps; L1's timer, which the move takes along, wakes it into L1. */
BOTH_LATE_CASE(state_l2_asleep, L1_MIGRATES, 1)
{
	struct l2 *l2 = l2_ops()->create(l2_sleeps);

	steps = 0;
	irq_handler(VECTOR, end_of_interrupt);
	l2_ops()->intercept_interrupt(l2);
	l2_ops()->no_intercept_hlt(l2);
	l2_ops()->run(l2);
	l2_ops()->expect_interrupt(l2);
	EXPECT_EQ(l1_page->moves, 1, "the driver moves the VM");
	EXPECT_EQ(l1_page->level, L1_LEVEL_L2, "KVM_GET_NESTED_STATE");
	EXPECT_EQ(steps, 1, "KVM_SET_MP_STATE: L2 slept on");
	irq_wait(VECTOR);
	EXPECT_EQ(irq_count[VECTOR], 1, "KVM_SET_LAPIC: the timer goes on");
}

#define OFTEN 3

static void l2_moves_often(void)
{
	for (uint64_t i = 1; i <= OFTEN; i++) {
		ask_move(L1_LEVEL_L2);
		steps++;
		l2_call(i);
		steps++;
	}
}

/* To and fro between L2 and L1, moved in both. */
BOTH_LATE_CASE(state_l2_often, L1_MIGRATES, 4)
{
	struct l2 *l2 = l2_ops()->create(l2_moves_often);

	steps = 0;
	for (uint64_t i = 1; i <= OFTEN; i++) {
		l2_run_to_call(l2, i);
		EXPECT_EQ(steps, 2 * i - 1, "KVM_SET_REGS");
		ask_move(L1_LEVEL_L1);
	}
	l2_run_to_call(l2, L2_RETURNED);
}
