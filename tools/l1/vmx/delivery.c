// SPDX-License-Identifier: GPL-2.0-only
/*
 * L2's exceptions whose delivery faults in turn: the second one's exit with the first one in the
 * IDT-vectoring information, the double fault, the triple fault (SDM Vol. 3 7.15, 26.2, 28.2.4).
 *
 * By an IDT that ends too early, and by one that L2's page tables do not map: page faults are L0's
 * to put together where it has no EPT.
 */
#include "l1/vmx/vmx.h"

#define HOLE	   0x40000000ULL /* past L1_MEMORY */
#define BAD	   0xfff0	 /* a selector past the GDT's end */
#define GATE(n)	   (16 * (n))
#define ERROR_IDT  2U /* the error code is of a gate, SDM Vol. 3 7.13 */
#define ERROR_EXT  1U
#define ERROR(n)   ((n) << 3 | ERROR_IDT | ERROR_EXT)
#define WITH_ERROR VMX_INTERRUPTION_ERROR_CODE

extern uint8_t delivery_ud_at[], delivery_gp_at[], delivery_pf_at[];

static __attribute__((naked)) void l2_ud(void)
{
	asm volatile("delivery_ud_at: ud2");
}

static __attribute__((naked)) void l2_gp(void)
{
	asm volatile("delivery_gp_at: mov %eax, %ds; ret");
}

static __attribute__((naked)) void l2_pf(void)
{
	asm volatile("delivery_pf_at: mov %al, (%rdx); ret");
}

static struct l2 *start(void (*fn)(void), uint32_t exiting)
{
	struct l2 *l2 = vmx_l2_create(fn);

	vmwrite(VMCS_EXCEPTION_BITMAP, exiting);
	vmwrite(VMCS_GUEST_GDTR_LIMIT, 0xff);
	l2->gprs.rax = BAD;
	l2->gprs.rdx = HOLE + 8;
	return l2;
}

/* info and error of the exit's exception, and of the one that was being delivered. */
static void expect_exit(struct l2 *l2, uint32_t info, uint32_t error, const uint8_t *at,
			uint32_t first, uint32_t first_error)
{
	uint64_t vectoring;

	vmx_l2_run_to(l2, VMX_REASON_EXCEPTION_NMI, "SDM 26.2");
	EXPECT_EQ(vmread(VMCS_EXIT_INTERRUPTION_INFO) & ~(uint64_t)VMX_INTERRUPTION_NMI_UNBLOCK,
		  VMX_INTERRUPTION_VALID | VMX_EVENT_EXCEPTION | info, "SDM 28.2.2");
	EXPECT_EQ(vmread(VMCS_EXIT_INTERRUPTION_ERROR), error, "SDM 28.2.2");
	vectoring = vmread(VMCS_IDT_VECTORING_INFO);
	if (!first) {
		EXPECT_EQ(vectoring & VMX_INTERRUPTION_VALID, 0, "SDM 28.2.4");
		return;
	}
	EXPECT_EQ(vectoring, VMX_INTERRUPTION_VALID | VMX_EVENT_EXCEPTION | first, "SDM 28.2.4");
	if (first & WITH_ERROR)
		EXPECT_EQ(vmread(VMCS_IDT_VECTORING_ERROR), first_error, "SDM 28.2.4");
	EXPECT_EQ(vmread(VMCS_GUEST_RIP), phys(at), "SDM 28.3.3");
}

/* L1 wants the second of the two, and has the first in hand. */
VMX_CASE(vmx_exception_in_delivery, L1_SLOW, 2, 0)
{
	struct l2 *l2;

	expect_at("%s", "#GP by #UD: ");
	l2 = start(l2_ud, 1U << X86_GP);
	vmwrite(VMCS_GUEST_IDTR_LIMIT, GATE(X86_UD) - 1);
	expect_exit(l2, WITH_ERROR | X86_GP, ERROR(X86_UD), delivery_ud_at, X86_UD, 0);
	expect_at("%s", "#PF by #GP: ");
	l2 = start(l2_gp, 1U << X86_PF);
	vmwrite(VMCS_GUEST_IDTR_BASE, HOLE);
	expect_exit(l2, WITH_ERROR | X86_PF, 0, delivery_gp_at, WITH_ERROR | X86_GP, BAD);
	EXPECT_EQ(vmread(VMCS_EXIT_QUALIFICATION), HOLE + GATE(X86_GP), "SDM 28.2.1");
}

/* L1 wants the double fault alone; where RIP is behind it nobody says. */
VMX_CASE(vmx_double_fault, L1_SLOW, 2, 0)
{
	struct l2 *l2;

	expect_at("%s", "#GP by #GP: ");
	l2 = start(l2_gp, 1U << X86_DF);
	vmwrite(VMCS_GUEST_IDTR_LIMIT, GATE(X86_DF + 1) - 1);
	expect_exit(l2, WITH_ERROR | X86_DF, 0, NULL, 0, 0);
	expect_at("%s", "#PF by #PF: ");
	l2 = start(l2_pf, 1U << X86_DF);
	vmwrite(VMCS_GUEST_IDTR_BASE, HOLE);
	expect_exit(l2, WITH_ERROR | X86_DF, 0, NULL, 0, 0);
}

static void l2_says(void)
{
	l2_call(1);
}

VMX_CASE(vmx_triple_fault_paging, L1_SLOW, 2, 0)
{
	struct l2 *l2 = start(l2_ud, 0);

	vmwrite(VMCS_GUEST_IDTR_BASE, HOLE);
	vmx_l2_run_to(l2, VMX_REASON_TRIPLE_FAULT, "SDM 26.2");
	EXPECT_EQ(vmread(VMCS_EXIT_QUALIFICATION), 0, "SDM 28.2.1");
	EXPECT_EQ(vmread(VMCS_IDT_VECTORING_INFO) & VMX_INTERRUPTION_VALID, 0, "SDM 28.2.4");
	l2 = vmx_l2_create(l2_says);
	vmx_l2_run_to_call(l2, 1);
}
