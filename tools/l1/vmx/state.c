// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is VMX's own of a VM that is moved; the rest is common/state.c.
 */
#include "l1/vmx/vmx.h"

#include "l1/common/request.h"

static volatile uint64_t steps;

static void l2_opens(void)
{
	steps = 1;
	ask_move(L1_LEVEL_L2);
	steps = 2;
	irq_window();
	steps = 3;
}

/* VMXON, and no current VMCS: neither is found there by the new VM, nor lost. */
VMX_LATE_CASE(vmx_state_no_vmcs, L1_MIGRATES, 0, 0)
{
	uint64_t pointer = 0;

	ask_move(L1_LEVEL_L1);
	EXPECT_RESULT(vmptrst(&pointer), VMX_OK, "SDM 31.3 VMPTRST");
	EXPECT_EQ(pointer, ~0ULL, "SDM 31.3 VMPTRST");
	EXPECT_RESULT(vmxon(vmxon_region), VMX_FAIL_INVALID, "SDM 31.3 VMXON: in VMX operation");
}

/* The VMXON pointer moves along, and so do fields of L2's that KVM fetches when L1 asks for them. */
static void l2_sets_bases(void)
{
	wrmsr(MSR_FS_BASE, 0x123456789000);
	wrmsr(MSR_GS_BASE, 0xffff800012345000);
	l2_call(1);
}

VMX_LATE_CASE(vmx_state_pointers, L1_MIGRATES, 1, 0)
{
	struct l2 *l2 = vmx_l2_create(l2_sets_bases);

	vmx_l2_run_to_call(l2, 1);
	ask_move(L1_LEVEL_L1);
	EXPECT_EQ(vmread(VMCS_GUEST_FS_BASE), 0x123456789000, "KVM_GET_NESTED_STATE");
	EXPECT_EQ(vmread(VMCS_GUEST_GS_BASE), 0xffff800012345000, "KVM_GET_NESTED_STATE");
	EXPECT_VMX_ERROR(vmptrld(vmxon_region), VMPTRLD_VMXON_POINTER, "SDM 31.3 VMPTRLD");
	EXPECT_VMX_ERROR(vmxon(vmxon_region), VMXON_IN_ROOT, "SDM 31.3 VMXON");
	vmx_l2_run_to_end(l2);
}

#define BEFORE 0x1111222233334444
#define AFTER  0x5555666677778888

static uint64_t read_before, read_after;

/* TSC_OFFSET stands for all fields. */
static void l2_uses_linked(void)
{
	vmread_flags(VMCS_TSC_OFFSET, &read_before);
	vmwrite_flags(VMCS_TSC_OFFSET, AFTER);
	ask_move(L1_LEVEL_L2);
	vmread_flags(VMCS_TSC_OFFSET, &read_after);
	l2_call(1);
}

/* The VMCS behind the link pointer is L2's while L2 runs: memory has the old one. */
VMX_LATE_CASE(vmx_state_linked, L1_MIGRATES, 1, L1_NEEDS(SHADOW_VMCS))
{
	uint64_t linked = vmcs_new(VMX_VMCS_SHADOW), zeroes = phys(page_alloc());
	struct l2 *l2;

	vmcs_load(linked);
	vmwrite(VMCS_TSC_OFFSET, BEFORE);
	EXPECT_RESULT(vmclear(linked), VMX_OK, "SDM 31.3 VMCLEAR");
	read_before = read_after = 0;
	l2 = vmx_l2_create(l2_uses_linked);
	VMX_SET(PROC2_CTLS, VMX_PROC2_SHADOW_VMCS);
	vmwrite(VMCS_LINK_POINTER, linked);
	vmwrite(VMCS_VMREAD_BITMAP, zeroes);
	vmwrite(VMCS_VMWRITE_BITMAP, zeroes);
	vmx_l2_run_to_call(l2, 1);
	EXPECT_EQ(read_before, BEFORE, "SDM 31.3 VMREAD");
	EXPECT_EQ(read_after, AFTER, "KVM_GET_NESTED_STATE: the linked VMCS");
	EXPECT_RESULT(vmclear(l2->vmcs), VMX_OK, "SDM 31.3 VMCLEAR");
	vmcs_load(linked);
	EXPECT_EQ(vmread(VMCS_TSC_OFFSET), AFTER, "SDM 25.10");
}

/* L1 waits for L2's interrupt window while L2 is moved. */
VMX_LATE_CASE(vmx_state_window, L1_MIGRATES, 1, 0)
{
	struct l2 *l2;

	steps = 0;
	l2 = vmx_l2_create(l2_opens);
	VMX_SET(PROC_CTLS, VMX_PROC_INTERRUPT_WINDOW);
	vmx_l2_run_to(l2, VMX_REASON_INTERRUPT_WINDOW, "SDM 26.2");
	EXPECT_EQ(steps, 2, "SDM 26.2");
}

#define TIMER_CYCLES (1ULL << 25)
#define TRIES	     8

static uint64_t spin_start;

/* Moved at half of its time. */
static void l2_spins(void)
{
	while (rdtsc() - spin_start < TIMER_CYCLES / 2)
		;
	ask_move(L1_LEVEL_L2);
	sti(); /* Bochs keeps L0's own interrupts out if L2's IF is off */
	for (;;)
		steps++;
}

static uint64_t time_moved_timer(void)
{
	unsigned int rate = rdmsr(MSR_IA32_VMX_MISC) & VMX_MISC_PREEMPTION_RATE_MASK;
	struct l2 *l2 = vmx_l2_create(l2_spins);

	VMX_SET(PIN_CTLS, VMX_PIN_PREEMPTION_TIMER);
	vmwrite(VMCS_PREEMPTION_TIMER_VALUE, TIMER_CYCLES >> rate);
	steps = 0;
	spin_start = rdtsc();
	vmx_l2_run_to(l2, VMX_REASON_PREEMPTION_TIMER, "SDM 26.5.1");
	return rdtsc() - spin_start;
}

/*
 * The preemption timer goes on, and not from its beginning: KVM moves its deadline along, and L1's
 * TSC stands still meanwhile. L0 may be slow now and then, so slow that L2 does not get to run
 * between the move and the deadline: one good try of a few is enough.
 */
VMX_LATE_CASE(vmx_state_timer, L1_MIGRATES, 1, L1_NEEDS(PREEMPTION_TIMER))
{
	uint64_t best = ~0ULL, ran = 0;

	for (int i = 0; i < TRIES && (best >= TIMER_CYCLES * 5 / 4 || !ran); i++) {
		uint64_t now = time_moved_timer();

		EXPECT(now >= TIMER_CYCLES - TIMER_CYCLES / 16,
		       "SDM 26.5.1: not ahead of its time");
		best = now < best ? now : best;
		ran += steps;
	}
	EXPECT(ran > 0, "SDM 26.5.1: L2 runs until then");
	EXPECT(best < TIMER_CYCLES * 5 / 4, "KVM_SET_NESTED_STATE: the deadline");
}
