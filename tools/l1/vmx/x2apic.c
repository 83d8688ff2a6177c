// SPDX-License-Identifier: GPL-2.0-only
/*
 * Virtualize x2APIC mode: L2's RDMSR and WRMSR of its APIC's registers. SDM Vol. 3 30.5.
 */
#include "l1/vmx/vapic.h"

extern uint8_t x2apic_lowered_at[];

static struct trap caught;

static void write_reserved(void *unused)
{
	(void)unused;
	wrmsr(MSR_IA32_X2APIC_TPR, 0x100);
}

static void l2_uses_tpr(void)
{
	l2_call(rdmsr(MSR_IA32_X2APIC_TPR));
	wrmsr(MSR_IA32_X2APIC_TPR, 0x41);
	l2_call(read_cr8());
	caught = catch_trap(write_reserved, NULL);
	l2_call(rdmsr(MSR_IA32_X2APIC_TPR));
	asm volatile("wrmsr; x2apic_lowered_at: nop"
		     :
		     : "c"(MSR_IA32_X2APIC_TPR), "a"(0x30), "d"(0)
		     : "memory");
	l2_call(1);
}

/* The TPR is VTPR; everything else is L1's own APIC if nothing else is asked for. */
VMX_CASE(vmx_x2apic_tpr, L1_SLOW, 4, L1_NEEDS(X2APIC_VIRT))
{
	volatile uint8_t *page;
	struct l2 *l2 = vmx_l2_create(l2_uses_tpr);

	page = vapic_new();
	VMX_SET(PROC2_CTLS, VMX_PROC2_X2APIC_MODE);
	*vapic_at(page, APIC_TPR) = 0x53;
	vmwrite(VMCS_TPR_THRESHOLD, 4);
	caught.vector = TRAP_NONE;
	write_cr8(2);
	vmx_l2_run_to_call(l2, 0x53);
	vmx_l2_run_to_call(l2, 4);
	EXPECT_EQ(*vapic_at(page, APIC_TPR), 0x41, "SDM 30.5");
	vmx_l2_run_to_call(l2, 0x41);
	EXPECT_NAME(caught.vector, X86_GP, trap_name, "SDM 30.5: bits 63:8 are reserved");
	vmx_l2_run_to(l2, VMX_REASON_TPR_BELOW_THRESHOLD, "SDM 30.1.2");
	EXPECT_EQ(vmread(VMCS_GUEST_RIP), phys(x2apic_lowered_at), "SDM 30.1.2");
	EXPECT_EQ(*vapic_at(page, APIC_TPR), 0x30, "SDM 30.5");
	EXPECT_EQ(read_cr8(), 2, "SDM 30.5: not L1's TPR");
}

static uint32_t l2_msr;

static void l2_reads(void)
{
	l2_call((uint32_t)rdmsr(l2_msr));
}

static void start(uint32_t offset)
{
	expect_at("RDMSR %#x: ", MSR_IA32_X2APIC(offset));
	l2_msr = MSR_IA32_X2APIC(offset);
	vmwrite(VMCS_GUEST_RIP, code(l2_reads));
	vmwrite(VMCS_GUEST_RSP, l2_stack());
}

/* The MSR bitmap comes first; what is not virtual is read as L1 would. */
VMX_CASE(vmx_x2apic_bitmap, L1_SLOW, 3, L1_NEEDS(X2APIC_VIRT))
{
	volatile uint8_t *page;
	struct l2 *l2 = vmx_l2_create(l2_reads);

	page = vapic_new();
	VMX_SET(PROC2_CTLS, VMX_PROC2_X2APIC_MODE);
	*vapic_at(page, APIC_TPR) = 0x70;
	*vapic_at(page, APIC_VERSION) = 0xabcdef;
	vmx_l2_intercept_msr(l2, MSR_IA32_X2APIC_TPR, false, true);
	start(APIC_TPR);
	vmx_l2_run_to(l2, VMX_REASON_RDMSR, "SDM 26.1.3");
	vmx_l2_intercept_msr(l2, MSR_IA32_X2APIC_TPR, false, false);
	vmx_l2_run_to_call(l2, 0x70);
	start(APIC_VERSION);
	vmx_l2_run_to_call(l2, (uint32_t)rdmsr(MSR_IA32_X2APIC(APIC_VERSION)));
}

static const uint32_t registers[] = {
	APIC_ID,  APIC_VERSION, APIC_TPR, APIC_PPR,	  APIC_LDR,	  APIC_SVR,
	APIC_ISR, APIC_TMR,	APIC_IRR, APIC_IRR + 112, APIC_LVT_TIMER, APIC_DIVIDE,
};

/* APIC-register virtualization: every read is of the page, and a set bit still exits. */
VMX_CASE(vmx_x2apic_registers, L1_SLOW, 13, L1_NEEDS(X2APIC_VIRT) | L1_NEEDS(APIC_REGISTERS))
{
	volatile uint8_t *page;
	struct l2 *l2 = vmx_l2_create(l2_reads);

	page = vapic_new();
	VMX_SET(PROC2_CTLS, VMX_PROC2_X2APIC_MODE | VMX_PROC2_APIC_REGISTERS);
	vmx_l2_intercept_msr(l2, MSR_IA32_X2APIC(APIC_CURRENT_COUNT), false, true);
	for (size_t i = 0; i < ARRAY_SIZE(registers); i++) {
		start(registers[i]);
		*vapic_at(page, registers[i]) = 0x5a000000 | registers[i];
		vmx_l2_run_to_call(l2, 0x5a000000 | registers[i]);
	}
	start(APIC_CURRENT_COUNT);
	vmx_l2_run_to(l2, VMX_REASON_RDMSR, "SDM 26.1.3");
}
