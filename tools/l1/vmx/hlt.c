// SPDX-License-Identifier: GPL-2.0-only
/*
 * HLT in L2: with the exit, and asleep without it. SDM Vol. 3 25.4.2, 26.1.3, 27.7.2.
 */
#include "l1/vmx/vmx.h"

static volatile uint64_t l2_step;

static void l2_nothing(void)
{
}

static void l2_hlt(void)
{
	l2_step = 1;
	hlt();
	l2_step = 2;
}

VMX_CORE_CASE(vmx_hlt, 4, 0)
{
	struct l2 *l2;

	l2_step = 0;
	l2 = vmx_l2_create(l2_hlt);
	for (int i = 0; i < 3; i++) {
		vmx_l2_run_to(l2, VMX_REASON_HLT, "SDM 26.1.3");
		EXPECT_EQ(vmread(VMCS_EXIT_QUALIFICATION), 0, "SDM 28.2.1");
		EXPECT_EQ(vmread(VMCS_EXIT_INSTRUCTION_LENGTH), 1, "SDM 28.2.5");
		EXPECT_EQ(vmread(VMCS_GUEST_ACTIVITY), VMX_ACTIVITY_ACTIVE, "SDM 28.3.4");
		EXPECT_EQ(*(uint8_t *)vmread(VMCS_GUEST_RIP), 0xf4, "SDM 28.3.3");
		EXPECT_EQ(l2_step, 1, "SDM 26.1.3");
	}
	vmx_l2_skip();
	vmx_l2_run_to_end(l2);
	EXPECT_EQ(l2_step, 2, "SDM 26.1.3");
}

/* Without HLT exiting L2 sleeps for itself; an event that is injected wakes it. */
#define WAKE_VECTOR 0x61

VMX_CASE(vmx_hlt_activity, 0, 1, 0)
{
	struct l2 *l2;

	l2_step = 0;
	if (!(vmx_msr(MSR_IA32_VMX_MISC) & VMX_MISC_ACTIVITY_HLT))
		skip("the activity state HLT is not offered");
	l2 = vmx_l2_create(l2_nothing);
	vmwrite(VMCS_GUEST_ACTIVITY, VMX_ACTIVITY_HLT);
	vmwrite(VMCS_GUEST_RFLAGS, RFLAGS_FIXED | RFLAGS_IF);
	vmwrite(VMCS_ENTRY_INTERRUPTION_INFO,
		VMX_INTERRUPTION_VALID | VMX_EVENT_EXTERNAL | WAKE_VECTOR);
	vmx_l2_run_to_end(l2);
	EXPECT_EQ(irq_count[WAKE_VECTOR], 1, "SDM 27.7.2: an injected event makes L2 active");
	EXPECT_EQ(vmread(VMCS_GUEST_ACTIVITY), VMX_ACTIVITY_ACTIVE, "SDM 27.7.2");
}

/*
 * Started asleep, L2 runs nothing: an open window gets it out at once, and the timer later. What
 * is saved then is what L1 gave it.
 */
VMX_CASE(vmx_hlt_window, 0, 1, 0)
{
	struct l2 *l2;

	if (!(vmx_msr(MSR_IA32_VMX_MISC) & VMX_MISC_ACTIVITY_HLT))
		skip("the activity state HLT is not offered");
	l2 = vmx_l2_create(l2_nothing);
	VMX_SET(PROC_CTLS, VMX_PROC_INTERRUPT_WINDOW);
	vmwrite(VMCS_GUEST_ACTIVITY, VMX_ACTIVITY_HLT);
	vmwrite(VMCS_GUEST_RFLAGS, RFLAGS_FIXED | RFLAGS_IF);
	vmx_l2_run_to(l2, VMX_REASON_INTERRUPT_WINDOW, "SDM 27.7.5: it wakes from HLT");
	EXPECT_EQ(vmread(VMCS_GUEST_RIP), code(l2_nothing), "SDM 27.7.5");
}

VMX_CASE(vmx_hlt_saved, L1_SLOW, 0, L1_NEEDS(PREEMPTION_TIMER))
{
	struct page_table other = pt_identity(PT_CR3);
	struct l2 *l2;

	if (!(vmx_msr(MSR_IA32_VMX_MISC) & VMX_MISC_ACTIVITY_HLT))
		skip("the activity state HLT is not offered");
	l2 = vmx_l2_create(l2_nothing);
	VMX_SET(PIN_CTLS, VMX_PIN_PREEMPTION_TIMER);
	vmwrite(VMCS_PREEMPTION_TIMER_VALUE, 4096);
	vmwrite(VMCS_GUEST_ACTIVITY, VMX_ACTIVITY_HLT);
	vmwrite(VMCS_GUEST_RFLAGS, RFLAGS_FIXED | RFLAGS_IF);
	vmwrite(VMCS_GUEST_CR3, other.root);
	vmx_l2_run_to(l2, VMX_REASON_PREEMPTION_TIMER, "SDM 26.5.1");
	EXPECT_EQ(vmread(VMCS_GUEST_ACTIVITY), VMX_ACTIVITY_HLT, "SDM 28.3.4");
	EXPECT_EQ(vmread(VMCS_GUEST_RIP), code(l2_nothing), "SDM 28.3.3");
	EXPECT_EQ(vmread(VMCS_GUEST_CR3), other.root, "SDM 28.3.1");
}

/*
 * Asleep in HLT, L2 leaves by an interrupt of L1's: its LAPIC timer, 2 ms, which L2 starts
 * itself so that it sleeps by then. Where the host let L2 wait for longer ahead of its HLT, it
 * did not sleep: again, with more time.
 */
#define WAKE_US	    2000
#define WAKE_US_MAX 200000

extern uint8_t sleep_at[];

static uint32_t wake_us;

static void l2_sleep(void)
{
	lapic_timer(WAKE_VECTOR, wake_us);
	asm volatile("sti; sleep_at: hlt");
	l2_step = 2;
}

static bool slept(void)
{
	return vmread(VMCS_GUEST_RIP) == phys(sleep_at) + 1 &&
	       vmread(VMCS_GUEST_ACTIVITY) == VMX_ACTIVITY_HLT;
}

VMX_CASE(vmx_hlt_wake, 0, 1, 0)
{
	struct l2 *l2;

	l2_step = 0;
	l2 = vmx_l2_create(l2_sleep);
	VMX_SET(PIN_CTLS, VMX_PIN_EXTERNAL_INTERRUPT);
	VMX_SET(EXIT_CTLS, VMX_EXIT_ACK_INTERRUPT);
	VMX_CLEAR(PROC_CTLS, VMX_PROC_HLT);
	for (wake_us = WAKE_US; wake_us <= WAKE_US_MAX; wake_us *= 4) {
		vmwrite(VMCS_GUEST_RIP, code(l2_sleep));
		vmwrite(VMCS_GUEST_RSP, l2_stack());
		vmwrite(VMCS_GUEST_RFLAGS, RFLAGS_FIXED);
		vmwrite(VMCS_GUEST_INTERRUPTIBILITY, 0);
		vmwrite(VMCS_GUEST_ACTIVITY, VMX_ACTIVITY_ACTIVE);
		vmx_l2_run_to(l2, VMX_REASON_EXTERNAL_INTERRUPT, "SDM 26.2");
		EXPECT_EQ(vmread(VMCS_EXIT_INTERRUPTION_INFO),
			  VMX_INTERRUPTION_VALID | VMX_EVENT_EXTERNAL | WAKE_VECTOR, "SDM 28.2.2");
		EXPECT_EQ(l2_step, 0, "SDM 26.2");
		lapic_eoi();
		if (slept())
			return;
	}
	EXPECT_EQ(vmread(VMCS_GUEST_RIP), phys(sleep_at) + 1, "SDM 28.3.3");
	EXPECT_EQ(vmread(VMCS_GUEST_ACTIVITY), VMX_ACTIVITY_HLT, "SDM 28.3.4");
}
