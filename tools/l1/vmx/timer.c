// SPDX-License-Identifier: GPL-2.0-only
/*
 * The VMX-preemption timer: SDM Vol. 3 26.5.1, 27.7.4. KVM gives it to L1 on every CPU, by a
 * timer of its own if there is none.
 */
#include "l1/vmx/vmx.h"

static void l2_nothing(void)
{
}

static void l2_slides(void)
{
	L2_SLIDE();
}

static volatile uint64_t turns;

static void l2_spin(void)
{
	for (;;)
		turns = turns + 1;
}

extern uint8_t timer_hlt_at[];

static void l2_hlt(void)
{
	asm volatile("timer_hlt_at: hlt");
}

VMX_CASE(vmx_timer_zero, 0, 4, L1_NEEDS(PREEMPTION_TIMER))
{
	struct l2 *l2 = vmx_l2_create(l2_slides);

	VMX_SET(PIN_CTLS, VMX_PIN_PREEMPTION_TIMER);
	vmwrite(VMCS_PREEMPTION_TIMER_VALUE, 0);
	vmwrite(VMCS_GUEST_RFLAGS, RFLAGS_FIXED | RFLAGS_IF);
	for (int i = 0; i < 3; i++) {
		vmx_l2_run_to(l2, VMX_REASON_PREEMPTION_TIMER, "SDM 27.7.4");
		vmx_l2_expect_start(l2_slides, "SDM 27.7.4: no instruction was run");
		vmwrite(VMCS_GUEST_RIP, code(l2_slides));
		vmwrite(VMCS_GUEST_RSP, l2_stack());
	}
	VMX_CLEAR(PIN_CTLS, VMX_PIN_PREEMPTION_TIMER);
	vmx_l2_run_to_end(l2);
}

/* TSC cycles that a value stands for: the rate in IA32_VMX_MISC 4:0. */
static uint64_t timer_cycles(uint64_t value)
{
	return value << (vmx_msr(MSR_IA32_VMX_MISC) & VMX_MISC_PREEMPTION_RATE_MASK);
}

static uint64_t timer_value(uint64_t cycles)
{
	return cycles >> (vmx_msr(MSR_IA32_VMX_MISC) & VMX_MISC_PREEMPTION_RATE_MASK);
}

/*
 * A fifth of a millisecond to begin with. The timer runs from the VM entry, and a busy host may
 * not let L2 run within that: again, with more time, up to a tenth of a second.
 */
#define SPIN_CYCLES	(1ULL << 18)
#define SPIN_CYCLES_MAX (1ULL << 28)

/* It gets L1 out of an L2 that never leaves, and not before its time. */
VMX_CASE(vmx_timer_expires, 0, 1, L1_NEEDS(PREEMPTION_TIMER))
{
	struct l2 *l2;

	turns = 0;
	l2 = vmx_l2_create(l2_spin);
	VMX_SET(PIN_CTLS, VMX_PIN_PREEMPTION_TIMER);
	vmwrite(VMCS_GUEST_RFLAGS, RFLAGS_FIXED | RFLAGS_IF);
	for (uint64_t cycles = SPIN_CYCLES; cycles <= SPIN_CYCLES_MAX && !turns; cycles *= 4) {
		uint64_t value = timer_value(cycles), start;

		vmwrite(VMCS_PREEMPTION_TIMER_VALUE, value);
		start = rdtsc();
		vmx_l2_run_to(l2, VMX_REASON_PREEMPTION_TIMER, "SDM 26.5.1");
		/* KVM's conversion to nanoseconds rounds down: a sixteenth of grace. */
		EXPECT(rdtsc() - start >= timer_cycles(value) - timer_cycles(value) / 16,
		       "SDM 26.5.1");
	}
	EXPECT(turns > 0, "SDM 26.5.1: L2 ran until then");
}

/* Without HLT exiting it also gets L1 out of a sleeping L2. */
VMX_CASE(vmx_timer_hlt, 0, 1, L1_NEEDS(PREEMPTION_TIMER))
{
	struct l2 *l2 = vmx_l2_create(l2_hlt);

	VMX_SET(PIN_CTLS, VMX_PIN_PREEMPTION_TIMER);
	VMX_CLEAR(PROC_CTLS, VMX_PROC_HLT);
	for (uint64_t cycles = SPIN_CYCLES; cycles <= SPIN_CYCLES_MAX; cycles *= 4) {
		vmwrite(VMCS_GUEST_RIP, code(l2_hlt));
		vmwrite(VMCS_GUEST_RSP, l2_stack());
		vmwrite(VMCS_GUEST_ACTIVITY, VMX_ACTIVITY_ACTIVE);
		vmwrite(VMCS_PREEMPTION_TIMER_VALUE, timer_value(cycles));
		vmx_l2_run_to(l2, VMX_REASON_PREEMPTION_TIMER, "SDM 26.5.1");
		if (vmread(VMCS_GUEST_ACTIVITY) == VMX_ACTIVITY_HLT)
			break; /* else it ended ahead of HLT: see above */
	}
	EXPECT_EQ(vmread(VMCS_GUEST_ACTIVITY), VMX_ACTIVITY_HLT, "SDM 28.3.4");
	EXPECT_EQ(vmread(VMCS_GUEST_RIP), phys(timer_hlt_at) + 1, "SDM 28.3.3");
}

/* Saved at an exit that came before: less than it was, and then counted on from there. */
VMX_CASE(vmx_timer_save, 0, 2, L1_NEEDS(PREEMPTION_TIMER))
{
	uint64_t value = 0x40000000, saved;
	struct l2 *l2 = vmx_l2_create(l2_nothing);

	VMX_SET(PIN_CTLS, VMX_PIN_PREEMPTION_TIMER);
	VMX_SET(EXIT_CTLS, VMX_EXIT_SAVE_PREEMPTION_TIMER);
	vmwrite(VMCS_PREEMPTION_TIMER_VALUE, value);
	vmx_l2_run_to_end(l2);
	saved = vmread(VMCS_PREEMPTION_TIMER_VALUE);
	EXPECT(saved < value && saved > value / 2, "SDM 26.5.1");
	vmwrite(VMCS_EXIT_CTLS, vmread(VMCS_EXIT_CTLS) & ~(uint64_t)VMX_EXIT_SAVE_PREEMPTION_TIMER);
	vmwrite(VMCS_GUEST_RIP, code(l2_nothing));
	vmwrite(VMCS_GUEST_RSP, l2_stack());
	vmx_l2_run_to_end(l2);
	EXPECT_EQ(vmread(VMCS_PREEMPTION_TIMER_VALUE), saved, "SDM 28.3.4: not saved unasked");
}
