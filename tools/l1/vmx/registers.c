// SPDX-License-Identifier: GPL-2.0-only
/*
 * Flags, control and debug registers and MSRs of L2: loaded at entry, saved at exit, L1's own back
 * then, and what the entry and exit controls leave alone when they are clear. SDM Vol. 3 27.3.2.1,
 * 27.3.2.3 (loaded), 28.3.1, 28.3.3 (saved), 28.5.1, 28.5.3 (the host's loaded).
 */
#include "l1/vmx/vmx.h"

#define FLAGS (RFLAGS_CF | RFLAGS_PF | RFLAGS_AF | RFLAGS_SF | RFLAGS_OF | RFLAGS_DF)

static void l2_rflags(void)
{
	asm volatile("pushfq; pop %%rax; vmcall" : : : "rax", "memory");
	asm volatile("push %0; popfq; vmcall; cld"
		     :
		     : "a"(RFLAGS_FIXED | RFLAGS_ZF | RFLAGS_CF)
		     : "memory", "cc");
}

VMX_CASE(vmx_regs_rflags, 0, 2, 0)
{
	struct l2 *l2 = vmx_l2_create(l2_rflags);

	vmwrite(VMCS_GUEST_RFLAGS, RFLAGS_FIXED | FLAGS);
	vmx_l2_run_to(l2, VMX_REASON_VMCALL, "SDM 26.1.2");
	EXPECT_EQ(l2->gprs.rax, RFLAGS_FIXED | FLAGS, "SDM 27.3.2.3");
	EXPECT_EQ(vmread(VMCS_GUEST_RFLAGS) & ~(uint64_t)RFLAGS_RF, RFLAGS_FIXED | FLAGS,
		  "SDM 28.3.3");
	EXPECT_EQ(read_rflags() & (RFLAGS_DF | RFLAGS_TF | RFLAGS_IF), 0, "SDM 28.5.3");
	vmx_l2_skip();
	vmx_l2_run_to(l2, VMX_REASON_VMCALL, "SDM 26.1.2");
	EXPECT_EQ(vmread(VMCS_GUEST_RFLAGS) & ~(uint64_t)RFLAGS_RF,
		  RFLAGS_FIXED | RFLAGS_ZF | RFLAGS_CF, "SDM 28.3.3");
}

static uint64_t l2_seen[4];

static void l2_unswitched(void)
{
	l2_seen[0] = read_cr2();
	l2_seen[1] = read_dr0();
	l2_seen[2] = read_dr3();
	write_cr2(0x222000);
	write_dr0(0x3000);
	write_dr3(0x4000);
	l2_call(0);
	l2_seen[3] = read_cr2();
}

/* CR2 and DR0 to DR3 are in no VMCS: what one level leaves the other one finds. */
VMX_CASE(vmx_regs_unswitched, 0, 2, 0)
{
	struct l2 *l2;

	write_cr2(0x111000);
	write_dr0(0x1000);
	write_dr3(0x2000);
	l2 = vmx_l2_create(l2_unswitched);
	vmx_l2_run_to_call(l2, 0);
	EXPECT_EQ(l2_seen[0], 0x111000, "SDM 27.3.2");
	EXPECT_EQ(l2_seen[1], 0x1000, "SDM 27.3.2");
	EXPECT_EQ(l2_seen[2], 0x2000, "SDM 27.3.2");
	EXPECT_EQ(read_cr2(), 0x222000, "SDM 28.5");
	EXPECT_EQ(read_dr0(), 0x3000, "SDM 28.5");
	EXPECT_EQ(read_dr3(), 0x4000, "SDM 28.5");
	write_cr2(0x333000);
	vmx_l2_run_to_end(l2);
	EXPECT_EQ(l2_seen[3], 0x333000, "SDM 27.3.2");
}

static void l2_dr7(void)
{
	l2_call(read_dr7());
	write_dr7(DR7_FIXED | 0x3 << 16);
	l2_call(1);
}

/* DR7 comes and goes with the debug controls; an exit sets L1's to 0x400. */
VMX_CASE(vmx_regs_dr7, 0, 2, 0)
{
	struct l2 *l2 = vmx_l2_create(l2_dr7);

	VMX_SET(ENTRY_CTLS, VMX_ENTRY_LOAD_DEBUG);
	VMX_SET(EXIT_CTLS, VMX_EXIT_SAVE_DEBUG);
	vmwrite(VMCS_GUEST_DR7, DR7_FIXED | 0x1 << 20);
	write_dr7(DR7_FIXED | 0x1 << 24);
	vmx_l2_run_to_call(l2, DR7_FIXED | 0x1 << 20);
	EXPECT_EQ(read_dr7(), DR7_FIXED, "SDM 28.5.1");
	vmx_l2_run_to_call(l2, 1);
	EXPECT_EQ(vmread(VMCS_GUEST_DR7), DR7_FIXED | 0x3 << 16, "SDM 28.3.1");
	EXPECT_EQ(read_dr7(), DR7_FIXED, "SDM 28.5.1");
}

static void l2_sysenter(void)
{
	l2_seen[0] = rdmsr(MSR_IA32_SYSENTER_CS);
	l2_seen[1] = rdmsr(MSR_IA32_SYSENTER_ESP);
	l2_seen[2] = rdmsr(MSR_IA32_SYSENTER_EIP);
	wrmsr(MSR_IA32_SYSENTER_CS, 0x28);
	wrmsr(MSR_IA32_SYSENTER_ESP, 0x5000);
	wrmsr(MSR_IA32_SYSENTER_EIP, 0x6000);
	l2_call(0);
}

VMX_CASE(vmx_regs_sysenter, 0, 1, 0)
{
	struct l2 *l2 = vmx_l2_create(l2_sysenter);

	vmwrite(VMCS_GUEST_SYSENTER_CS, 0x10);
	vmwrite(VMCS_GUEST_SYSENTER_ESP, 0xffff800000001000);
	vmwrite(VMCS_GUEST_SYSENTER_EIP, 0xffff800000002000);
	vmwrite(VMCS_HOST_SYSENTER_CS, 0x18);
	vmwrite(VMCS_HOST_SYSENTER_ESP, 0x3000);
	vmwrite(VMCS_HOST_SYSENTER_EIP, 0x4000);
	vmx_l2_run_to_call(l2, 0);
	EXPECT_EQ(l2_seen[0], 0x10, "SDM 27.3.2.1");
	EXPECT_EQ(l2_seen[1], 0xffff800000001000, "SDM 27.3.2.1");
	EXPECT_EQ(l2_seen[2], 0xffff800000002000, "SDM 27.3.2.1");
	EXPECT_EQ(vmread(VMCS_GUEST_SYSENTER_CS), 0x28, "SDM 28.3.1");
	EXPECT_EQ(vmread(VMCS_GUEST_SYSENTER_ESP), 0x5000, "SDM 28.3.1");
	EXPECT_EQ(vmread(VMCS_GUEST_SYSENTER_EIP), 0x6000, "SDM 28.3.1");
	EXPECT_EQ(rdmsr(MSR_IA32_SYSENTER_CS), 0x18, "SDM 28.5.1");
	EXPECT_EQ(rdmsr(MSR_IA32_SYSENTER_ESP), 0x3000, "SDM 28.5.1");
	EXPECT_EQ(rdmsr(MSR_IA32_SYSENTER_EIP), 0x4000, "SDM 28.5.1");
}

static void l2_efer(void)
{
	l2_call(rdmsr(MSR_EFER));
	wrmsr(MSR_EFER, rdmsr(MSR_EFER) & ~(uint64_t)EFER_SCE);
	l2_call(1);
}

/* EFER through its controls: SCE is set only in L2, and L2 clears it. */
VMX_CASE(vmx_regs_efer, 0, 3, 0)
{
	uint64_t efer = rdmsr(MSR_EFER) & ~(uint64_t)EFER_SCE;
	struct l2 *l2;

	wrmsr(MSR_EFER, efer);
	l2 = vmx_l2_create(l2_efer);
	VMX_SET(ENTRY_CTLS, VMX_ENTRY_LOAD_EFER);
	VMX_SET(EXIT_CTLS, VMX_EXIT_LOAD_EFER | VMX_EXIT_SAVE_EFER);
	vmwrite(VMCS_GUEST_EFER, efer | EFER_SCE);
	vmx_l2_run_to_call(l2, efer | EFER_SCE);
	EXPECT_EQ(rdmsr(MSR_EFER), efer, "SDM 28.5.1");
	EXPECT_EQ(vmread(VMCS_GUEST_EFER), efer | EFER_SCE, "SDM 28.3.1");
	vmx_l2_run_to_call(l2, 1);
	EXPECT_EQ(vmread(VMCS_GUEST_EFER), efer, "SDM 28.3.1");
	vmwrite(VMCS_HOST_EFER, efer | EFER_SCE);
	vmx_l2_run_to_end(l2);
	EXPECT_EQ(rdmsr(MSR_EFER), efer | EFER_SCE, "SDM 28.5.1");
	wrmsr(MSR_EFER, efer);
}

/*
 * What the PAT is at reset (SDM Vol. 3 12.12.4), and two permutations of its high half: the low
 * one has the types of L2's own pages, and newer KVMs let them be uncacheable if L2 says so.
 */
#define PAT_RESET 0x0007040600070406
#define PAT_L2	  0x0006040700070406
#define PAT_NEW	  0x0004060700070406

static void l2_pat(void)
{
	l2_call(rdmsr(MSR_IA32_PAT));
	wrmsr(MSR_IA32_PAT, PAT_NEW);
	l2_call(1);
}

VMX_CASE(vmx_regs_pat, 0, 2, 0)
{
	uint64_t pat = rdmsr(MSR_IA32_PAT);
	struct l2 *l2 = vmx_l2_create(l2_pat);

	VMX_SET(ENTRY_CTLS, VMX_ENTRY_LOAD_PAT);
	VMX_SET(EXIT_CTLS, VMX_EXIT_LOAD_PAT | VMX_EXIT_SAVE_PAT);
	vmwrite(VMCS_GUEST_PAT, PAT_L2);
	vmwrite(VMCS_HOST_PAT, PAT_RESET);
	vmx_l2_run_to_call(l2, PAT_L2);
	EXPECT_EQ(rdmsr(MSR_IA32_PAT), PAT_RESET, "SDM 28.5.1");
	vmx_l2_run_to_call(l2, 1);
	EXPECT_EQ(vmread(VMCS_GUEST_PAT), PAT_NEW, "SDM 28.3.1");
	EXPECT_EQ(rdmsr(MSR_IA32_PAT), PAT_RESET, "SDM 28.5.1");
	wrmsr(MSR_IA32_PAT, pat);
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

/* Last-branch recording is what KVM offers of it, if anything. */
#define DEBUGCTL_LBR 1

static void l2_debugctl(void)
{
	l2_call(rdmsr(MSR_IA32_DEBUGCTL));
	wrmsr(MSR_IA32_DEBUGCTL, 0);
	l2_call(2);
}

/*
 * Loaded, saved as L2 left it, cleared for L1; and L1's own if it is not loaded.
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

#define PAT_L1	 0x0006040700060407
#define PAT_LEFT 0x0004060700040607
#define PAT_NOT	 0x0007010600070106

static void l2_leaves_pat(void)
{
	l2_call(rdmsr(MSR_IA32_PAT));
	wrmsr(MSR_IA32_PAT, PAT_LEFT);
	l2_call(1);
}

VMX_CASE(vmx_pat_unswitched, L1_SLOW, 2, 0)
{
	uint64_t pat = rdmsr(MSR_IA32_PAT);
	struct l2 *l2 = vmx_l2_create(l2_leaves_pat);

	VMX_CLEAR(ENTRY_CTLS, VMX_ENTRY_LOAD_PAT);
	VMX_CLEAR(EXIT_CTLS, VMX_EXIT_LOAD_PAT);
	VMX_CLEAR(EXIT_CTLS, VMX_EXIT_SAVE_PAT);
	vmwrite(VMCS_GUEST_PAT, PAT_NOT);
	vmwrite(VMCS_HOST_PAT, PAT_NOT);
	wrmsr(MSR_IA32_PAT, PAT_L1);
	vmx_l2_run_to_call(l2, PAT_L1);
	EXPECT_EQ(rdmsr(MSR_IA32_PAT), PAT_L1, "SDM 28.5.1");
	vmx_l2_run_to_call(l2, 1);
	EXPECT_EQ(rdmsr(MSR_IA32_PAT), PAT_LEFT, "SDM 28.5.1: L2's stays");
	EXPECT_EQ(vmread(VMCS_GUEST_PAT), PAT_NOT, "SDM 28.3.1: not saved");
	wrmsr(MSR_IA32_PAT, pat);
}

static void l2_toggles_sce(void)
{
	l2_call(rdmsr(MSR_EFER));
	wrmsr(MSR_EFER, rdmsr(MSR_EFER) ^ EFER_SCE);
	l2_call(1);
}

VMX_CASE(vmx_efer_unswitched, L1_SLOW, 2, 0)
{
	uint64_t efer = rdmsr(MSR_EFER) | EFER_SCE;
	struct l2 *l2 = vmx_l2_create(l2_toggles_sce);

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

static void l2_perf(void)
{
	l2_call(rdmsr(MSR_IA32_PERF_GLOBAL_CTRL));
}

/*
 * The first general counter's bit, in L2, and in L1 again if its own control says so.
 * L1_UNPROVEN: Bochs, to 3.1, announces the counters and has none (cpudb/intel).
 */
VMX_CASE(vmx_perf_global_ctrl, L1_UNPROVEN, 2, 0)
{
	struct l2 *l2;

	/* KVM offers the controls to all, and the register to those that have it. */
	if (cpuid(0, 0).eax < 0xa || (cpuid(0xa, 0).eax & 0xff) < 2)
		skip("IA32_PERF_GLOBAL_CTRL is not offered");
	l2 = vmx_l2_create(l2_perf);
	VMX_SET(ENTRY_CTLS, VMX_ENTRY_LOAD_PERF_GLOBAL_CTRL);
	VMX_SET(EXIT_CTLS, VMX_EXIT_LOAD_PERF_GLOBAL_CTRL);
	wrmsr(MSR_IA32_PERF_GLOBAL_CTRL, 0);
	vmwrite(VMCS_GUEST_PERF_GLOBAL_CTRL, 1);
	vmwrite(VMCS_HOST_PERF_GLOBAL_CTRL, 0);
	vmx_l2_run_to_call(l2, 1);
	EXPECT_EQ(rdmsr(MSR_IA32_PERF_GLOBAL_CTRL), 0, "SDM 28.5.1");
	vmwrite(VMCS_GUEST_PERF_GLOBAL_CTRL, 1ULL << 63);
	vmx_l2_run_to(l2, VMX_REASON_ENTRY_FAILED | VMX_REASON_INVALID_GUEST_STATE, "SDM 27.3.1.1");
	vmwrite(VMCS_GUEST_PERF_GLOBAL_CTRL, 0);
	vmwrite(VMCS_HOST_PERF_GLOBAL_CTRL, 1);
	vmx_l2_run_to_end(l2);
	EXPECT_EQ(rdmsr(MSR_IA32_PERF_GLOBAL_CTRL), 1, "SDM 28.5.1");
	wrmsr(MSR_IA32_PERF_GLOBAL_CTRL, 0);
}
