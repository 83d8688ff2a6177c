// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exceptions that L0 finds while it executes an instruction for L2: L1's exit has all that the
 * CPU's own would have, error code, address and what there is to DR6 (SDM Vol. 3 26.2, 28.2).
 */
#include "l1/vmx/vmx.h"

#define HOLE	      0x40000000ULL /* past L1_MEMORY */
#define NON_CANONICAL 0x8000000000000000ULL
#define PORT	      0x4f0

extern uint8_t raised_ins_at[], raised_outs_at[], raised_step_at[];

static uint64_t address;

static __attribute__((naked)) void l2_ins(void)
{
	asm volatile("raised_ins_at: insb; ret");
}

static __attribute__((naked)) void l2_outs(void)
{
	asm volatile("raised_outs_at: outsb; ret");
}

static __attribute__((naked)) void l2_rdmsr(void)
{
	asm volatile("raised_step_at: rdmsr; ret");
}

/* L2 has port and address in its registers; #PF and #GP exit. */
static void expect_fault(void (*fn)(void), uint8_t vector, uint32_t error, uint64_t qualification,
			 const uint8_t *at)
{
	struct l2 *l2 = vmx_l2_create(fn);

	vmwrite(VMCS_EXCEPTION_BITMAP, 1U << X86_PF | 1U << X86_GP);
	l2->gprs.rdx = PORT;
	l2->gprs.rsi = l2->gprs.rdi = address;
	vmx_l2_run_to(l2, VMX_REASON_EXCEPTION_NMI, "SDM 26.2");
	EXPECT_EQ(vmread(VMCS_EXIT_INTERRUPTION_INFO) & ~(uint64_t)VMX_INTERRUPTION_NMI_UNBLOCK,
		  VMX_INTERRUPTION_VALID | VMX_INTERRUPTION_ERROR_CODE | VMX_EVENT_EXCEPTION |
			  vector,
		  "SDM 28.2.2");
	EXPECT_EQ(vmread(VMCS_EXIT_INTERRUPTION_ERROR), error, "SDM 28.2.2");
	EXPECT_EQ(vmread(VMCS_EXIT_QUALIFICATION), qualification, "SDM 28.2.1");
	EXPECT_EQ(vmread(VMCS_IDT_VECTORING_INFO) & VMX_INTERRUPTION_VALID, 0, "SDM 28.2.4");
	EXPECT_EQ(vmread(VMCS_GUEST_RIP), phys(at), "SDM 28.3.3");
	EXPECT(read_cr2() != HOLE, "SDM 28.1: CR2 is not written");
}

VMX_CASE(vmx_raised_fault, L1_SLOW, 3, 0)
{
	address = HOLE;
	expect_at("%s", "INS to an address that is not mapped: ");
	expect_fault(l2_ins, X86_PF, PF_W, HOLE, raised_ins_at);
	expect_at("%s", "OUTS from an address that is not mapped: ");
	expect_fault(l2_outs, X86_PF, 0, HOLE, raised_outs_at);
	address = NON_CANONICAL;
	expect_at("%s", "INS to an address that is not canonical: ");
	expect_fault(l2_ins, X86_GP, 0, 0, raised_ins_at);
}

/*
 * RFLAGS.TF, and an instruction that L0 executes: the trap behind it is L0's to make. It runs once
 * without the trap: Bochs makes one of a page that EPT does not have yet.
 */
VMX_CASE(vmx_raised_step, 0, 1, L1_NEEDS(MSR_BITMAP))
{
	struct l2 *l2;

	l2 = vmx_l2_create(l2_rdmsr);
	l2->gprs.rcx = MSR_IA32_APIC_BASE;
	vmx_l2_run_to(l2, VMX_REASON_VMCALL, "SDM 26.1.2");
	l2 = vmx_l2_create(l2_rdmsr);
	vmwrite(VMCS_EXCEPTION_BITMAP, 1U << X86_DB);
	vmwrite(VMCS_GUEST_RFLAGS, vmread(VMCS_GUEST_RFLAGS) | RFLAGS_TF);
	l2->gprs.rcx = MSR_IA32_APIC_BASE;
	vmx_l2_run_to(l2, VMX_REASON_EXCEPTION_NMI, "SDM 26.2");
	EXPECT_EQ(vmread(VMCS_EXIT_INTERRUPTION_INFO) & ~(uint64_t)VMX_INTERRUPTION_NMI_UNBLOCK,
		  VMX_INTERRUPTION_VALID | VMX_EVENT_EXCEPTION | X86_DB, "SDM 28.2.2");
	EXPECT_EQ(vmread(VMCS_EXIT_QUALIFICATION), DR6_BS, "SDM 28.2.1");
	EXPECT_EQ(vmread(VMCS_GUEST_RIP), phys(raised_step_at) + 2, "SDM 28.3.3");
	EXPECT_EQ(read_dr6() & DR6_BS, 0, "SDM 28.1: DR6 is not written");
}
