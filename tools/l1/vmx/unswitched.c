// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the entry and exit controls leave alone when they are clear: DR7, PAT and EFER. SDM Vol. 3
 * 27.3.2.1, 28.3.1, 28.5.1.
 */
#include "l1/vmx/vmx.h"

static void l2_dr7(void)
{
	l2_call(read_dr7());
	write_dr7(DR7_FIXED | 0x3 << 16);
	l2_call(1);
}

/* L2 goes on with L1's DR7, and the field keeps what L1 wrote; an exit still clears L1's. */
VMX_CASE(vmx_debug_unswitched, L1_SLOW, 2, 0)
{
	uint64_t field = DR7_FIXED | 0x1 << 20;
	struct l2 *l2 = vmx_l2_create(l2_dr7);

	VMX_CLEAR(ENTRY_CTLS, VMX_ENTRY_LOAD_DEBUG);
	VMX_CLEAR(EXIT_CTLS, VMX_EXIT_SAVE_DEBUG);
	vmwrite(VMCS_GUEST_DR7, field);
	write_dr7(DR7_FIXED | 0x1 << 24);
	vmx_l2_run_to_call(l2, DR7_FIXED | 0x1 << 24);
	EXPECT_EQ(read_dr7(), DR7_FIXED, "SDM 28.5.1");
	EXPECT_EQ(vmread(VMCS_GUEST_DR7), field, "SDM 28.3.1: not saved");
	vmx_l2_run_to_call(l2, 1);
	EXPECT_EQ(read_dr7(), DR7_FIXED, "SDM 28.5.1");
	EXPECT_EQ(vmread(VMCS_GUEST_DR7), field, "SDM 28.3.1: not saved");
}

/* Last-branch recording is what KVM offers of it, where there is any. */
#define DEBUGCTL_LBR 1

static void l2_debugctl(void)
{
	l2_call(rdmsr(MSR_IA32_DEBUGCTL));
	wrmsr(MSR_IA32_DEBUGCTL, 0);
	l2_call(2);
}

/*
 * Loaded, saved as L2 left it, cleared for L1; and L1's own where it is not loaded.
 * L1_UNPROVEN: KVM offers last-branch recording by its virtual PMU, which no emulator feeds.
 */
VMX_CASE(vmx_debugctl, L1_UNPROVEN, 3, 0)
{
	struct l2 *l2;

	wrmsr(MSR_IA32_DEBUGCTL, DEBUGCTL_LBR);
	if (rdmsr(MSR_IA32_DEBUGCTL) != DEBUGCTL_LBR)
		skip("last-branch recording is not offered");
	l2 = vmx_l2_create(l2_debugctl);
	VMX_CLEAR(ENTRY_CTLS, VMX_ENTRY_LOAD_DEBUG);
	vmwrite(VMCS_GUEST_DEBUGCTL, 0);
	vmx_l2_run_to_call(l2, DEBUGCTL_LBR);
	EXPECT_EQ(rdmsr(MSR_IA32_DEBUGCTL), 0, "SDM 28.5.1");
	VMX_SET(ENTRY_CTLS, VMX_ENTRY_LOAD_DEBUG);
	VMX_SET(EXIT_CTLS, VMX_EXIT_SAVE_DEBUG);
	vmwrite(VMCS_GUEST_DEBUGCTL, DEBUGCTL_LBR);
	vmwrite(VMCS_GUEST_RIP, code(l2_debugctl));
	vmwrite(VMCS_GUEST_RSP, l2_stack());
	vmx_l2_run_to_call(l2, DEBUGCTL_LBR);
	EXPECT_EQ(vmread(VMCS_GUEST_DEBUGCTL), DEBUGCTL_LBR, "SDM 28.3.1");
	vmx_l2_run_to_call(l2, 2);
	EXPECT_EQ(vmread(VMCS_GUEST_DEBUGCTL), 0, "SDM 28.3.1");
}

#define PAT_L1	0x0006040700060407
#define PAT_NEW 0x0004060700040607
#define PAT_NOT 0x0007010600070106

static void l2_pat(void)
{
	l2_call(rdmsr(MSR_IA32_PAT));
	wrmsr(MSR_IA32_PAT, PAT_NEW);
	l2_call(1);
}

VMX_CASE(vmx_pat_unswitched, L1_SLOW, 2, 0)
{
	uint64_t pat = rdmsr(MSR_IA32_PAT);
	struct l2 *l2 = vmx_l2_create(l2_pat);

	VMX_CLEAR(ENTRY_CTLS, VMX_ENTRY_LOAD_PAT);
	VMX_CLEAR(EXIT_CTLS, VMX_EXIT_LOAD_PAT);
	VMX_CLEAR(EXIT_CTLS, VMX_EXIT_SAVE_PAT);
	vmwrite(VMCS_GUEST_PAT, PAT_NOT);
	vmwrite(VMCS_HOST_PAT, PAT_NOT);
	wrmsr(MSR_IA32_PAT, PAT_L1);
	vmx_l2_run_to_call(l2, PAT_L1);
	EXPECT_EQ(rdmsr(MSR_IA32_PAT), PAT_L1, "SDM 28.5.1");
	vmx_l2_run_to_call(l2, 1);
	EXPECT_EQ(rdmsr(MSR_IA32_PAT), PAT_NEW, "SDM 28.5.1: L2's stays");
	EXPECT_EQ(vmread(VMCS_GUEST_PAT), PAT_NOT, "SDM 28.3.1: not saved");
	wrmsr(MSR_IA32_PAT, pat);
}

static void l2_efer(void)
{
	l2_call(rdmsr(MSR_EFER));
	wrmsr(MSR_EFER, rdmsr(MSR_EFER) ^ EFER_SCE);
	l2_call(1);
}

VMX_CASE(vmx_efer_unswitched, L1_SLOW, 2, 0)
{
	uint64_t efer = rdmsr(MSR_EFER) | EFER_SCE;
	struct l2 *l2 = vmx_l2_create(l2_efer);

	VMX_CLEAR(ENTRY_CTLS, VMX_ENTRY_LOAD_EFER);
	VMX_CLEAR(EXIT_CTLS, VMX_EXIT_LOAD_EFER);
	VMX_CLEAR(EXIT_CTLS, VMX_EXIT_SAVE_EFER);
	vmwrite(VMCS_GUEST_EFER, 0);
	vmwrite(VMCS_HOST_EFER, 0);
	wrmsr(MSR_EFER, efer);
	vmx_l2_run_to_call(l2, efer);
	EXPECT_EQ(rdmsr(MSR_EFER), efer, "SDM 28.5.1");
	vmx_l2_run_to_call(l2, 1);
	EXPECT_EQ(rdmsr(MSR_EFER), efer ^ EFER_SCE, "SDM 28.5.1: L2's stays");
	EXPECT_EQ(vmread(VMCS_GUEST_EFER), 0, "SDM 28.3.1: not saved");
	wrmsr(MSR_EFER, efer ^ EFER_SCE);
}

static void l2_flags(void)
{
	asm volatile("push %0; popfq; vmcall"
		     :
		     : "a"(RFLAGS_FIXED | RFLAGS_NT | RFLAGS_AC)
		     : "memory", "cc");
}

/* No flag of L2's is left to L1, nor one of its own: NT and AC are two that no code here touches. */
VMX_CASE(vmx_host_rflags, 0, 1, 0)
{
	struct l2 *l2 = vmx_l2_create(l2_flags);

	asm volatile("push %0; popfq" : : "r"(RFLAGS_FIXED | RFLAGS_AC) : "memory", "cc");
	vmx_l2_run_to(l2, VMX_REASON_VMCALL, "SDM 26.1.2");
	EXPECT_EQ(read_rflags() & (RFLAGS_NT | RFLAGS_AC), 0, "SDM 28.5.3");
	EXPECT_EQ(vmread(VMCS_GUEST_RFLAGS) & (RFLAGS_NT | RFLAGS_AC), RFLAGS_NT | RFLAGS_AC,
		  "SDM 28.3.3");
}
