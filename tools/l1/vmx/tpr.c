// SPDX-License-Identifier: GPL-2.0-only
/*
 * The TPR shadow: L2's CR8 is in the virtual-APIC page, and an exit tells L1 below a threshold.
 * SDM Vol. 3 30.1.2, 30.3, 27.2.1.1, 27.7.7.
 */
#include "l1/vmx/vapic.h"

static void l2_nothing(void)
{
}

static void l2_uses_cr8(void)
{
	l2_call(read_cr8());
	write_cr8(9);
	l2_call(read_cr8());
}

/* CR8 is VTPR[7:4], both ways, and L1's own TPR another one. */
VMX_CASE(vmx_tpr_shadow, L1_SLOW, 3, L1_NEEDS(TPR_SHADOW))
{
	volatile uint8_t *page;
	struct l2 *l2;

	l2 = vmx_l2_create(l2_uses_cr8);
	page = vapic_new();
	*vapic_at(page, APIC_TPR) = 0x57;
	write_cr8(2);
	vmx_l2_run_to_call(l2, 5);
	vmx_l2_run_to_call(l2, 9);
	EXPECT_EQ(*vapic_at(page, APIC_TPR), 0x90, "SDM 30.3: MOV to CR8 clears the rest");
	EXPECT_EQ(read_cr8(), 2, "SDM 30.3: not L1's TPR");

	/* The exits, if they are asked for, come before the shadow. */
	l2 = vmx_l2_create(l2_uses_cr8);
	page = vapic_new();
	*vapic_at(page, APIC_TPR) = 0x50;
	VMX_SET(PROC_CTLS, VMX_PROC_CR8_LOAD);
	vmx_l2_run_to_call(l2, 5);
	vmx_l2_run_to(l2, VMX_REASON_CR_ACCESS, "SDM 30.3");
	EXPECT_EQ(*vapic_at(page, APIC_TPR), 0x50, "SDM 30.3: the MOV was not done");
}

extern uint8_t tpr_lowered_at[];

static void l2_lowers(void)
{
	write_cr8(6);
	write_cr8(4);
	asm volatile("mov %0, %%cr8; tpr_lowered_at: nop" : : "r"(3ULL) : "memory");
	l2_call(1);
}

/* A trap: behind the MOV that goes below, not at those that stay at or above. */
VMX_CASE(vmx_tpr_threshold, L1_SLOW, 2, L1_NEEDS(TPR_SHADOW))
{
	volatile uint8_t *page;
	struct l2 *l2 = vmx_l2_create(l2_lowers);

	page = vapic_new();
	*vapic_at(page, APIC_TPR) = 0x90;
	vmwrite(VMCS_TPR_THRESHOLD, 4);
	vmx_l2_run_to(l2, VMX_REASON_TPR_BELOW_THRESHOLD, "SDM 30.1.2");
	EXPECT_EQ(vmread(VMCS_EXIT_QUALIFICATION), 0, "SDM 28.2.1");
	EXPECT_EQ(vmread(VMCS_GUEST_RIP), phys(tpr_lowered_at), "SDM 30.1.2: behind the MOV");
	EXPECT_EQ(*vapic_at(page, APIC_TPR), 0x30, "SDM 30.3");
	vmwrite(VMCS_TPR_THRESHOLD, 3);
	vmx_l2_run_to_call(l2, 1);
}

static void expect_refused(struct l2 *l2)
{
	EXPECT_RESULT(vmx_l2_enter(l2), VMX_FAIL_VALID, "SDM 27.2.1.1");
	EXPECT_NAME(vmx_error(), VMX_ERROR_BAD_CONTROL_FIELD, vmx_error_name, "SDM 27.2.1.1");
}

/*
 * Above VTPR, the threshold is refused at entry; so is one of more than four bits. KVM leaves the
 * first to the processor. After its refusal nested_vmx_restore_host_state() reads GUEST_PAT from the
 * VMCS whether or not the CPU has it; on one without, the host's kernel warns (Linux 6.12, Penryn).
 */
VMX_CASE(vmx_tpr_threshold_check, L1_SLOW, 1, L1_NEEDS(TPR_SHADOW))
{
	volatile uint8_t *page;
	struct l2 *l2;

	if (!(vmx_capability(VMCS_ENTRY_CTLS) >> 32 & VMX_ENTRY_LOAD_PAT))
		skip("KVM's kernel warns of a refused entry where the CPU lacks "
		     "VMX_ENTRY_LOAD_PAT");
	l2 = vmx_l2_create(l2_nothing);
	page = vapic_new();
	*vapic_at(page, APIC_TPR) = 0x50;
	vmwrite(VMCS_TPR_THRESHOLD, 6);
	expect_refused(l2);
	vmwrite(VMCS_TPR_THRESHOLD, 0x10);
	expect_refused(l2);
	vmwrite(VMCS_TPR_THRESHOLD, 5);
	vmx_l2_run_to_end(l2);
}

/* With APIC accesses virtualized it is let in, and exits before the first instruction. */
VMX_CASE(vmx_tpr_threshold_entry, L1_SLOW, 2, L1_NEEDS(TPR_SHADOW) | L1_NEEDS(APIC_ACCESS))
{
	volatile uint8_t *page;
	struct l2 *l2 = vmx_l2_create(l2_nothing);

	page = vapic_new();
	apic_access_new(l2);
	*vapic_at(page, APIC_TPR) = 0x50;
	vmwrite(VMCS_TPR_THRESHOLD, 6);
	vmx_l2_run_to(l2, VMX_REASON_TPR_BELOW_THRESHOLD, "SDM 27.7.7");
	EXPECT_EQ(vmread(VMCS_GUEST_RIP), code(l2_nothing), "SDM 27.7.7: nothing was run");
	vmwrite(VMCS_TPR_THRESHOLD, 5);
	vmx_l2_run_to_end(l2);
}
