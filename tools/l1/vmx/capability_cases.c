// SPDX-License-Identifier: GPL-2.0-only
/*
 * The VMX capability MSRs by themselves: SDM Vol. 3 appendix A.
 */
#include "l1/vmx/vmx.h"

/* Plain and TRUE; the bits that are 1 by default: A.2, and 25.6.1, 25.6.2, 25.7.1, 25.8.1. */
static const struct {
	const char *name;
	uint32_t plain, exact;
	uint32_t default1;
} controls[] = {
	{ "pin-based", MSR_IA32_VMX_PINBASED_CTLS, MSR_IA32_VMX_TRUE_PINBASED_CTLS, 0x16 },
	{ "processor-based", MSR_IA32_VMX_PROCBASED_CTLS, MSR_IA32_VMX_TRUE_PROCBASED_CTLS,
	  0x0401e172 },
	{ "exit", MSR_IA32_VMX_EXIT_CTLS, MSR_IA32_VMX_TRUE_EXIT_CTLS, 0x00036dff },
	{ "entry", MSR_IA32_VMX_ENTRY_CTLS, MSR_IA32_VMX_TRUE_ENTRY_CTLS, 0x000011ff },
};

/* Must be 1 implies may be 1; default-1 bits are 1 in the plain MSRs; TRUE ones only take away. */
VMX_CASE(vmx_capability_controls, 0, 0, 0)
{
	uint64_t basic = rdmsr(MSR_IA32_VMX_BASIC);
	uint32_t size = basic >> VMX_BASIC_SIZE_SHIFT & VMX_BASIC_SIZE_MASK;

	EXPECT_EQ(basic >> 31 & 1, 0, "SDM A.1");
	EXPECT(size > 0 && size <= PAGE_SIZE, "SDM A.1");
	EXPECT_EQ(basic >> VMX_BASIC_MEM_TYPE_SHIFT & VMX_BASIC_MEM_TYPE_MASK, 6, "SDM A.1");
	EXPECT_EQ(basic >> VMX_BASIC_32BIT_PHYS_BIT & 1, 0, "SDM A.1: 64-bit CPUs");
	for (size_t i = 0; i < ARRAY_SIZE(controls); i++) {
		uint64_t plain = rdmsr(controls[i].plain), exact;

		expect_at("%s controls: ", controls[i].name);
		EXPECT_EQ((uint32_t)plain & ~(plain >> 32), 0, "SDM A.3");
		EXPECT_EQ(plain & controls[i].default1, controls[i].default1, "SDM A.2");
		if (!(basic >> VMX_BASIC_TRUE_CTLS_BIT & 1))
			continue;
		exact = rdmsr(controls[i].exact);
		EXPECT_EQ(exact >> 32, plain >> 32, "SDM A.3: the same may be 1");
		EXPECT_EQ((uint32_t)exact & ~(uint32_t)plain, 0, "SDM A.2: no more must be 1");
		EXPECT_EQ((uint32_t)(plain & ~exact) & ~controls[i].default1, 0,
			  "SDM A.2: only default-1 bits differ");
	}
}

/*
 * What KVM makes by itself and so offers on every CPU (nested.c, nested_vmx_setup_*): hypervisors
 * in L1 count on it, and cases here would be skipped without it. As much as KVM offers since it can
 * save nested state (Linux 4.19): no manual asks for any of it. So wait-for-SIPI, which came with
 * 5.11 (bf0cd88ce363), is left to vmx_smp_init_sipi.
 */
VMX_CASE(vmx_capability_offered, 0, 0, 0)
{
	uint64_t misc = rdmsr(MSR_IA32_VMX_MISC);
	uint64_t ept =
		l1_offers(L1_F_EPT) || l1_offers(L1_F_VPID) ? rdmsr(MSR_IA32_VMX_EPT_VPID_CAP) : 0;

	EXPECT(rdmsr(MSR_IA32_VMX_BASIC) >> VMX_BASIC_TRUE_CTLS_BIT & 1, "SDM A.1");
	EXPECT(vmx_allowed(VMCS_PROC_CTLS, VMX_PROC_CR3_LOAD | VMX_PROC_CR3_STORE, false),
	       "SDM A.3.2");
	EXPECT(vmx_allowed(VMCS_ENTRY_CTLS, VMX_ENTRY_LOAD_DEBUG, false), "SDM A.5");
	EXPECT(vmx_allowed(VMCS_EXIT_CTLS, VMX_EXIT_SAVE_DEBUG, false), "SDM A.4");
	EXPECT(vmx_allowed(VMCS_PROC_CTLS, VMX_PROC_MSR_BITMAPS, true), "SDM A.3.2");
	EXPECT(vmx_allowed(VMCS_PIN_CTLS, VMX_PIN_PREEMPTION_TIMER, true), "SDM A.3.1");
	EXPECT(vmx_allowed(VMCS_ENTRY_CTLS, VMX_ENTRY_LOAD_EFER, true), "SDM A.5");
	EXPECT(vmx_allowed(VMCS_EXIT_CTLS,
			   VMX_EXIT_LOAD_EFER | VMX_EXIT_SAVE_EFER | VMX_EXIT_ACK_INTERRUPT |
				   VMX_EXIT_SAVE_PREEMPTION_TIMER,
			   true),
	       "SDM A.4");
	EXPECT(misc & VMX_MISC_ACTIVITY_HLT, "SDM A.6");
	EXPECT(misc & VMX_MISC_VMWRITE_ANY_FIELD, "SDM A.6");
	if (l1_offers(L1_F_EPT)) {
		const uint64_t always = VMX_CAP_WALK_4 | VMX_CAP_WRITE_BACK | VMX_CAP_PAGE_2M |
					VMX_CAP_INVEPT | VMX_CAP_INVEPT_SINGLE | VMX_CAP_INVEPT_ALL;

		EXPECT_BITS(ept, always, always, "SDM A.10");
	}
	if (l1_offers(L1_F_VPID)) {
		const uint64_t always = VMX_CAP_INVVPID | VMX_CAP_INVVPID_ADDRESS |
					VMX_CAP_INVVPID_SINGLE | VMX_CAP_INVVPID_ALL |
					VMX_CAP_INVVPID_SINGLE_GLOBALS;

		EXPECT_BITS(ept, always, always, "SDM A.10");
	}
}

enum {
	LEAF_1_ECX,
	LEAF_1_EDX,
	LEAF_7_EBX,
	LEAF_7_ECX,
};

/* Where CPUID names a feature, its bit in CR4 may be set: SDM Vol. 3 2.5, A.8. */
static const struct {
	uint8_t cr4, word, bit;
} cr4_features[] = {
	{ 0, LEAF_1_EDX, 1 },	{ 1, LEAF_1_EDX, 1 },  { 2, LEAF_1_EDX, 4 },
	{ 3, LEAF_1_EDX, 2 },	{ 4, LEAF_1_EDX, 3 },  { 5, LEAF_1_EDX, 6 },
	{ 6, LEAF_1_EDX, 7 },	{ 7, LEAF_1_EDX, 13 }, { 9, LEAF_1_EDX, 24 },
	{ 10, LEAF_1_EDX, 25 }, { 11, LEAF_7_ECX, 2 }, { 12, LEAF_7_ECX, 16 },
	{ 13, LEAF_1_ECX, 5 },	{ 16, LEAF_7_EBX, 0 }, { 17, LEAF_1_ECX, 17 },
	{ 18, LEAF_1_ECX, 26 }, { 20, LEAF_7_EBX, 7 }, { 21, LEAF_7_EBX, 20 },
	{ 22, LEAF_7_ECX, 3 },
};

VMX_CASE(vmx_capability_cr_fixed, 0, 0, 0)
{
	bool leaf7 = cpuid(CPUID_BASIC, 0).eax >= CPUID_STRUCTURED;
	uint32_t words[] = {
		[LEAF_1_ECX] = cpuid(CPUID_FEATURES, 0).ecx,
		[LEAF_1_EDX] = cpuid(CPUID_FEATURES, 0).edx,
		[LEAF_7_EBX] = leaf7 ? cpuid(CPUID_STRUCTURED, 0).ebx : 0,
		[LEAF_7_ECX] = leaf7 ? cpuid(CPUID_STRUCTURED, 0).ecx : 0,
	};
	uint64_t must = CR0_PE | CR0_NE | CR0_PG, fixed1 = rdmsr(MSR_IA32_VMX_CR4_FIXED1);

	EXPECT_EQ(rdmsr(MSR_IA32_VMX_CR0_FIXED0) & must, must, "SDM A.7");
	EXPECT_EQ((uint32_t)rdmsr(MSR_IA32_VMX_CR0_FIXED1), 0xffffffff, "SDM A.7");
	EXPECT_EQ(rdmsr(MSR_IA32_VMX_CR4_FIXED0) & CR4_VMXE, CR4_VMXE, "SDM A.8");
	for (size_t i = 0; i < ARRAY_SIZE(cr4_features); i++) {
		expect_at("CR4 bit %u: ", cr4_features[i].cr4);
		if (words[cr4_features[i].word] >> cr4_features[i].bit & 1)
			EXPECT_EQ(fixed1 >> cr4_features[i].cr4 & 1, 1, "SDM A.8");
	}
}
