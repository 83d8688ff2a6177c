// SPDX-License-Identifier: GPL-2.0-only
/*
 * Into and out of VMX operation, and the rules of its pointers: SDM Vol. 3 24.7, 24.8, 31.3.
 */
#include "l1/vmx/vmx.h"

static void do_vmxon(void *address)
{
	vmxon((uint64_t)(uintptr_t)address);
}

static void do_vmxoff(void *unused)
{
	(void)unused;
	vmxoff();
}

static void do_vmptrst(void *unused)
{
	uint64_t pointer;

	(void)unused;
	vmptrst(&pointer);
}

static void do_write_cr0(void *value)
{
	write_cr0((uint64_t)(uintptr_t)value);
}

static void do_write_cr4(void *value)
{
	write_cr4((uint64_t)(uintptr_t)value);
}

static void do_lock(void *unused)
{
	(void)unused;
	wrmsr(MSR_IA32_FEAT_CTL, rdmsr(MSR_IA32_FEAT_CTL));
}

static void expect_trap(void (*fn)(void *), uint64_t argument, uint64_t vector, const char *section)
{
	struct trap t = catch_trap(fn, (void *)(uintptr_t)argument);

	EXPECT_NAME(t.vector, vector, trap_name, section);
	if (vector == X86_GP)
		EXPECT_EQ(t.error, 0, section);
}

/* VMXON in VMX operation, then after VMXOFF with each pointer that is not a VMXON region. */
VMX_CASE(vmx_vmxon, 0, 0, 0)
{
	uint32_t *region = (uint32_t *)vmxon_region;
	uint32_t revision = *region;

	EXPECT_RESULT(vmxon(vmxon_region), VMX_FAIL_INVALID, "SDM 31.3 VMXON, no current VMCS");
	vmcs_load(vmcs_new(0));
	EXPECT_VMX_ERROR(vmxon(vmxon_region), VMXON_IN_ROOT, "SDM 31.3 VMXON, 31.4");
	EXPECT_RESULT(vmxoff(), VMX_OK, "SDM 31.3 VMXOFF");

	/* The revision is there as well, so that only the address is wrong. */
	memcpy((void *)(vmxon_region + 1), &revision, sizeof(revision));
	EXPECT_RESULT(vmxon(vmxon_region + 1), VMX_FAIL_INVALID, "SDM 31.3 VMXON, alignment");
	memset(region, 0, 2 * sizeof(revision));
	*region = region[0x800 / sizeof(revision)] = revision;
	EXPECT_RESULT(vmxon(vmxon_region + 0x800), VMX_FAIL_INVALID, "SDM 31.3 VMXON, alignment");
	region[0x800 / sizeof(revision)] = 0;
	EXPECT_RESULT(vmxon(vmxon_region | max_physical_address()), VMX_FAIL_INVALID,
		      "SDM 31.3 VMXON, address width");
	*region = revision ^ 1;
	EXPECT_RESULT(vmxon(vmxon_region), VMX_FAIL_INVALID, "SDM 31.3 VMXON, revision");
	*region = revision | VMX_VMCS_SHADOW;
	EXPECT_RESULT(vmxon(vmxon_region), VMX_FAIL_INVALID, "SDM 31.3 VMXON, bit 31");
	*region = revision;
	EXPECT_RESULT(vmxon(vmxon_region), VMX_OK, "SDM 31.3 VMXON");
}

/* What is left without VMX operation, and what VMX operation holds fast. */
VMX_CASE(vmx_operation_rules, 0, 0, 0)
{
	uint64_t cr0 = read_cr0(), cr4 = read_cr4();

	EXPECT(rdmsr(MSR_IA32_FEAT_CTL) & FEAT_CTL_LOCKED, "SDM 24.7");
	expect_trap(do_lock, 0, X86_GP, "SDM 24.7, a locked IA32_FEATURE_CONTROL");
	expect_trap(do_write_cr4, cr4 & ~CR4_VMXE, X86_GP, "SDM 24.8, CR4.VMXE in VMX operation");
	if (vmx_msr(MSR_IA32_VMX_CR0_FIXED0) & CR0_NE)
		expect_trap(do_write_cr0, cr0 & ~CR0_NE, X86_GP, "SDM 24.8, CR0.NE");
	EXPECT_EQ(read_cr0(), cr0, "SDM 24.8");
	EXPECT_EQ(read_cr4(), cr4, "SDM 24.8");

	EXPECT_RESULT(vmxoff(), VMX_OK, "SDM 31.3 VMXOFF");
	expect_trap(do_vmxoff, 0, X86_UD, "SDM 31.3 VMXOFF outside VMX operation");
	expect_trap(do_vmptrst, 0, X86_UD, "SDM 31.3 VMPTRST outside VMX operation");
	write_cr4(cr4 & ~CR4_VMXE);
	expect_trap(do_vmxon, vmxon_region, X86_UD, "SDM 31.3 VMXON without CR4.VMXE");
	write_cr4(cr4);
	EXPECT_RESULT(vmxon(vmxon_region), VMX_OK, "SDM 31.3 VMXON");
}

static uint64_t current_vmcs(void)
{
	uint64_t pointer = 1;

	EXPECT_RESULT(vmptrst(&pointer), VMX_OK, "SDM 31.3 VMPTRST");
	return pointer;
}

/* With no current VMCS: everything that needs one says VMfailInvalid. */
VMX_CASE(vmx_no_current_vmcs, 0, 0, 0)
{
	uint64_t value = 0;

	EXPECT_EQ(current_vmcs(), ~0ULL, "SDM 25.1");
	EXPECT_RESULT(vmread_flags(VMCS_GUEST_RIP, &value), VMX_FAIL_INVALID, "SDM 31.3 VMREAD");
	EXPECT_RESULT(vmwrite_flags(VMCS_GUEST_RIP, 0), VMX_FAIL_INVALID, "SDM 31.3 VMWRITE");
	EXPECT_RESULT(vmlaunch(), VMX_FAIL_INVALID, "SDM 31.3 VMLAUNCH");
	EXPECT_RESULT(vmresume(), VMX_FAIL_INVALID, "SDM 31.3 VMRESUME");
	EXPECT_RESULT(vmptrld(vmxon_region), VMX_FAIL_INVALID, "SDM 31.3 VMPTRLD");
	EXPECT_RESULT(vmclear(vmxon_region), VMX_FAIL_INVALID, "SDM 31.3 VMCLEAR");
	EXPECT_EQ(current_vmcs(), ~0ULL, "SDM 25.1");
}

VMX_CASE(vmx_vmptrld_errors, 0, 0, 0)
{
	uint64_t vmcs = vmcs_new(0), other = vmcs_new(0);
	uint32_t revision = *(uint32_t *)other;

	vmcs_load(vmcs);
	EXPECT_VMX_ERROR(vmptrld(other + 1), VMPTRLD_BAD_ADDRESS, "SDM 31.3 VMPTRLD, alignment");
	EXPECT_VMX_ERROR(vmptrld(other | max_physical_address()), VMPTRLD_BAD_ADDRESS,
			 "SDM 31.3 VMPTRLD, address width");
	EXPECT_VMX_ERROR(vmptrld(vmxon_region), VMPTRLD_VMXON_POINTER, "SDM 31.3 VMPTRLD");
	*(uint32_t *)other = revision ^ 0x40;
	EXPECT_VMX_ERROR(vmptrld(other), VMPTRLD_BAD_REVISION, "SDM 31.3 VMPTRLD");
	if (!l1_offers(L1_F_SHADOW_VMCS)) {
		*(uint32_t *)other = revision | VMX_VMCS_SHADOW;
		EXPECT_VMX_ERROR(vmptrld(other), VMPTRLD_BAD_REVISION, "SDM 31.3 VMPTRLD, bit 31");
	}
	*(uint32_t *)other = revision;
	EXPECT_EQ(current_vmcs(), vmcs, "SDM 31.3 VMPTRLD: a failure changes no pointer");
	EXPECT_RESULT(vmptrld(other), VMX_OK, "SDM 31.3 VMPTRLD");
	EXPECT_EQ(current_vmcs(), other, "SDM 31.3 VMPTRLD");
}

VMX_CASE(vmx_vmclear_errors, 0, 0, 0)
{
	uint64_t vmcs = vmcs_new(0), other = vmcs_new(0);

	vmcs_load(vmcs);
	EXPECT_VMX_ERROR(vmclear(other + 0x10), VMCLEAR_BAD_ADDRESS, "SDM 31.3 VMCLEAR");
	EXPECT_VMX_ERROR(vmclear(other | max_physical_address()), VMCLEAR_BAD_ADDRESS,
			 "SDM 31.3 VMCLEAR, address width");
	EXPECT_VMX_ERROR(vmclear(vmxon_region), VMCLEAR_VMXON_POINTER, "SDM 31.3 VMCLEAR");
	EXPECT_EQ(current_vmcs(), vmcs, "SDM 31.3 VMCLEAR");
	EXPECT_RESULT(vmclear(other), VMX_OK, "SDM 31.3 VMCLEAR");
	EXPECT_EQ(current_vmcs(), vmcs, "SDM 31.3 VMCLEAR of another VMCS");
	EXPECT_RESULT(vmclear(vmcs), VMX_OK, "SDM 31.3 VMCLEAR");
	EXPECT_EQ(current_vmcs(), ~0ULL, "SDM 31.3 VMCLEAR of the current VMCS");
}

/* Two VMCSs keep their own fields: one of each width, one that hardware may shadow. */
VMX_CASE(vmx_vmcs_switch, 0, 0, 0)
{
	static const uint32_t fields[] = { VMCS_GUEST_FS_SELECTOR, VMCS_TSC_OFFSET,
					   VMCS_GUEST_SYSENTER_CS, VMCS_GUEST_RIP,
					   VMCS_GUEST_FS_BASE };
	uint64_t vmcs[2] = { vmcs_new(0), vmcs_new(0) };

	for (unsigned int i = 0; i < 4; i++) {
		vmcs_load(vmcs[i & 1]);
		for (unsigned int f = 0; f < ARRAY_SIZE(fields); f++) {
			expect_at("VMCS %u, %s: ", i & 1, vmcs_field_name(fields[f]));
			if (i >= 2)
				EXPECT_EQ(vmread(fields[f]), 0x1008 + i % 2 * 0x100 + f,
					  "SDM 25.1");
			else
				vmwrite(fields[f], 0x1008 + i * 0x100 + f);
		}
		/* Out of the CPU and back: VMCLEAR writes it to memory, VMPTRLD reads it. */
		if (i == 1)
			EXPECT_RESULT(vmclear(vmcs[0]), VMX_OK, "SDM 31.3 VMCLEAR");
	}
}
