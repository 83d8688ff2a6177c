// SPDX-License-Identifier: GPL-2.0-only
/*
 * L2's registers that the VMCS holds, loaded and saved, and L1's own back at each exit:
 * SDM Vol. 3 27.3.2 (loaded at entry), 28.3 (saved), 28.5 (the host's loaded).
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

static uint64_t l2_seen[8];

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

static struct descriptor_ptr l2_gdtr, l2_idtr, new_gdtr, new_idtr;
static uint16_t l2_selectors[6];

static void l2_segments(void)
{
	l2_selectors[0] = read_es();
	l2_selectors[1] = read_ds();
	l2_selectors[2] = read_fs();
	l2_selectors[3] = read_gs();
	l2_selectors[4] = read_ss();
	l2_selectors[5] = read_tr();
	l2_seen[0] = rdmsr(MSR_FS_BASE);
	l2_seen[1] = rdmsr(MSR_GS_BASE);
	asm volatile("mov %%fs:0, %0" : "=r"(l2_seen[2]));
	l2_gdtr = read_gdtr();
	l2_idtr = read_idtr();
	l2_call(0);
	asm volatile("mov %w0, %%es" : : "r"(SEL_DATA16));
	asm volatile("mov %w0, %%fs; mov %w0, %%gs" : : "r"(SEL_UDATA));
	wrmsr(MSR_FS_BASE, 0x123456789000);
	wrmsr(MSR_GS_BASE, 0xffff800012345000);
	asm volatile("lgdt %0" : : "m"(new_gdtr));
	asm volatile("lidt %0" : : "m"(new_idtr));
	l2_call(1);
}

static uint64_t fs_word = 0xf5f5f5f5f5f5f5f5;

/* Selectors, bases, limits and rights; GDTR and IDTR: both ways. */
VMX_CASE(vmx_regs_segments, 0, 2, 0)
{
	struct descriptor_ptr gdtr = read_gdtr(), idtr = read_idtr();
	struct l2 *l2;

	new_gdtr = (struct descriptor_ptr){ 0x1ff, gdtr.base };
	new_idtr = (struct descriptor_ptr){ 0xdff, idtr.base };
	l2 = vmx_l2_create(l2_segments);
	vmwrite(VMCS_GUEST_ES_SELECTOR, SEL_DATA16);
	vmwrite(VMCS_GUEST_DS_SELECTOR, SEL_UDATA);
	vmwrite(VMCS_GUEST_DS_ACCESS, VMX_ACCESS_DATA | 3 << 5);
	vmwrite(VMCS_GUEST_FS_SELECTOR, 0x53);
	vmwrite(VMCS_GUEST_FS_BASE, phys(&fs_word));
	vmwrite(VMCS_GUEST_FS_LIMIT, 0xfff);
	vmwrite(VMCS_GUEST_FS_ACCESS, 0x40f3);
	vmwrite(VMCS_GUEST_GS_BASE, 0xffff900000001000);
	vmwrite(VMCS_GUEST_GDTR_LIMIT, 0x17f);
	vmwrite(VMCS_GUEST_IDTR_LIMIT, 0xeff);
	vmx_l2_run_to_call(l2, 0);
	EXPECT_EQ(l2_selectors[0], SEL_DATA16, "SDM 27.3.2.2");
	EXPECT_EQ(l2_selectors[1], SEL_UDATA, "SDM 27.3.2.2");
	EXPECT_EQ(l2_selectors[2], 0x53, "SDM 27.3.2.2");
	EXPECT_EQ(l2_selectors[3], SEL_DATA, "SDM 27.3.2.2");
	EXPECT_EQ(l2_selectors[4], SEL_DATA, "SDM 27.3.2.2");
	EXPECT_EQ(l2_selectors[5], SEL_TSS, "SDM 27.3.2.2");
	EXPECT_EQ(l2_seen[0], phys(&fs_word), "SDM 27.3.2.2");
	EXPECT_EQ(l2_seen[1], 0xffff900000001000, "SDM 27.3.2.2");
	EXPECT_EQ(l2_seen[2], fs_word, "SDM 27.3.2.2: FS base in use");
	EXPECT_EQ(l2_gdtr.base, gdtr.base, "SDM 27.3.2.2");
	EXPECT_EQ(l2_gdtr.limit, 0x17f, "SDM 27.3.2.2");
	EXPECT_EQ(l2_idtr.base, idtr.base, "SDM 27.3.2.2");
	EXPECT_EQ(l2_idtr.limit, 0xeff, "SDM 27.3.2.2");
	EXPECT_EQ(vmread(VMCS_GUEST_FS_LIMIT), 0xfff, "SDM 28.3.2");
	EXPECT_EQ(vmread(VMCS_GUEST_FS_ACCESS), 0x40f3, "SDM 28.3.2");
	EXPECT_EQ(vmread(VMCS_GUEST_TR_ACCESS), VMX_ACCESS_TSS, "SDM 28.3.2");
	EXPECT_EQ(read_ds(), SEL_DATA, "SDM 28.5.2");
	EXPECT_EQ(read_fs(), SEL_DATA, "SDM 28.5.2");
	EXPECT_EQ(rdmsr(MSR_FS_BASE), 0, "SDM 28.5.2");
	EXPECT_EQ(rdmsr(MSR_GS_BASE), 0, "SDM 28.5.2");

	vmwrite(VMCS_HOST_FS_BASE, 0x7000);
	vmwrite(VMCS_HOST_GS_BASE, 0xffffa00000002000);
	vmx_l2_run_to_call(l2, 1);
	EXPECT_EQ(vmread(VMCS_GUEST_ES_SELECTOR), SEL_DATA16, "SDM 28.3.2");
	EXPECT_EQ(vmread(VMCS_GUEST_FS_SELECTOR), SEL_UDATA, "SDM 28.3.2");
	EXPECT_EQ(vmread(VMCS_GUEST_FS_BASE), 0x123456789000, "SDM 28.3.2");
	EXPECT_EQ(vmread(VMCS_GUEST_GS_BASE), 0xffff800012345000, "SDM 28.3.2");
	EXPECT_EQ(vmread(VMCS_GUEST_FS_LIMIT), 0xffffffff, "SDM 28.3.2");
	EXPECT_EQ(vmread(VMCS_GUEST_GDTR_LIMIT), 0x1ff, "SDM 28.3.2");
	EXPECT_EQ(vmread(VMCS_GUEST_IDTR_LIMIT), 0xdff, "SDM 28.3.2");
	EXPECT_EQ(rdmsr(MSR_FS_BASE), 0x7000, "SDM 28.5.2");
	EXPECT_EQ(rdmsr(MSR_GS_BASE), 0xffffa00000002000, "SDM 28.5.2");
	wrmsr(MSR_FS_BASE, 0);
	wrmsr(MSR_GS_BASE, 0);
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

/* EFER through its controls: SCE is set in L2 alone, and L2 clears it. */
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
 * one has the types of L2's own pages, and newer KVMs let them be uncacheable where L2 says so.
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
